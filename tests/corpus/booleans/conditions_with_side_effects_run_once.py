"""A condition of an `elif` that changes the state runs only where those before were false."""

from camshaft import Machine


class Elif(Machine):
    n: int = 0

    def _step(self) -> int:
        self.n += 1
        return self.n

    def go(self, a: int) -> str:
        if a == 1:
            return "one"
        elif self._step() % 2 == a % 2:
            return "alike"
        elif self._step() % 3 == 0:
            return "third"
        else:
            return "other"
