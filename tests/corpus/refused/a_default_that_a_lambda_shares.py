"""A `lambda` that gives what others have too makes no default."""

from dataclasses import dataclass, field

from camshaft import Machine

SHARED = [1]


@dataclass
class Lot:
    bids: list[int] = field(default_factory=lambda: SHARED)  # error: CAM026


class Box(Machine):
    lot: Lot = Lot()
