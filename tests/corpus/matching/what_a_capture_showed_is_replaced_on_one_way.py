"""The object that a capture shows is replaced on every way that goes on; other captures of its name have other types."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass
class Line:
    label: str
    quantity: int


@dataclass
class Lot:
    line: Line
    items: list[int]


class Lots(Machine):
    lot: Lot = Lot(Line("p", 1), [5])

    def replace(self, at: int) -> int:
        match self.lot:
            case Lot(items=part, line=Line() as line):
                if at > 1:
                    self.lot = Lot(Line("q", at), [7])
                else:
                    return 0
                return len(part) + line.quantity

    def replace_on_both(self, at: int) -> int:
        match self.lot:
            case Lot(line=Line() as part) if at > 2:
                if at > 3:
                    self.lot = Lot(Line("q", 2), [at])
                else:
                    self.lot.line = Line("r", at)
                return part.quantity
            case Lot(items=part):
                if at > 1:
                    self.lot = Lot(Line("q", 2), [7])
                else:
                    self.lot = Lot(Line("r", 3), [8, at])
                return sum(part)
