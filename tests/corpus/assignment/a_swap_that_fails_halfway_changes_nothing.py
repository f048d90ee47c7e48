"""In `xs[i], xs[j] = …` the first element is written before the second index is found bad: the step is undone."""

from camshaft import Machine


class Slots(Machine):
    slots: list[int] = [1, 2, 3]

    def put(self, i: int, j: int) -> None:
        self.slots[i], self.slots[j] = 100, 200
