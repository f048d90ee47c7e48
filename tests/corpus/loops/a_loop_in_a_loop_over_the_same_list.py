"""Two loops over one list run each for itself."""

from camshaft import Machine


class Same(Machine):
    def pairs(self, xs: list[int]) -> int:
        found = 0
        for a in xs:
            for b in xs:
                if a + b == 3:
                    found += 1
        return found
