"""What a method is given must not be what it changes of its own object."""

from dataclasses import dataclass, field

from camshaft import Machine


@dataclass
class Bag:
    items: list[int] = field(default_factory=list)

    def double(self, more: list[int]) -> None:
        for one in more:
            self.items.append(one)


class Box(Machine):
    bag: Bag = Bag()

    def go(self) -> None:
        self.bag.double(self.bag.items)  # error: CAM012
