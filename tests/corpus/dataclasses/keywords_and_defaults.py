"""Frozen dataclasses are made by position, keyword and default."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Line:
    sku: str
    count: int = 1
    price: int = 5


class Cart(Machine):
    lines: list[Line] = []

    def add(self, sku: str, n: int) -> int:
        self.lines.append(Line(sku))
        self.lines.append(Line(sku, n))
        self.lines.append(Line(price=n, sku=sku + "x"))
        total = 0
        for line in self.lines:
            total += line.count * line.price
        return total
