"""`if not isinstance(x, A): return` leaves an `A`."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Open:
    until: int


@dataclass(frozen=True)
class Closed:
    reason: str


class Door(Machine):
    now: Open | Closed = Closed("new")

    def put(self, door: Open | Closed) -> str:
        self.now = door
        if not isinstance(door, Open):
            return door.reason
        return str(door.until)

    def extend(self, n: int) -> int:
        if isinstance(self.now, Open) and self.now.until < n:
            self.now = Open(n)
            return self.now.until
        return -1
