"""An entry of what `setdefault` gives is assigned where it is: what is assigned is evaluated first, the key last."""

from camshaft import Machine


class Table(Machine):
    rows: dict[str, dict[str, int]] = {"a": {"x": 1}}
    tags: dict[str, dict[tuple[int, ...], list[int]]] = {}
    deep: dict[str, dict[str, dict[str, str]]] = {}
    log: list[int] = []

    def put(self, row: str, column: str, n: int) -> int:
        self.rows.setdefault(row, {})[column] = n
        self.rows.setdefault(row, {"new": n})[column] += len(self.rows)
        return self.rows[row][column]

    def missing(self, row: str, column: str) -> None:
        self.rows.setdefault(row, {})[column] += 1

    def size_before(self, row: str) -> int:
        self.rows.setdefault(row, {})["size"] = len(self.rows)
        return self.rows[row]["size"]

    def both_fail(self, n: int, row: str) -> None:
        self.deep[row].setdefault("x", {})[row] = f"{12 // n}"

    def next_key(self) -> str:
        return "k" * len(self.log)

    def nested(self, row: str, n: int) -> list[str]:
        self.deep.setdefault(row, {}).setdefault("in", {})[self.next_key()] = f"{n}"
        self.deep[row].setdefault("in", {})[row] = "!"
        self.deep[row].setdefault("in", {})[row] += str(n)
        return [text for inner in self.deep.values() for one in inner.values() for text in one.values()]

    def tagged(self, row: str, numbers: list[int]) -> int:
        self.tags.setdefault(row, {})[tuple(numbers)] = [*numbers, 1]
        self.tags.setdefault(row, {})[()] = []
        self.tags[row][()].append(len(row))
        return sum(len(one) for one in self.tags[row].values())

    def local(self, words: list[str]) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] = {}
        for word in words:
            counts.setdefault(word[:1], {})[word] = 0
        for word in words:
            counts.setdefault(word[:1], {})[word] += 1
        return counts
