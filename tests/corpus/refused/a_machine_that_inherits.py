"""A machine is one class."""

from camshaft import Machine


class Base(Machine):
    n: int = 0

    def one(self) -> int:
        return 1


class Box(Base):  # error: CAM032
    def go(self) -> int:
        return 1
