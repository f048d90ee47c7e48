"""`raise Empty` and `raise Empty()` are the same."""

from camshaft import Machine, Refusal

INPUTS = [("take",), ("take",), ("peek",), ("put", 5), ("peek",), ("take",), ("peek",), ("take",)]


class Empty(Refusal):
    pass


class Queue(Machine):
    items: list[int] = [1]

    def take(self) -> int:
        if not self.items:
            raise Empty
        found = self.items[0]
        del self.items[0]
        return found

    def peek(self) -> int:
        if len(self.items) == 0:
            raise Empty()
        return self.items[0]

    def put(self, n: int) -> None:
        self.items.append(n)
