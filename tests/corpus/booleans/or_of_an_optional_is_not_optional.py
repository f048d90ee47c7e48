"""`maybe or 5` is an `int`: zero counts as false too."""

from camshaft import Machine


class Maybe(Machine):
    x: int | None = None

    def put(self, x: int | None) -> int:
        self.x = x
        return (self.x or 5) + 1
