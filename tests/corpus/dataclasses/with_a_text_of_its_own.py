"""`__str__` of a dataclass: what `str` and f-strings show, of objects anywhere."""

from dataclasses import dataclass, field

from camshaft import Machine

RANKS = "23456789TJQKA"


@dataclass(frozen=True)
class Card:
    rank: int
    suit: str = "S"

    def __str__(self) -> str:
        return RANKS[self.rank - 2] + self.suit


@dataclass
class Hand:
    owner: str
    cards: list[Card] = field(default_factory=list)

    def __str__(self) -> str:
        """Calls the other's, and a method."""
        return f"{self.owner}: {' '.join(str(card) for card in self.cards)}{self.mark()}"

    def mark(self) -> str:
        return "!" if len(self.cards) > 2 else ""


class Table(Machine):
    hands: dict[str, Hand] = {}

    def take(self, owner: str, rank: int) -> str:
        hand = self.hands.setdefault(owner, Hand(owner))
        hand.cards.append(Card(rank))
        return f"{hand}|{hand!s:>12}|{hand.cards[-1]}"

    def shown(self, card: Card) -> list[str]:
        return [str(card), *sorted((str(one) for hand in self.hands.values() for one in hand.cards), key=len)]

    def all(self) -> str:
        return "\n".join([str(hand) for hand in self.hands.values()])

    def highest(self, cards: list[Card]) -> list[Card]:
        return sorted(cards, key=str)

    def failing(self, card: Card, n: int) -> int:
        if n > 5:
            raise ValueError(str(card))
        assert n < 3, f"{card} {n}"
        return n
