"""The place of a draw among the other draws decides what it gives: evaluation order can be seen."""

import camshaft as cam
from camshaft import Machine


class Order(Machine):
    table: dict[int, int] = {}
    xs: list[int] = [0, 0, 0, 0, 0, 0]

    def value_before_key(self) -> None:
        self.table[cam.randrange(9)] = cam.randrange(9)

    def key_once(self) -> None:
        self.xs[cam.randrange(6)] += cam.randrange(1, 1000)

    def chained(self) -> tuple[bool, int]:
        return cam.randrange(4) < cam.randrange(4) < cam.randrange(4), cam.randrange(1000)

    def members(self) -> tuple[bool, bool, int]:
        return (
            cam.randrange(3) in [cam.randrange(3), cam.randrange(3)],
            cam.randrange(3) in (cam.randrange(3), cam.randrange(3)),
            cam.randrange(1000),
        )

    def short_circuit(self) -> tuple[bool, int]:
        return (cam.randrange(2) == 0 and cam.randrange(2) == 0) or cam.randrange(2) == 0, cam.randrange(1000)

    def left_alone(self) -> tuple[int, int]:
        cam.randrange(1000)
        size = len((cam.randrange(9), cam.randrange(9)))
        return size, cam.randrange(1000)

    def displays(self) -> tuple[dict[int, int], list[int], str, int]:
        pairs = {cam.randrange(9): cam.randrange(9), cam.randrange(9): cam.randrange(9)}
        chosen = [n for n in range(8) if cam.randrange(2) == 0]
        return pairs, chosen, f"{cam.randrange(9)}-{cam.randrange(9)}", cam.randrange(1000)

    def library(self) -> tuple[list[int], int, bool, int]:
        order = sorted([1, 2, 3, 4], key=lambda n: cam.randrange(n))
        least = min(cam.randrange(9), cam.randrange(9), key=lambda n: -n)
        early = any(n == cam.randrange(3) for n in [0, 1, 2])
        return order, least, early, cam.randrange(1000)

    def named(self) -> int:
        return cam.randint(b=cam.randint(50, 99), a=cam.randint(0, 49))

    def until(self, wanted: int) -> int:
        rolls = 0
        while cam.randint(0, 3) != abs(wanted) % 4:
            rolls += 1
        return rolls * 1000 + cam.randrange(1000)
