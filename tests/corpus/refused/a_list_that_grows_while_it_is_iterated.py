"""Python would go on for ever."""

from camshaft import Machine


class Box(Machine):
    xs: list[int] = [1]

    def go(self) -> None:
        for x in self.xs:
            self.xs.append(x)  # error: CAM022
