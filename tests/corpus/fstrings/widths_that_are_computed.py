"""`f"{name:<{width}}"`, `f"{price:>{width}.{places}f}"`: widths and precisions are numbers, evaluated after the value."""

from camshaft import Machine

INPUTS = [
    ("table", 2),
    ("put", "chocolate", -1e16),
    ("put", "", 0.5),
    *(("table", places) for places in (0, 7, -1)),
    *(("numbers", n, width) for n in (0, -42, 10**7) for width in (0, 1, 7, -7, 2**63, -(2**63))),
    *(("texts", text, width) for text in ("", "ab", "a\U0001f600cdef") for width in (0, 1, 4, 9, -4, 2**64)),
    *(("in_order", n) for n in (0, 1, 3, 12)),
]


class Table(Machine):
    rows: dict[str, float] = {"tea": 2.5, "coffee": 12.25}
    calls: int = 0

    def _call(self) -> int:
        self.calls += 1
        return self.calls

    def table(self, places: int) -> str:
        width = max(len(name) for name in self.rows)
        return "\n".join(f"{name:<{width}} {price:>{width + 4}.{places}f}" for name, price in self.rows.items())

    def numbers(self, n: int, width: int) -> str:
        return f"{n:{width}}|{n:0{width}d}|{n:+{width}}|{n:^{width},}"

    def texts(self, text: str, width: int) -> str:
        return f"{text:{width}}|{text:*^{width}}|{text:>{width}.{width}}"

    def in_order(self, n: int) -> str:
        return f"{self._call():{self._call()}}{10 // n:{self._call()}}{self._call():{10 // (n - 1)}}"

    def put(self, name: str, price: float) -> None:
        self.rows[name] = price
