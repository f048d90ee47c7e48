"""`t += "x"` on a text leaves the other name of the old text alone."""

from camshaft import Machine


class Texts(Machine):
    kept: str = ""

    def go(self, text: str) -> str:
        other = text
        text += "!"
        self.kept = other + text
        return other
