"""A machine whose expressions span lines, so that a wrong line cannot be right by chance.

Its file is never rewritten by pytest, so that plain Python fails at the lines that are written here.
"""

from __future__ import annotations

from dataclasses import dataclass

from camshaft import Machine, Refusal, migration
from generators.differential import Call, call

# The lines are what this file is for.
# fmt: off


class Denied(Refusal):
    reason: str
    number: int


@dataclass(frozen=True)
class Pair:
    left: int
    right: int


class Lined(Machine):
    stock: dict[str, int] = {"a": 1}
    rows: list[list[int]] = [[1, 2], [3]]
    total: int = 0
    thing: Pair | int | None = None

    def divide(self, n: int) -> int:
        first = (
            1
            + 10 // n
        )
        return (
            first
            % (
                n
                - 2
            )
        )

    def look(self, key: str, i: int) -> int:
        found = self.stock[
            key
        ]
        return (
            found
            +
            self.rows
            [i]
            [
                self.rows[0][
                    i
                ]
            ]
        )

    def take(self, key: str, n: int) -> None:
        self.stock[key] -= (
            n
            // self.rows[0][n]
        )
        del self.stock[
            key + key
        ]

    def store(self, i: int, n: int) -> None:
        (
            self.total,
            self.rows[i][0],
            self.rows[0][n],
        ) = (
            i,
            n,
            7 // (i - 2),
        )

    def drop(self, i: int) -> None:
        del self.rows[0][0], \
            self.rows[i][0], \
            self.rows[i]

    def loop(self, n: int) -> int:
        for i in range(
            n
        ):
            if (
                i > 1
                and self.rows[
                    i - 2
                ][0] > 0
            ):
                continue
            for row in self.rows:
                self.total += (
                    row[i]
                )
        else:
            self.total = (
                self.total
                // n
            )
        return self.total

    def step(self, n: int) -> int:
        total = 0
        for i in range(
            0,
            9, n,
        ):
            total += i
        return total

    def listed(self, n: int) -> list[int]:
        halves = [
            n // x
            for row
            in self.rows
            if 12 % (
                n - len(row)
            ) == 0
            for x in range(
                1,
                9,
                n,
            )
        ]
        return [
            each // (
                each - 2
            )
            for each in halves
        ]

    def mapped(self, n: int) -> dict[str, int]:
        return {
            "a": n,
            "b": self.stock[
                "a" if n else "b"
            ],
            f"c{n}": 3
            // n,
        }

    def text(self, n: int) -> str:
        return (
            f"{n}"
            f"{self.rows[n][0]}"
            "abc"
            [n]
        )

    def check(self, n: int, message: str) -> int:
        assert n != 1, message
        assert n // (n - 2) > 0, (
            message[
                n
            ]
        )
        return n

    def refuse(self, n: int) -> None:
        if n > 2:
            raise Denied(
                "too many",
                n // (
                    n - 3
                ),
            )
        if n == 2:
            raise Denied(reason="two", number=n)

    def match(self, n: int) -> int:
        self.thing = Pair(n, 0) if n else 5
        match self.thing:
            case Pair(
                left,
                right,
            ):
                return (
                    left
                    // right
                )
            case int() as number:
                return self.rows[
                    number
                ][0]

    def choose(self, n: int) -> int:
        match n // (n - 9):
            case 0 if self.rows[
                n
            ][0] > 0:
                return 0
            case 1 | 2:
                return 1
            case _:
                return (
                    5
                    if n < 0 and 1 // (
                        n + 1
                    ) < 0
                    else self.rows
                    [n][0]
                )

    def helped(self, n: int) -> int:
        return (
            self._half(
                n
            )
            +
            self._half(self._checked(
                n - 1
            ))
        )

    def _half(self, n: int) -> int:
        return 10 \
            // n

    def _checked(self, n: int) -> int:
        assert n < 5
        if n == 3:
            raise Denied("three", n)
        return self._half(n) - 5


class Half(Machine):
    half: int = 0

    def value(self) -> int:
        return self.half


@migration
def halve(was: Lined) -> Half:
    return Half(
        half=was.stock["a"]
        // was.total
    )


# fmt: on

CASES: list[Call] = [
    *(call("divide", n) for n in (0, 2, 5)),
    *(call("look", key, i) for key, i in (("a", 0), ("a", 1), ("a", 2), ("b", 0))),
    *(call("take", key, n) for key, n in (("a", 0), ("b", 0), ("a", 5), ("b", 5))),
    *(call("store", i, n) for i, n in ((0, 1), (2, 0), (0, 5), (5, 0), (-5, 5))),
    *(call("drop", i) for i in (0, 1, 5)),
    *(call("loop", n) for n in (0, 1, 2, 3)),
    *(call("step", n) for n in (0, 2)),
    *(call("listed", n) for n in (0, 1, 2, 3, 4, 5, 6)),
    *(call("mapped", n) for n in (0, 1)),
    *(call("text", n) for n in (0, 1, 2, 3)),
    *(call("check", n, "abc") for n in (1, 2, 3, -1, -9)),
    *(call("refuse", n) for n in (0, 2, 3, 4)),
    *(call("match", n) for n in (0, 1)),
    *(call("choose", n) for n in (0, 1, 5, 9, 10, -1, -3)),
    *(call("helped", n) for n in (0, 1, 2, 3, 4, 6, 9)),
]
