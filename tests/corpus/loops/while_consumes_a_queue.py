"""`while self.queue:` runs until nothing is left, also where the body adds."""

from camshaft import Machine

INTEGERS = range(-3, 6)


class Queue(Machine):
    queue: list[int] = []
    done: list[int] = []

    def put(self, n: int) -> None:
        self.queue.append(n)

    def drain(self, most: int) -> int:
        rounds = 0
        while self.queue:
            first = self.queue[0]
            del self.queue[0]
            self.done.append(first)
            if first > 0:
                self.queue.append(first - 1)
            rounds += 1
        return rounds
