"""A number beyond the cap traps when it is stored: earlier writes of the step go too."""

from camshaft import Machine

BEYOND_PYTHON = ["OverflowError"]
INPUTS = [("grow", n) for n in (0, 1, 2**4095, 2**4095, -(2**4096) + 1, 5)]


class Grow(Machine):
    n: int = 1
    log: list[str] = []

    def grow(self, k: int) -> int:
        self.log.append("grow")
        self.n += k
        self.log.append("done")
        return len(self.log)
