"""A board in ordinary Python: cards are found by loops, taken out, put elsewhere, changed by methods."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import camshaft as cam
from camshaft import Machine, Refusal
from generators.differential import agree, call


@dataclass
class Comment:
    author: str
    text: str
    at: datetime


@dataclass
class Card:
    number: int
    title: str
    created: datetime
    assignee: str | None = None
    labels: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    due: datetime | None = None

    def comment(self, author: str, text: str) -> None:
        self.comments.append(Comment(author, text, cam.now()))

    def toggle(self, label: str) -> bool:
        if label in self.labels:
            self.labels.remove(label)
            return False
        self.labels.append(label)
        return True

    @property
    def overdue(self) -> bool:
        return self.due is not None and self.due < cam.now()


@dataclass
class Column:
    name: str
    limit: int = 0
    cards: list[Card] = field(default_factory=list)

    def index_of(self, number: int) -> int | None:
        for i, card in enumerate(self.cards):
            if card.number == number:
                return i
        return None

    def full(self) -> bool:
        return self.limit > 0 and len(self.cards) >= self.limit

    def take(self, number: int) -> Card | None:
        for i, card in enumerate(self.cards):
            if card.number == number:
                return self.cards.pop(i)
        return None

    def add(self, card: Card, position: int | None = None) -> None:
        if position is None:
            self.cards.append(card)
        else:
            self.cards.insert(position, card)


class NoSuchCard(Refusal):
    number: int


class NoSuchColumn(Refusal):
    name: str


class ColumnFull(Refusal):
    name: str
    limit: int


class Board(Machine):
    columns: list[Column] = [Column("todo"), Column("doing", 3), Column("done")]
    archive: list[Card] = []
    next_id: int = 1
    moves: dict[str, int] = {}
    log: list[str] = []

    def _column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise NoSuchColumn(name=name)

    def _find(self, number: int) -> Card:
        for column in self.columns:
            for card in column.cards:
                if card.number == number:
                    return card
        raise NoSuchCard(number=number)

    def _column_of(self, number: int) -> Column:
        for column in self.columns:
            for card in column.cards:
                if card.number == number:
                    return column
        raise NoSuchCard(number=number)

    def add_column(self, name: str, limit: int = 0, before: str | None = None) -> None:
        new = Column(name, limit)
        if before is None:
            self.columns.append(new)
            return
        for i, column in enumerate(self.columns):
            if column.name == before:
                self.columns.insert(i, new)
                return
        raise NoSuchColumn(name=before)

    def add(self, title: str, column: str = "todo", labels: list[str] | None = None) -> int:
        target = self._column(column)
        if target.full():
            raise ColumnFull(name=column, limit=target.limit)
        card = Card(self.next_id, title, cam.now(), labels=list(labels or []))
        self.next_id += 1
        self.log.append(f"added {card.title} to {target.name}")
        target.add(card)
        return card.number

    def move(self, number: int, to: str, position: int | None = None) -> None:
        source = self._column_of(number)
        target = self._column(to)
        if target.name != source.name and target.full():
            raise ColumnFull(name=to, limit=target.limit)
        card = source.take(number)
        assert card is not None
        target.add(card, position)
        self.moves[to] = self.moves.get(to, 0) + 1
        self.log.append(f"moved {number} to {to}")

    def assign(self, number: int, who: str | None) -> None:
        card = self._find(number)
        card.assignee = who
        card.comment("board", f"assigned to {who or 'nobody'}")

    def comment(self, number: int, author: str, text: str) -> int:
        card = self._find(number)
        card.comment(author, text)
        return len(card.comments)

    def label(self, number: int, label: str) -> bool:
        return self._find(number).toggle(label)

    def set_due(self, number: int, days: int) -> None:
        self._find(number).due = cam.now() + timedelta(days=days)

    def archive_done(self) -> int:
        done = self._column("done")
        count = len(done.cards)
        moved = done.cards
        done.cards = []
        self.archive += moved
        return count

    def archive_old(self, days: int) -> int:
        limit = cam.now() - timedelta(days=days)
        gone = 0
        for column in self.columns:
            kept = []
            old = []
            for card in column.cards:
                if card.created < limit:
                    card.labels.append("archived")
                    old.append(card)
                    gone += 1
                else:
                    kept.append(card)
            column.cards = kept
            self.archive += old
        return gone

    def reassign(self, old: str, new: str) -> int:
        changed = 0
        for column in self.columns:
            for card in column.cards:
                if card.assignee == old:
                    card.assignee = new
                    changed += 1
        return changed

    def sort(self, column: str) -> None:
        self._column(column).cards.sort(key=lambda card: (card.due is None, card.title))

    def busiest(self) -> str:
        return max(self.columns, key=lambda column: len(column.cards)).name

    def nudge_overdue(self) -> int:
        count = 0
        for column in self.columns:
            late = [card for card in column.cards if card.overdue]
            for card in late:
                card.comment("board", "this is late")
            count += len(late)
        return count

    def summary(self) -> dict[str, list[str]]:
        return {column.name: [card.title for card in column.cards] for column in self.columns}

    def workload(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for column in self.columns:
            for card in column.cards:
                if card.assignee is not None:
                    counts[card.assignee] = counts.get(card.assignee, 0) + 1
        return counts


def test_a_board_of_cards_means_what_python_means() -> None:
    agree(
        Board,
        *(call("add", title, column) for title, column in (("a", "todo"), ("b", "todo"), ("c", "done"), ("d", "none"))),
        *(
            call("move", card, to, at)
            for card, to, at in ((1, "doing", None), (2, "doing", 0), (3, "todo", 5), (9, "todo", 0))
        ),
        *(call("add", "more", "doing") for _ in range(3)),
        *(call("assign", card, who) for card, who in ((1, "ann"), (2, "ann"), (3, None), (8, "x"))),
        *(call("comment", card, "ben", "hello") for card in (1, 1, 7)),
        *(call("label", card, label) for card, label in ((1, "x"), (1, "y"), (1, "x"), (6, "x"))),
        *(call("set_due", card, days) for card, days in ((1, -1), (2, 3), (4, -2))),
        call("nudge_overdue"),
        *(call("add_column", name, 2, before) for name, before in (("review", "done"), ("later", None), ("x", "none"))),
        *(call(name) for name in ("busiest", "summary", "workload")),
        call("reassign", "ann", "cid"),
        call("sort", "doing"),
        *(call("move", card, "done") for card in (1, 2)),
        *(call("move", card, "review") for card in (3, 4, 1)),
        call("archive_done"),
        *(call("archive_old", days) for days in (1, -1)),
        call("summary"),
    )
