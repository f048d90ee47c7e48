"""The till's fourth version: in tenths of a cent, and its methods have other names. Its adapters are written."""

from __future__ import annotations

from dataclasses import dataclass

from camshaft import Machine, Refusal, adapter, migration
from generators import till_v3


class NotEnough(Refusal):
    """There is less in the till than was asked for, in tenths of a cent."""

    missing: int
    wanted: int


class Shut(Refusal):
    """Nothing goes in or out."""

    why: str


@dataclass(frozen=True)
class Entry:
    """What went in or out."""

    tenths: int
    note: str
    by: str | None


class Till(Machine):
    """A list of what went in and out."""

    entries: list[Entry] = []
    closed: str = ""

    def book(self, tenths: int, note: str, by: str | None) -> int:
        """What is in it then."""
        if self.closed != "":
            raise Shut(why=self.closed)
        total = 0
        for entry in self.entries:
            total += entry.tenths
        if total + tenths < 0:
            raise NotEnough(missing=-total - tenths, wanted=-tenths)
        self.entries.append(Entry(tenths, note, by))
        return total + tenths

    def last(self) -> Entry | None:
        """What was booked last."""
        return self.entries[-1] if len(self.entries) > 0 else None

    def price(self, article: str) -> int:
        """By its name."""
        return len(article)

    def shut(self, why: str) -> None:
        """From then on nothing goes in or out."""
        self.closed = why


@migration
def as_entries(was: till_v3.Till) -> Till:
    """What is in the till is its first entry."""
    return Till(entries=[Entry(was.total * 10, was.note, was.by)], closed="closed" if was.closed > 0 else "")


def cents(tenths: int) -> int:
    """Whole ones."""
    return tenths // 10


@adapter(till_v3.Till.pay)
def pay(new: Till, cents: int, by: str | None = None, note: str = "not a word") -> int:
    """Money that goes in."""
    return new.book(cents * 10, note, by) // 10


@adapter(till_v3.Till.take)
def take(new: Till, cents: int) -> None:
    """Money that goes out."""
    new.book(-cents * 10, "taken", None)


@adapter(till_v3.Till.bill)
def bill(new: Till) -> till_v3.Bill:
    """The last entry."""
    last = new.last()
    if last is None:
        return till_v3.Bill(note="none", cents=0, by=None)
    return till_v3.Bill(note=last.note, cents=cents(last.tenths), by=last.by)


@adapter(NotEnough)
def not_enough(refused: NotEnough) -> till_v3.TooLittle:
    """In cents."""
    return till_v3.TooLittle(wanted=cents(refused.wanted), left=cents(refused.wanted - refused.missing))


@adapter(Shut)
def is_shut(refused: Shut) -> till_v3.Closed:
    """Since when, the new version does not know."""
    return till_v3.Closed(since=0 if refused.why == "" else 1)


ADAPTERS = (pay, take, bill, not_enough, is_shut)
