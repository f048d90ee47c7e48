"""It may be None."""

from camshaft import Machine


class Box(Machine):
    table: dict[str, int] = {}

    def go(self, k: str) -> int:
        return self.table.get(k)  # error: CAM014
