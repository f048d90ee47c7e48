"""`break` in the `else` of an inner loop leaves the outer one."""

from camshaft import Machine


class Outside(Machine):
    def go(self, rows: list[list[int]]) -> int:
        seen = 0
        for row in rows:
            for x in row:
                seen += 1
                if x == 0:
                    break
            else:
                break
        else:
            seen += 100
        return seen
