"""`-0.0 == 0.0`, but they are two values: `1 / -0.0` cannot tell, text can."""

from camshaft import Machine


class Zero(Machine):
    x: float = 0.0

    def put(self, x: float) -> bool:
        self.x = -x
        return self.x == x

    def text(self) -> str:
        return f"{self.x} {-self.x} {0.0 - self.x}"
