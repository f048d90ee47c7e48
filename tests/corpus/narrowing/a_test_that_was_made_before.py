"""A test whose answer an earlier one has given already may be made again."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine


@dataclass
class Lot:
    best: int = 0
    bids: list[int] = field(default_factory=list)


class Hall(Machine):
    maybe: Lot | None = None

    def set(self, yes: bool) -> None:
        self.maybe = Lot() if yes else None

    def asked_twice(self, n: int | None) -> int:
        if n is None:
            return 0
        if n is not None and n > 3:
            n -= 1
        while n is not None and n > 0:
            n -= 10
        assert n is not None
        return n if n is not None else 7

    def of_classes(self, v: int | str) -> int:
        if isinstance(v, int):
            return v if isinstance(v, int) else 1
        elif isinstance(v, str):
            return len(v)

    def of_places(self, n: int) -> int:
        found = self.maybe
        if found is not None:
            assert found is not None
            found.bids.append(n)
            return found.bids[-1] if self.maybe is not None else 0
        return n
