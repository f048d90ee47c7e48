"""`if x is None: continue` leaves a number for the rest of the round."""

from camshaft import Machine


class Continue(Machine):
    def go(self, xs: list[int | None]) -> int:
        total = 0
        for x in xs:
            if x is None:
                total += 100
                continue
            total += x
        return total
