"""`next` of a generator evaluates what comes before the first that it gives, and nothing after it."""

import camshaft as cam
from camshaft import Machine


class Next(Machine):
    table: dict[str, int] = {"b": 2, "a": 1}
    seen: int = 0

    def first_above(self, numbers: list[int], limit: int) -> int | None:
        return next((one for one in numbers if one > limit), None)

    def divided(self, numbers: list[int]) -> int:
        return next((12 // one for one in numbers if one % 2 == 0), -1)

    def within(self, rows: list[list[int]], wanted: int) -> tuple[int, int] | None:
        return next(((i, k) for i, row in enumerate(rows) for k, one in enumerate(row) if one == wanted), None)

    def of_two_types(self, words: list[str]) -> str | int:
        return next((word for word in words if word), 7)

    def oldest(self) -> str:
        key = next(iter(self.table), None)
        if key is None:
            return "nothing"
        self.table = {}
        return key

    def last(self, numbers: list[int]) -> int:
        return next(reversed(numbers), 0)

    def put(self, key: str, value: int) -> int:
        self.table[key] = value
        return next(iter(self.table.values()), 0)

    def drawn(self, count: int) -> list[int]:
        found = next((n for n in range(count % 20) if cam.randrange(3) == 0), -1)
        return [found, cam.randrange(100)]

    def twice(self, numbers: list[int]) -> int:
        return next((next((b for b in numbers if b > a), 0) for a in numbers if a > 1), 0) + len(numbers)
