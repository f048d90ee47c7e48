"""None, 0 and "" are false for an optional; only None for a dataclass."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Empty:
    pass


class Truth(Machine):
    def number(self, x: int | None) -> int:
        return 1 if x else 2

    def text(self, x: str | None) -> int:
        return 1 if not x else 2

    def thing(self, x: Empty | None) -> int:
        return 1 if x else 2
