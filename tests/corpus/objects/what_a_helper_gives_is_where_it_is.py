"""What a helper gives is where it is: its caller changes it there."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine, Refusal

INTEGERS = [-3, -2, -1, 0, 1, 2, 3]


class Missing(Refusal):
    key: int


@dataclass
class Row:
    n: int = 0
    xs: list[int] = field(default_factory=list)

    def add(self, n: int) -> int:
        self.n += n
        self.xs.append(n)
        return self.n


@dataclass
class Flat:
    n: int = 0
    m: int = 0


class Box(Machine):
    rows: dict[int, Row] = {0: Row(1), 1: Row(2)}
    shelf: list[Row] = [Row(), Row(5), Row(7)]
    flats: dict[int, Flat] = {0: Flat(1), 2: Flat(2)}
    grid: list[list[list[int]]] = [[[1], [2]], [[3], [4, 5]]]
    calls: int = 0
    at: int = 0

    def _row(self, key: int) -> Row:
        row = self.rows.get(key)
        if row is None:
            raise Missing(key=key)
        return row

    def _made(self, key: int) -> Row:
        self.calls += 1
        if key not in self.rows:
            self.rows[key] = Row(self.calls)
        return self.rows[key]

    def _last(self) -> Row:
        return self.shelf[-1]

    @property
    def current(self) -> Row:
        return self.shelf[self.at]

    def _find(self, n: int) -> Row | None:
        for row in self.rows.values():
            if row.n == n:
                return row
        return None

    def _maybe(self, key: int) -> Flat | None:
        return self.flats.get(key)

    def _flat(self, key: int) -> Flat:
        return self.flats[key]

    def _cell(self, i: int, j: int) -> list[int]:
        row = self.grid[i]
        if j > 1:
            return row[-1]
        return row[j]

    def _checked(self, key: int) -> Row:
        assert key >= 0
        return self._row(key)

    def _either(self, key: int) -> Row:
        if key in self.rows:
            return self.rows[key]
        return self.shelf[0]

    def _best(self) -> Row | None:
        best: Row | None = None
        for row in self.rows.values():
            if best is None or row.n > best.n:
                best = row
        return best

    def a(self, key: int, n: int) -> int:
        row = self._row(key)
        row.n += n
        row.xs.append(n)
        self._row(key).xs.append(n + 1)
        return self._row(key).add(n) + row.n

    def b(self, key: int, n: int) -> int:
        self._made(key).n += n
        self._made(key + 1).xs += [n, n]
        self._made(key).xs[0] = self.calls
        return self._made(key).n

    def c(self, n: int) -> int:
        row = self._last()
        self.shelf.append(Row(n))
        row.n += 1
        self._last().add(n)
        self.current.add(2)
        cur = self.current
        self.at = (self.at + 1) % 3
        cur.n += 100
        return len(self.current.xs)

    def d(self, n: int) -> int:
        row = self._find(n)
        if row is None:
            return -1
        row.n += 3
        row.add(1)
        if (other := self._find(n + 1)) is not None:
            other.n -= 1
        return row.n

    def e(self, key: int, n: int) -> int:
        flat = self._maybe(key)
        if flat is None:
            flat = Flat(n)
            self.flats[key] = flat
        flat.n += n
        f = self._flat(key)
        f.m += flat.n
        flat.m, f.n = f.n, flat.m
        return f.n * 10 + flat.m

    def f(self, i: int, j: int) -> int:
        cell = self._cell(i, j)
        cell.append(len(cell))
        self._cell(i, j).append(9)
        self._cell(i, j)[0] += 1
        for x in list(self._cell(i, j)):
            cell = self._cell(0, 0)
            cell.append(x)
        return len(cell)

    def g(self, key: int) -> int:
        self._checked(key).add(4)
        x = self._checked(key).add(4) + self._checked(key + 1).n
        for y in self._checked(key).xs:
            x += y
        for row in self.shelf:
            row.n += self._checked(key).n
        return x

    def h(self, key: int) -> int:
        return self._either(key).n

    def i(self) -> int:
        best = self._best()
        if best is not None:
            best.n = 0
            best.xs.clear()
            return len(best.xs)
        return self.calls

    def j(self, key: int, n: int) -> int:
        self._row(self._row(key).n % 2).n = n // (n - 1)
        self._row(key).n, self._row(1).n = self._row(1).n, self._row(key).n
        return self._row(key).n if n else self._made(7).n

    def k(self, key: int) -> Row:
        return self._row(key)

    def l(self, key: int) -> bool:
        del self._row(key).xs[0]
        self._row(key).xs.insert(0, 3)
        return self._row(key) == self.k(key) and 3 in self._row(key).xs

    def m(self) -> list[int]:
        return [len(self._last().xs), *self._last().xs[-2:]]

    def n(self, key: int) -> int:
        self.rows.pop(key, None)
        return self._made(key).xs.pop() if self._made(key).xs else 0

    def o(self) -> None:
        self.rows = {}
