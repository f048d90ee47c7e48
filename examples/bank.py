"""A bank's ledger: money moves between accounts, is never made or lost, and no account is overdrawn."""

from dataclasses import dataclass
from datetime import datetime

import camshaft as cam
from camshaft import Machine, Refusal

VAULT = "vault"


@dataclass(frozen=True)
class Entry:
    number: int
    at: datetime
    debit: str
    credit: str
    cents: int
    text: str


class UnknownAccount(Refusal):
    name: str


class AccountExists(Refusal):
    name: str


class NotEnough(Refusal):
    name: str
    balance_cents: int
    wanted_cents: int


class AccountFrozen(Refusal):
    name: str


class Bank(Machine):
    """Balances in cents. What customers have, the vault owes: the sum of all balances is zero, always."""

    balances: dict[str, int] = {VAULT: 0}
    frozen: set[str] = set()
    entries: list[Entry] = []

    def open(self, name: str) -> None:
        """Open an account."""
        assert name.strip(), "a name is not empty"
        if name in self.balances:
            raise AccountExists(name)
        self.balances[name] = 0

    def deposit(self, name: str, cents: int) -> int:
        """Somebody brings money; gives the balance."""
        self._move(VAULT, name, cents, "deposit")
        return self.balances[name]

    def withdraw(self, name: str, cents: int) -> int:
        """Somebody takes money; gives the balance."""
        self._move(name, VAULT, cents, "withdrawal")
        return self.balances[name]

    def transfer(self, origin: str, target: str, cents: int, text: str = "") -> int:
        """Move money from one account to another; gives the entry's number."""
        assert origin != target, "a transfer is between two accounts"
        return self._move(origin, target, cents, text)

    def freeze(self, name: str) -> None:
        """Nothing leaves this account any more."""
        self._check(name)
        self.frozen.add(name)

    def unfreeze(self, name: str) -> None:
        """Money may leave this account again."""
        self._check(name)
        self.frozen.discard(name)

    def balance(self, name: str) -> int:
        """What an account holds, in cents."""
        self._check(name)
        return self.balances[name]

    def statement(self, name: str, limit: int = 20) -> list[Entry]:
        """The last entries of an account, the newest first."""
        self._check(name)
        found = [entry for entry in self.entries if name in (entry.debit, entry.credit)]
        return found[::-1][:limit]

    def is_balanced(self) -> bool:
        """Whether the books are right: all balances together are nothing, and only the vault is below zero."""
        return sum(self.balances.values()) == 0 and all(
            cents >= 0 for name, cents in self.balances.items() if name != VAULT
        )

    def _move(self, origin: str, target: str, cents: int, text: str) -> int:
        assert cents > 0, f"an amount is positive, not {cents}"
        self._check(origin)
        self._check(target)
        if origin in self.frozen:
            raise AccountFrozen(origin)
        if origin != VAULT and self.balances[origin] < cents:
            raise NotEnough(name=origin, balance_cents=self.balances[origin], wanted_cents=cents)
        self.balances[origin] -= cents
        self.balances[target] += cents
        number = len(self.entries) + 1
        self.entries.append(Entry(number, cam.now(), origin, target, cents, text))
        return number

    def _check(self, name: str) -> None:
        if name not in self.balances:
            raise UnknownAccount(name)
