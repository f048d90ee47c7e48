"""`continue` and `break` in branches of a chain."""

from camshaft import Machine


class Branches(Machine):
    def go(self, xs: list[int]) -> list[int]:
        out: list[int] = []
        for x in xs:
            if x < 0:
                continue
            elif x == 5:
                break
            elif x % 2:
                out.append(-x)
                continue
            out.append(x)
        return out
