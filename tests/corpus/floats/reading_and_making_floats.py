"""`float` of a text, a number and a condition."""

from camshaft import Machine


class Made(Machine):
    def of_text(self, text: str) -> float:
        return float(text)

    def of_known(self, which: int) -> float:
        return float(["1.5", " -2 ", "1e3", "inf", "1_0", "x", ""][which])

    def of_number(self, n: int) -> float:
        return float(n) + float(n > 3) + float()
