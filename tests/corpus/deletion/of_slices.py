"""`del xs[a:b]` removes a part, cut to the ends."""

from camshaft import Machine


class Parts(Machine):
    xs: list[int] = [0, 1, 2, 3, 4, 5]

    def drop(self, a: int, b: int) -> list[int]:
        del self.xs[a:b]
        self.xs.append(a)
        self.xs.append(b)
        return self.xs
