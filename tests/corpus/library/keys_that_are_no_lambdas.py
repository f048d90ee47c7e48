"""`key=` takes what gives a key of a dict, an attribute or an element, as a `lambda` that is written out would."""

import operator
from dataclasses import dataclass
from operator import attrgetter, itemgetter

from camshaft import Machine


@dataclass(frozen=True)
class Owner:
    name: str


@dataclass
class Account:
    owner: Owner
    balance: int = 0


class Bank(Machine):
    accounts: list[Account] = []
    visits: dict[str, int] = {}

    def open(self, name: str, balance: int) -> None:
        self.accounts.append(Account(Owner(name), balance))
        self.visits[name] = self.visits.get(name, 0) + 1

    def most_seen(self) -> str:
        return max(self.visits, key=self.visits.get)  # type: ignore[arg-type]  # it may give None, for all that mypy knows

    def least_seen(self) -> list[str]:
        counts = {name: -seen for name, seen in self.visits.items()}
        return sorted(counts, key=counts.__getitem__, reverse=True)

    def by_balance(self) -> list[str]:
        return [account.owner.name for account in sorted(self.accounts, key=attrgetter("balance", "owner.name"))]

    def richest(self) -> int:
        best = max(self.accounts, key=operator.attrgetter("balance"))
        best.balance += 1
        return best.balance

    def entries(self) -> list[tuple[str, int]]:
        return sorted(self.visits.items(), key=itemgetter(1, 0))

    def last_of_each(self, rows: list[list[int]]) -> list[list[int]]:
        return sorted(rows, key=itemgetter(0))
