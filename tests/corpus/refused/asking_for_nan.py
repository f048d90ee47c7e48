"""No value is NaN."""

import math

from camshaft import Machine


class Box(Machine):
    def go(self, x: float) -> bool:
        return math.isnan(x)  # error: CAM010
