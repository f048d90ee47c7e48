"""`break` and `continue` in a case belong to the loop around the `match`."""

from camshaft import Machine


class Loop(Machine):
    def go(self, xs: list[int]) -> list[int]:
        out: list[int] = []
        for x in xs:
            match x:
                case 0:
                    continue
                case 5:
                    break
                case _:
                    out.append(x)
            out.append(-x)
        return out
