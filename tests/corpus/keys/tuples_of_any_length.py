"""Tuples of any length are keys: equal ones are one key, whatever they were made by, and the order is that of dicts."""

from camshaft import Machine


class Paths(Machine):
    visits: dict[tuple[str, ...], int] = {("a", "b"): 1, (): 2}
    rows: dict[str, dict[tuple[int, ...], list[str]]] = {}

    def visit(self, path: tuple[str, ...]) -> int:
        self.visits[path] = self.visits.get(path, 0) + 1
        return self.visits[path]

    def under(self, first: str) -> list[tuple[str, ...]]:
        return [path for path in self.visits if path[:1] == (first,)]

    def entries(self) -> list[tuple[int, int]]:
        return [(len(path), count) for path, count in self.visits.items()]

    def shorter(self, path: tuple[str, ...]) -> int | None:
        while path and path not in self.visits:
            path = path[:-1]
        return self.visits.get(path)

    def forget(self, path: tuple[str, ...]) -> int:
        del self.visits[path]
        return self.visits.pop(path, -1)

    def last(self) -> tuple[tuple[str, ...], int]:
        return self.visits.popitem()

    def fill(self, count: int) -> dict[tuple[int, ...], int]:
        return {tuple(range(n)): n for n in range(count % 5)}

    def put(self, name: str, numbers: list[int]) -> list[tuple[int, ...]]:
        row = self.rows.setdefault(name, {})
        row.setdefault(tuple(numbers), []).append(name)
        row[tuple(sorted(numbers))] = [name, "sorted"]
        for key, texts in row.items():
            texts.append(str(len(key)))
        return list(row)
