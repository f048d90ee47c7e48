"""The members of an enum: by name and by value, compared, matched, iterated, as keys and members of sets."""

from enum import Enum

from camshaft import Machine


class Color(Enum):
    RED = "r"
    GREEN = "g"
    LIME = "g"


class Box(Machine):
    color: Color = Color.RED
    maybe: Color | None = None
    stock: dict[Color, int] = {}
    seen: set[Color] = set()

    def paint(self, color: Color) -> bool:
        same = color is self.color
        self.color = color
        self.stock[color] = self.stock.get(color, 0) + 1
        self.seen.add(color)
        self.maybe = None if color == Color.LIME else color
        return same

    def asked(self, color: Color) -> list[bool]:
        return [color == Color.LIME, color is not Color.RED, color in self.stock, color in self.seen]

    def texts(self, color: Color) -> list[str]:
        return [color.name, color.value, str(color), f"{self.color}"]

    def of_value(self, text: str) -> Color:
        return Color(text)

    def of_name(self, which: int) -> Color:
        return Color[["RED", "GREEN", "LIME", "BLUE"][which]]

    def every(self) -> list[str]:
        return [color.name for color in Color]

    def kind(self, color: Color) -> int:
        match color:
            case Color.RED:
                return 1
            case Color.GREEN | Color.LIME:
                return 2
