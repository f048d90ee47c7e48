"""Their last digits depend on the platform's library, and nodes would disagree."""

import math

from camshaft import Machine


class Box(Machine):
    def one(self, x: float) -> float:
        a = math.acos(x)  # error: CAM010
        b = math.acosh(x)  # error: CAM010
        c = math.asin(x)  # error: CAM010
        d = math.asinh(x)  # error: CAM010
        e = math.atan(x)  # error: CAM010
        f = math.atan2(x, x)  # error: CAM010
        g = math.atanh(x)  # error: CAM010
        h = math.cos(x)  # error: CAM010
        i = math.cosh(x)  # error: CAM010
        j = math.sin(x)  # error: CAM010
        k = math.sinh(x)  # error: CAM010
        m = math.tan(x)  # error: CAM010
        n = math.tanh(x)  # error: CAM010
        return x

    def two(self, x: float) -> float:
        a = math.cbrt(x)  # error: CAM010
        b = math.exp(x)  # error: CAM010
        c = math.exp2(x)  # error: CAM010
        d = math.expm1(x)  # error: CAM010
        e = math.log(x)  # error: CAM010
        f = math.log10(x)  # error: CAM010
        g = math.log1p(x)  # error: CAM010
        h = math.log2(x)  # error: CAM010
        i = math.pow(x, x)  # error: CAM010
        j = math.degrees(x)  # error: CAM010
        k = math.radians(x)  # error: CAM010
        m = math.dist([x], [x])  # error: CAM010
        n = math.hypot(x, x)  # error: CAM010
        return x

    def three(self, x: float) -> float:
        a = math.erf(x)  # error: CAM010
        b = math.erfc(x)  # error: CAM010
        c = math.gamma(x)  # error: CAM010
        d = math.lgamma(x)  # error: CAM010
        return x
