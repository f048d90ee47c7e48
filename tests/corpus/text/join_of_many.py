"""`sep.join(xs)`: nothing for no elements, no separator for one."""

from camshaft import Machine


class Join(Machine):
    def go(self, sep: str, xs: list[str]) -> str:
        return sep.join(xs) + "|" + "".join(xs) + ", ".join(x + "!" for x in xs)

    def digits(self, xs: list[int]) -> str:
        return ",".join(str(x) for x in xs)
