"""A bool in an f-string is `True` or `False`."""

from camshaft import Machine


class Words(Machine):
    def go(self, a: bool, n: int) -> str:
        return f"{a}{not a}{n > 0}{n == n}"
