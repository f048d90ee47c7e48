"""`range(a, b, -2)` goes down; an empty one does not run; a step of zero traps."""

from camshaft import Machine

INTEGERS = range(-6, 8)


class Down(Machine):
    def go(self, start: int, stop: int, step: int) -> list[int]:
        return [i for i in range(start, stop, step)]

    def down(self, start: int) -> list[int]:
        return [i for i in range(start, -1, -1)]
