"""`raise ValueError(…)` and its like end the step as an operation that raises it does, and undo it."""

import builtins

from camshaft import Machine


def checked(n: int) -> int:
    if n < 0:
        raise ValueError(f"{n} is negative")
    return n


class Raises(Machine):
    steps: int = 0
    table: dict[str, int] = {"a": 1}

    def go(self, n: int, key: str) -> int:
        self.steps += 1
        if n == 0:
            raise ZeroDivisionError
        if n == 1:
            raise IndexError()
        if n == 2:
            raise OverflowError("too many") from None
        if n == 3:
            raise builtins.AssertionError(n)
        if key not in self.table:
            raise KeyError(key)
        return checked(n - 7)

    def text_first(self, key: str) -> int:
        self.table[key] = 2
        raise ValueError(str(self.table[key + "a"]))

    def total(self, n: int) -> int:
        match n:
            case 0:
                return 0
            case _ if n > 0:
                return n
            case _:
                raise ValueError("negative")
