"""`days[i]` of a tuple whose elements are all of one type takes any index; a bad one traps with IndexError."""

from camshaft import Machine

DAYS = ("mon", "tue", "wed")


class Days(Machine):
    sizes: tuple[int, int, int] = (5, 6, 7)

    def name(self, i: int) -> str:
        return DAYS[i] + DAYS[0] + DAYS[-1]

    def size(self, i: int, j: int) -> int:
        self.sizes = (self.sizes[j], i, j)
        return self.sizes[i] + (i, j)[i - 1]
