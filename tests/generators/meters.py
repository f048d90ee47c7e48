"""Three versions of a meter. The second hides what only clients of the first still need; the third goes on with it."""

from __future__ import annotations

from camshaft import Machine, adapter, hidden, migration


class Meter(Machine, name="meter"):
    ticks: int = 0

    def tick(self) -> None:
        self.ticks += 1

    def total(self) -> int:
        return self.ticks

    def reset(self) -> int:
        was = self.ticks
        self.ticks = 0
        return was


class Meter2(Machine, name="meter"):
    rooms: dict[str, int] = {}

    def tick(self, room: str = "hall") -> None:
        self.rooms[room] = self.rooms.get(room, 0) + 1

    def of(self, room: str) -> int:
        return self.rooms.get(room, 0)

    @hidden
    def total(self) -> int:
        return sum(self.rooms.values())

    @hidden
    def clear(self) -> None:
        self.rooms.clear()


class Meter3(Machine, name="meter"):
    rooms: dict[str, int] = {}
    cleared: int = 0

    def tick(self, room: str) -> None:
        self.rooms[room] = self.rooms.get(room, 0) + 1

    def of(self, room: str) -> int:
        return self.rooms.get(room, 0)

    @hidden
    def total(self) -> int:
        return sum(self.rooms.values())

    @hidden
    def clear(self) -> None:
        self.rooms.clear()
        self.cleared += 1


@migration
def to_rooms(was: Meter) -> Meter2:
    return Meter2(rooms={"hall": was.ticks})


@adapter(Meter.reset)
def reset(new: Meter2) -> int:
    was = new.total()
    new.clear()
    return was
