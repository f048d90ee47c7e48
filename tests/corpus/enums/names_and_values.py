"""`member.value` and `member.name`."""

from enum import Enum

from camshaft import Machine


class Size(Enum):
    SMALL = 1
    LARGE = 10


class Sizes(Machine):
    size: Size = Size.SMALL

    def put(self, size: Size) -> int:
        self.size = size
        return size.value * 2

    def name(self) -> str:
        return self.size.name
