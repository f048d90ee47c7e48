"""`maybe in xs`: None is in nothing that holds no None, and both sides are evaluated."""

from enum import Enum

from camshaft import Machine


class Color(Enum):
    RED = 1
    BLUE = 2


class Looks(Machine):
    asked: int = 0
    colors: dict[str, Color] = {"a": Color.RED}

    def _list(self, n: int) -> list[str]:
        self.asked += 1
        return ["x", "y"][:n]

    def _one(self, text: str) -> str | None:
        self.asked += 10
        return text if text != "" else None

    def of_all(self, text: str | None, n: int) -> list[bool]:
        d = {"x": 1, "b": n}
        return [
            text in ["x", "y"][:n],
            text in ("x", "z"),
            text in {"x", "q"},
            text in frozenset(["q"]),
            text in d,
            text in d.keys(),
            text not in d,
            text not in ["x"],
        ]

    def both_are_evaluated(self, text: str, n: int) -> tuple[bool, int]:
        found = self._one(text) in self._list(n)
        return found, self.asked

    def traps(self, text: str | None, n: int) -> bool:
        return text in [["x"], ["y"]][n]

    def of_an_enum(self, key: str) -> bool:
        return self.colors.get(key) in (Color.RED, Color.BLUE)

    def in_a_chain(self, text: str | None, n: int) -> bool:
        return n > 0 and text not in ("x", "y") or text in ("x",) == ("x",)
