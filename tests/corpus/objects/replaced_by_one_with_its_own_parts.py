"""An object that is replaced by one with its own parts keeps them."""

from __future__ import annotations
from dataclasses import dataclass, field, replace
from camshaft import Machine


@dataclass(frozen=True)
class Q:
    x: int = 0
    items: list[int] = field(default_factory=list)
    more: list[int] = field(default_factory=list)


class M(Machine):
    q: Q = Q()
    qs: dict[int, Q] = {0: Q(), 1: Q()}

    def a(self, n: int) -> int:
        self.q = replace(self.q, x=n)
        self.q.items.append(n)
        self.q = replace(self.q, items=[n], x=self.q.x + 1)
        self.q.more.append(1)
        return len(self.q.items) + len(self.q.more)

    def b(self, n: int) -> int:
        self.qs[0] = replace(self.qs[0], x=n)
        self.qs[0].items.append(3)
        return len(self.qs[0].items)
