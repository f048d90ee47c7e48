"""A name of a pattern that is assigned elsewhere too has what the pattern gave it before the guard is asked, and keeps it
where the guard does not hold."""

from dataclasses import dataclass

from camshaft import Machine


COMMANDS = [["take", "a", "b"], ["x", "b"], ["drop", "x"], ["drop", "d"], ["a", "b"], ["look"]]


@dataclass(frozen=True)
class Move:
    x: int
    y: int


@dataclass(frozen=True)
class Say:
    text: str


class Game(Machine):
    seen: list[str] = []
    at: int = 0

    def words(self, n: int) -> str:
        match COMMANDS[n % len(COMMANDS)]:
            case ["take", *rest]:
                name = " ".join(rest)
                return f"took {name}"
            case ["drop", name] if name in self.seen:
                self.seen.remove(name)
                return f"dropped {name}"
            case ["drop", name]:
                return f"no {name}"
            case [name, _] if name > "m":
                self.seen.append(name)
            case _:
                name = "none"
        return name

    def kept(self, n: int, other: int) -> tuple[int, int]:
        last = -1
        match n:
            case 0:
                last = other
            case last if last > 5:
                last += 100
            case 3 | 4:
                return last, 1
            case _ if last % 2 == 0:
                return last, 2
        return last, 3

    def _bump(self) -> int:
        self.at += 1
        return self.at

    def with_a_change(self, move: Move | Say, times: int) -> tuple[int, int]:
        x = 0
        for _ in range(min(times, 4)):
            match move:
                case Move(x, y) if x + y > self._bump():
                    self.at += 10
                case Move(y=x):
                    x -= 1
                case Say(text) if len(text) > x:
                    x += 2
        return x, self.at
