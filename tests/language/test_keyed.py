"""What is put in order, picked or numbered is changed where it is; what a loop picks may take the old one's place."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import Call, agree, call


@dataclass
class Bid:
    who: str
    amount: int


@dataclass
class Lot:
    name: str
    size: int = 0
    bids: list[Bid] = field(default_factory=list)

    def bid(self, amount: int) -> int:
        self.bids.append(Bid(self.name, amount))
        self.size += amount
        return self.size


class Store(Machine):
    lots: dict[str, Lot] = {"a": Lot("a", 3), "b": Lot("b", 1), "c": Lot("c", 2, [Bid("x", 1)])}
    shelf: list[Lot] = [Lot("p", 2), Lot("q", 2), Lot("r", 0), Lot("s", 5)]
    rows: list[list[int]] = [[3], [1, 2], []]
    pairs: list[tuple[str, Lot]] = [("m", Lot("m", 1)), ("n", Lot("n", 2))]
    sold: list[Lot] = []
    log: list[str] = ["start"]
    stock: dict[str, int] = {"a": 1, "b": 5}
    tags: dict[int, list[str]] = {1: [], 2: ["t"]}

    def numbered(self, n: int) -> None:
        for i, lot in enumerate(self.shelf, n):
            lot.size += i
        for i, (key, lot) in enumerate(self.lots.items()):
            lot.bid(i)
            lot.name += key

    def side_by_side(self, n: int) -> int:
        total = 0
        for lot, row in zip(self.shelf, self.rows, strict=False):
            row.append(lot.size)
            lot.size += len(row)
        for lot, row, i in zip(reversed(self.shelf), self.rows, range(n), strict=False):
            row[0] = lot.bid(i)
            total += row[0]
        for one, other in zip(self.shelf, self.shelf[1:], strict=False):
            one.size += other.size
            other.size += 1
            total += one.size
        return total

    def in_order(self, n: int) -> int:
        left = n
        for lot in sorted(self.lots.values(), key=lambda lot: lot.size, reverse=True):
            taken = min(left, lot.size)
            lot.size -= taken
            left -= taken
            if left == 0:
                break
        for name, lot in sorted(self.lots.items()):
            lot.name = name + str(left)
        for lot in sorted(self.shelf, key=lambda lot: (lot.size, lot.name))[:n]:
            lot.bids.append(Bid("first", 10 // (n - 1)))
        for row in sorted(self.rows, key=len):
            row.append(n)
        return left

    def picked(self, n: int) -> None:
        for lot in [lot for lot in self.shelf if lot.size >= n]:
            lot.size -= 1
        for lot in [one for key, one in self.lots.items() if key != "b" if one.size]:
            lot.bid(n)
        for lot in list(self.shelf)[n:]:
            for bid in reversed(lot.bids):
                bid.amount += 1
        for lot in self.shelf[::-1]:
            self.log.append(lot.name)
            lot.name += "!"
        for name, lot in self.pairs:
            lot.name = name * n

    def extremes(self, n: int) -> int:
        best = min(self.shelf, key=lambda lot: lot.size)
        best.size += 10
        worst = max(self.lots.values(), key=lambda lot: (lot.size, lot.name))
        worst.bid(n)
        self.shelf.append(Lot("new", n))
        best.size += 100
        row = max(self.rows)
        row.append(n)
        third = sorted(self.shelf, key=lambda lot: lot.name)[n]
        third.name = "third"
        return best.size + min((lot for lot in self.shelf if lot.size > n), key=lambda lot: lot.size).bid(1)

    def extreme_or_none(self, n: int) -> int:
        best = max((lot for lot in self.lots.values() if lot.size > n), key=lambda lot: lot.size, default=None)
        if best is None:
            return -1
        best.bid(n)
        best.name = "best"
        return best.size

    def _cheapest(self, n: int) -> Lot:
        return min([lot for lot in self.shelf if lot.size > n], key=lambda lot: lot.size)

    def _any(self, n: int) -> Lot | None:
        return max(self.shelf[n:], key=lambda lot: lot.size, default=None)

    def by_helper(self, n: int) -> int:
        self._cheapest(n).bid(1)
        one = self._any(n)
        if one is not None:
            one.size += 1
            one.bids.clear()
        return self._cheapest(n).size

    def filled(self, n: int) -> int:
        kept: list[Lot] = []
        gone: list[Lot] = []
        for lot in self.shelf:
            lot.size += 1
            if lot.size > n:
                kept.append(lot)
            elif lot.size == n:
                gone.append(lot)
            else:
                self.log.append(lot.name)
                continue
        self.shelf = kept
        for lot in gone:
            lot.name += " sold"
            self.sold.append(lot)
        for lot in self.shelf:
            lot.size += 1
        return len(kept)

    def filled_in_order(self, n: int) -> int:
        kept = {}
        for key, lot in sorted(self.lots.items(), reverse=True):
            if lot.size <= n:
                kept[key] = lot
        self.lots = kept
        kept["more"] = Lot("more", n)
        return len(self.lots)

    def picked_then_stored(self, n: int) -> int:
        alive = [lot for lot in self.shelf if lot.size > n]
        self.shelf = alive
        alive.append(Lot("late", n))
        for lot in alive:
            lot.size += 1
        return sum(lot.size for lot in self.shelf)

    def each_its_own(self, n: int) -> None:
        for lot in self.lots.values():
            kept: list[Bid] = []
            for bid in lot.bids:
                if bid.amount > n:
                    kept.append(bid)
                    continue
                bid.amount = 0
            lot.bids = kept

    def nested(self, n: int) -> None:
        for i, row in enumerate(self.rows):
            for j, lot in enumerate(self.shelf):
                if lot.size > j:
                    row.append(lot.size)
                    lot.size -= n
            for lot in sorted(self.lots.values(), key=lambda lot: -lot.size):
                for k, bid in enumerate(lot.bids):
                    bid.amount += i * k

    def named(self, n: int) -> int:
        due = [lot for lot in self.shelf if lot.size >= n]
        for lot in due:
            lot.size -= 1
            lot.bids.append(Bid("due", n))
        if due:
            due[0].size += 10
            best = max(due, key=lambda lot: (lot.size, lot.name))
            best.bid(n)
        self.shelf.append(Lot("more", n))
        total = sum(lot.size for lot in due) + len(due)
        ranked = sorted(self.lots.values(), key=lambda lot: lot.size)
        for i, lot in enumerate(ranked):
            lot.name = f"{i}{lot.name}"
            self.log.append(ranked[0].name)
        for lot in ranked[:n]:
            lot.size += 1
        return total + sum(lot.size for lot in ranked)

    def named_then_stored(self, n: int) -> int:
        alive = [lot for lot in self.shelf if lot.size > n]
        for lot in alive:
            lot.size -= 1
        self.shelf = alive
        return len(self.shelf)

    def named_in_a_dict_of_lists(self, n: int) -> int:
        row = self.rows[0]
        for lot in self.lots.values():
            late = sorted(lot.bids, key=lambda bid: -bid.amount)[:n]
            for bid in late:
                bid.amount += len(late)
            row.append(len(late))
        return len(row)

    def found_or_new(self, n: int) -> int:
        found = None
        for lot in self.shelf:
            if lot.size == n:
                found = lot
                break
        if found is None:
            found = Lot("found", n)
            self.shelf.append(found)
        found.bids.append(Bid("found", n))
        return found.size + len(self.shelf)

    def one_or_the_other(self, n: int) -> str:
        one, other = self.lots["a"], self.lots["b"]
        more, less = (one, other) if one.size > n else (other, one)
        more.bid(1)
        less.size -= more.size
        best = one if less.size else other
        best.name += "*"
        return more.name + less.name

    def _first(self, n: int) -> Lot | None:
        return next((lot for lot in self.shelf if lot.size > n), None)

    def _sized(self, n: int) -> Lot:
        found = next((lot for lot in self.lots.values() if lot.size == n), None)
        if found is None:
            return self.lots["c"]
        return found

    def first_of_helper(self, n: int) -> int:
        found = self._first(n)
        if found is None:
            return -1
        found.bid(n)
        self._sized(n).bid(n)
        return found.size

    def under_own_keys(self, n: int) -> int:
        for name in self.stock:
            self.stock[name] += n
        for name, count in self.stock.items():
            if count > 3:
                self.stock[name] = count // (n - 2)
        for i, row in enumerate(self.rows):
            self.rows[i] = [*row, n]
        for i, text in enumerate(self.log):
            self.log[i] = text.upper()
        for name, lot in self.lots.items():
            lot.size += 1
            if lot.size > n + 3:
                self.lots[name] = Lot(name, lot.size)
        for name, lot in list(self.lots.items()):
            lot.size -= 2
            if lot.size < n:
                del self.lots[name]
        for name, lot in sorted(self.lots.items(), reverse=True):
            lot.name += "~"
            if lot.size == n + 1:
                self.sold.append(self.lots.pop(name))
        return len(self.lots)

    def all_moved(self, n: int) -> int:
        moved = self.sold
        self.sold = []
        self.shelf += moved
        more: list[Lot] = [Lot("more", n)]
        self.shelf.extend(more)
        return len(self.shelf)

    def or_new(self, n: int) -> int:
        name = "abx"[n % 3]
        lot = self.lots.get(name) or Lot(name)
        lot.size += n
        self.lots[name] = lot
        second = name + "y"
        other = self.lots.get(second, Lot("other"))
        other.bid(n)
        self.lots[second] = other
        tags = self.tags.get(n) or []
        tags.append(name)
        self.tags[n] = tags
        return lot.size + other.size + len(tags)


CALLS = st.builds(
    call,
    st.sampled_from([name for name, method in vars(Store).items() if callable(method) and not name.startswith("_")]),
    st.integers(0, 5),
)


@given(st.lists(CALLS, min_size=1, max_size=10))
@settings(max_examples=settings().max_examples // 2)
def test_what_is_arranged_is_changed_where_it_is(calls: list[Call]) -> None:
    agree(Store, *calls)
