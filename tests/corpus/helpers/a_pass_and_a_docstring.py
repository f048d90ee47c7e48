"""`pass`, docstrings and bare strings are statements without effect."""

from camshaft import Machine


class Pass(Machine):
    """A machine with a docstring."""

    n: int = 0

    def go(self, k: int) -> int:
        """A method with one."""
        "and a bare text"
        pass
        if k > 0:
            pass
        else:
            self.n += 1
        for _ in range(2):
            pass
        return self.n
