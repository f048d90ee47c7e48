"""`xs.pop() - xs.pop()` removes the last first."""

from camshaft import Machine


class Order(Machine):
    stack: list[int] = [7, 5, 3, 2]

    def subtract(self) -> int:
        right = self.stack.pop()
        left = self.stack.pop()
        self.stack.append(left - right)
        return left - right

    def push(self, n: int) -> None:
        self.stack.append(n)
