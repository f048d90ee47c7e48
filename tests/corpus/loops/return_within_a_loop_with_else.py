"""`return` in a loop skips its `else`."""

from camshaft import Machine


class Return(Machine):
    log: list[int] = []

    def go(self, xs: list[int]) -> str:
        for x in xs:
            self.log.append(x)
            if x > 2:
                return "found"
        else:
            self.log.append(-1)
        return "end"
