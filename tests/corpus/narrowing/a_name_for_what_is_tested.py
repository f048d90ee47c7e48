"""`:=` names what a condition tests, and narrows it."""

from camshaft import Machine

INPUTS = [("go", key, n) for key in ("a", "b", "c") for n in (0, 2)] + [("drain", 2), ("drain", 9)]


class Naming(Machine):
    table: dict[str, int] = {"a": 1, "b": 0}
    queue: list[int] = [3, 2, 1]

    def go(self, key: str, n: int) -> int:
        if (found := self.table.get(key)) is None:
            return -1
        if n > 1 and (more := found * n):
            return 10 // more
        return found

    def drain(self, limit: int) -> int:
        total = 0
        while self.queue and (last := self.queue[-1]) < limit:
            total += last
            del self.queue[-1]
        return total
