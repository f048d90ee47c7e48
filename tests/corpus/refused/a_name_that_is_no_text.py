"""A machine's name is a text, in lower case."""

from camshaft import Machine


class Box(Machine, name=5):  # error: CAM032
    def go(self) -> int:
        return 1
