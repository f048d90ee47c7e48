"""`math.sqrt`, `floor`, `ceil`, `trunc`, `fabs`, `isfinite`, `isinf`: infinities trap with OverflowError, roots of negatives with ValueError."""

import math

from camshaft import Machine


class Mathematics(Machine):
    def whole(self, x: float) -> list[int]:
        return [math.floor(x), math.ceil(x), math.trunc(x)]

    def root(self, x: float) -> float:
        return math.sqrt(x)

    def kinds(self, x: float) -> list[bool]:
        return [math.isfinite(x), math.isinf(x), math.fabs(x) == abs(x), math.fabs(x) >= 0.0]
