"""Python raises RuntimeError, sometimes."""

from camshaft import Machine


class Box(Machine):
    table: dict[str, int] = {}

    def go(self) -> None:
        for k, n in self.table.items():
            if n == 0:
                del self.table[k]  # error: CAM022
