"""A caller does not read by its old name what a method has stored and changed."""

from camshaft import Machine


def filled(row: list[int]) -> int:
    rows = [row]
    rows[0].append(1)
    return 1


class Box(Machine):
    row: list[int] = []

    def _keep(self, row: list[int]) -> None:
        self.row = row
        self.row.append(1)

    def go(self) -> list[int]:
        own = [5]
        self._keep(own)
        return own  # error: CAM023

    def other(self) -> list[int]:
        own = [5]
        filled(own)
        return own  # error: CAM023
