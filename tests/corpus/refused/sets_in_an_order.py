"""A set is iterated through `sorted` only."""

from camshaft import Machine


class Box(Machine):
    ids: set[int] = set()

    def run(self) -> list[int]:
        for n in self.ids:  # error: CAM031
            pass
        return list(self.ids)  # error: CAM031
