"""`bit_length` and `bit_count` are those of the magnitude."""

from camshaft import Machine


class Bits(Machine):
    def of(self, n: int, m: int) -> list[int]:
        return [n.bit_length(), (n - m).bit_count(), (n * m).bit_length() + 1, abs(n).bit_count(), (-5).bit_length()]
