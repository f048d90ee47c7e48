"""A stored number may have 4,096 bits: one more traps with OverflowError, and the state stays. Python has no limit."""

from camshaft import Machine

BEYOND_PYTHON = ["OverflowError"]
INPUTS = [
    ("put", 2**4096 - 1, 0),
    ("put", 2**4096 - 1, 1),
    ("put", -(2**4096) + 1, -1),
    ("put", 2**4096 - 1, -1),
    ("double", 3),
    ("square", 3),
    ("back", 5),
]


class Cap(Machine):
    n: int = 0

    def put(self, n: int, more: int) -> None:
        self.n = n + more

    def double(self, times: int) -> int:
        self.n = 2**4000
        for _ in range(times * 40):
            self.n += self.n
        return 0

    def square(self, k: int) -> int:
        self.n = 2**4095
        return self.n * self.n // self.n

    def back(self, k: int) -> int:
        return self.n + self.n - self.n + k
