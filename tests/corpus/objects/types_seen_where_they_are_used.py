"""What a variable holds may be seen where it is first filled, and a name may show one thing or another."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine

INTEGERS = [-1, 0, 1, 2, 3]


@dataclass
class Row:
    n: int
    xs: list[int] = field(default_factory=list)


class Box(Machine):
    rows: dict[str, Row] = {"b": Row(2, [4]), "a": Row(1, [5, 6, 7])}
    words: list[str] = ["x", "y", "x"]
    n: int = 0

    def lists(self, n: int) -> list[int]:
        found = []
        for row in self.rows.values():
            for x in row.xs:
                if x > n:
                    found.append(x * 2)
        inner = []
        inner.extend(found)
        inner += [1]
        again: list[int] = list()
        again.insert(0, inner[-1])
        return inner + again

    def dicts(self, word: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        for one in self.words:
            counts[one] = counts.get(one, 0) + 1
        groups: dict[str, list[str]] = {}
        for one in self.words:
            groups.setdefault(one, []).append(word)
        other = dict()
        other.update(counts)
        other[word] = len(groups)
        return other

    def sets(self, word: str) -> int:
        seen = set()
        twice = set()
        for one in [*self.words, word]:
            if one in seen:
                twice.add(one)
            seen.add(one)
        once = []
        for one in self.words:
            if one not in once:
                once.append(one)
        if len(word) > 2:
            names = []
        else:
            names = ["none"]
        return len(seen) * 10 + len(twice) + len(names)

    def returned(self, n: int) -> list[str]:
        found: list[str] = []
        if n > 1:
            return found
        found.append(str(n))
        return found

    def entries(self, key: str, n: int) -> list[int]:
        xs = self.rows["a"].xs
        if n > 0:
            xs = [x for x in xs if x > n]
        elif key in self.rows:
            xs = self.rows[key].xs
        return xs[-2:]

    def shown(self, n: int) -> int:
        row = self.rows["a"]
        total = row.n
        for one in self.rows.values():
            if one.n >= n:
                row = one
            total += len(row.xs)
        self.n += 1
        return total + row.n

    def grown(self, n: int) -> int:
        xs = self.rows["a"].xs
        self.rows["a"].xs.append(n)
        before = len(xs)
        if n > 1:
            xs = self.rows["b"].xs
        self.n = xs[-1] // n
        return before * 10 + len(xs)

    def stored(self, key: str, n: int) -> int:
        row = self.rows[key] = Row(n)
        row.xs.append(n)
        row.n -= 1
        self.rows[key + "!"] = other = Row(n + 1, [n])
        other.n += 5
        return self.rows[key].n * 10 + self.rows[key + "!"].n

    def ordered(self) -> list[str]:
        return [f"{key}{row.n}" for key, row in sorted(self.rows.items())]

    def backwards(self) -> list[str]:
        return [key for key, _ in sorted(self.rows.items(), reverse=True)]
