"""`for i, (x, y) in enumerate(zip(xs, ys)):`."""

from camshaft import Machine


class Together(Machine):
    def go(self, xs: list[int], ys: list[str]) -> list[str]:
        out: list[str] = []
        for i, (x, y) in enumerate(zip(xs, ys), 1):
            out.append(f"{i}{x}{y}")
        return out

    def pairs(self, xs: list[int]) -> int:
        return sum([a * b for a, b in zip(xs, xs[1:])])
