"""Assigning the loop's variable changes that round only."""

from camshaft import Machine


class Steer(Machine):
    def go(self) -> list[int]:
        seen: list[int] = []
        i = -1
        for i in range(4):
            i = i * 10
            seen.append(i)
        seen.append(i)
        return seen
