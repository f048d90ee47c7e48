"""A name for a loop's element outlives its round within another object, and the next round has another element."""

from camshaft import Machine


class Box(Machine):
    total: int = 0

    def run(self, keys: list[int], rows: list[list[int]]) -> int:
        shared: dict[int, list[int]] = {1: [50]}
        for row in [list(row) for row in rows]:
            shared = {key: row for key in keys}
        self.total += sum(len(row) for row in shared.values())
        return self.total
