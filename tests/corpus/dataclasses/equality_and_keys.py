"""Equal frozen dataclasses are one key; two classes of the same fields are never equal."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Position:
    x: int
    y: int


class Board(Machine):
    pieces: dict[Position, str] = {Position(0, 0): "king"}

    def put(self, at: Position, piece: str) -> int:
        self.pieces[at] = piece
        self.pieces[Position(at.y, at.x)] = piece + "'"
        return len(self.pieces)

    def same(self, a: Position, b: Position) -> list[bool]:
        return [a == b, a != Position(b.x, b.y), a == Position(a.x, a.y), a in self.pieces]
