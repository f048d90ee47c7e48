"""A flag that an inner loop sets ends the outer one."""

from camshaft import Machine


class Flag(Machine):
    def go(self, rows: list[list[int]], n: int) -> list[int]:
        seen: list[int] = []
        done = False
        for row in rows:
            for x in row:
                seen.append(x)
                if x == n:
                    done = True
                    break
            if done:
                break
            seen.append(-1)
        return seen
