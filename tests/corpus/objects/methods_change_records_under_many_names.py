"""What a method changes shows through every name that the object has, and in the order of evaluation."""

from __future__ import annotations
from dataclasses import dataclass, field
from camshaft import Machine


@dataclass
class Flat:
    n: int = 0
    m: int = 1

    def bump(self, by: int = 1) -> int:
        self.n += by
        return self.n

    def swap(self) -> None:
        self.n, self.m = self.m, self.n

    def reset(self, n: int) -> int:
        old = self.n
        self.n = n
        return old

    def other(self, o: Flat) -> int:
        self.n += o.n
        return o.n


@dataclass
class Pair:
    a: Flat = field(default_factory=Flat)
    b: Flat = field(default_factory=Flat)

    def go(self, by: int) -> int:
        self.a.bump(by)
        self.b.bump(by * 2)
        x = self.a
        y = self.b
        x.swap()
        y.n = x.n
        x.bump(3)
        return x.n * 10 + y.n

    def mix(self) -> int:
        return self.a.other(self.b)


class M(Machine):
    one: Flat = Flat()
    pair: Pair = Pair()
    pairs: list[Pair] = [Pair(), Pair()]
    by: dict[str, Flat] = {"x": Flat(1), "y": Flat(2)}

    def a(self, k: int) -> int:
        f = self.one
        g = self.one
        x = f.bump(k) + g.n
        g.bump(k)
        x += f.n + g.n
        h = self.one
        h.n = 5
        f.bump()
        return x * 1000 + h.n + g.n + self.one.n + f.reset(k)

    def b(self, i: int, k: int) -> int:
        p = self.pairs[i]
        r = p.go(k)
        p.a.bump()
        q = p.b
        q.bump(7)
        p.go(k)
        return r + q.n + p.a.n + self.pairs[i].mix() + self.pairs[-1].mix()

    def c(self, key: str) -> int:
        f = self.by[key]
        f.bump()
        r = f.bump(f.n) + f.n
        self.by[key] = Flat(9)
        return r + self.by[key].bump()

    def d(self, key: str) -> int:
        f = self.by.get(key)
        if f is None:
            return 0
        f.bump(2)
        return f.n + self.by[key].bump()

    def e(self) -> list[int]:
        out: list[int] = []
        for key, f in self.by.items():
            out.append(f.bump())
            f.n += 1
            out.append(f.n)
            g = f
            g.swap()
            out.append(f.m)
        return out

    def f(self) -> int:
        best = self.one
        for f in self.by.values():
            if f.n > best.n:
                f.swap()
        return best.bump()

    def g(self, k: int) -> int:
        x = Flat()
        y = [Flat(1), Flat(2)]
        y.append(x)
        x.bump(k)
        y[-1].bump(k)
        y[0].bump(x.n)
        z = {"a": x.n}
        z["a"] += y[1].bump()
        return x.n * y[0].n + y[2].n + z["a"]

    def h(self, i: int) -> int:
        k = self.one.bump() % 2
        return self.pairs[k].go(i)

    def i(self, n: int) -> str:
        return f"{self.one.bump(n)} {self.one.bump(n)} {self.one.n}"

    def j(self, n: int) -> tuple[int, int, int]:
        return self.one.n, self.one.bump(n), self.one.n

    def k(self, n: int) -> bool:
        return 0 < self.one.bump(n) < self.one.bump(n) < 10

    def l(self, n: int) -> int:
        self.by["new"] = Flat(n)
        self.by["new"].bump()
        self.one = self.by.pop("new")
        x = self.one.bump() if n > 2 else self.pair.a.bump()
        return x

    def m(self, n: int) -> dict[str, int]:
        return {"a": self.one.bump(n), "b": self.one.bump(n)}

    def n_(self, n: int) -> int:
        if (x := self.one.bump(n)) > 3:
            return x
        self.pairs[0].a = Flat(self.one.bump())
        self.pairs[n % 2].a.n += self.one.bump()
        return self.pairs[0].a.n
