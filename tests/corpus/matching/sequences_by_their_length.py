"""A sequence pattern asks for a length and for elements; `*` takes what is between."""

from camshaft import Machine

INPUTS = [("go", xs) for xs in ([], [1], [0], [1, 2], [2, 2], [3, 1, 2], [1, 2, 3, 1], [5, 6, 7])]


class Sequences(Machine):
    seen: list[int] = []

    def go(self, xs: list[int]) -> str:
        match xs:
            case []:
                return "empty"
            case [0]:
                return "zero"
            case [one]:
                self.seen.append(one)
                return f"{one:02d}"
            case [first, second] if first == second:
                return "twins"
            case [1, *rest]:
                self.seen += rest
                return "from one"
            case [first, *_, last] if first != 5:
                return f"{first:x} to {last!r}, of {sum(x for x in xs if x > 0)}"
        return "five comes first"
