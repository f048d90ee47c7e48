"""After a loop its variable holds the last element; where the loop did not run, what it held before."""

from camshaft import Machine


class Last(Machine):
    def go(self, xs: list[int], n: int) -> int:
        x = n
        for x in xs:
            if x == 3:
                break
        return x

    def over_range(self, n: int) -> int:
        i = -7
        for i in range(n % 5):
            i *= 10
        return i
