"""An object that a method was given to keep is still read by its old name, as long as nothing may have changed it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

import camshaft as cam
from camshaft import Machine
from camshaft.language.compile import CompileError
from generators.differential import agree, call


@dataclass
class Card:
    number: int
    title: str = ""
    tags: list[str] = field(default_factory=list)


@dataclass
class Column:
    cards: list[Card] = field(default_factory=list)
    added: int = 0

    def add(self, card: Card) -> None:
        self.cards.append(card)
        self.added += 1


class Board(Machine):
    columns: dict[str, Column] = {"todo": Column()}
    inbox: list[Card] = []
    pinned: Card = Card(0)
    log: list[str] = []
    number: int = 0

    def _number(self) -> int:
        self.number += 1
        return self.number

    def _note(self, text: str) -> None:
        self.log.append(text)
        self.number += 1

    def _keep(self, card: Card) -> None:
        self.inbox.append(card)
        self.number += 1

    def _pin(self, card: Card) -> None:
        self.log = []
        self.pinned = card

    def add(self, name: str, title: str) -> int:
        card = Card(self._number(), title)
        target = self.columns[name]
        target.add(card)
        self.log.append(title)
        self._note(f"{card.number} {len(card.tags)}")
        self.pinned.title += "!"
        return card.number

    def receive(self, titles: list[str]) -> int:
        for title in titles:
            card = Card(self._number(), title, [title])
            self._keep(card)
            self._note(title)
            self.columns["todo"].added += 1
            self.log.extend(card.tags)
        card = Card(self._number())
        self._pin(card)
        self.inbox.sort(key=lambda one: one.title)
        self.inbox.append(Card(card.number + 1))
        return card.number


@given(st.lists(st.sampled_from(["a", "b", ""]), max_size=3), st.sampled_from(["todo", "none"]))
def test_what_was_stored_is_read_as_python_reads_it(titles: list[str], name: str) -> None:
    agree(Board, call("receive", titles), call("add", name, "x"), call("receive", titles), call("add", "todo", "y"))


HELPERS = """
    def _keep(self, card: Card) -> None:
        self.inbox.append(card)

    def _pin(self, card: Card) -> None:
        self.pinned = card

    def _exchange(self) -> None:
        self.pinned, self.spare = self.spare, self.pinned

    def _pin_and_exchange(self, card: Card) -> None:
        self.pinned = card
        self.pinned, self.spare = self.spare, self.pinned

    def _keep_and_move(self, card: Card) -> None:
        self.inbox.append(card)
        self.done.append(self.inbox.pop())

    def _pin_and_change(self, card: Card) -> None:
        self.pinned = card
        self._exchange()
        self.spare.title = "x"

    def _keep_by(self, card: Card) -> None:
        self._keep(card)
"""

REFUSED = {
    "its place is changed": ("_keep", "for one in self.inbox: one.title = 'x'"),
    "one element of where it is is changed": ("_keep", "self.inbox[0].title = 'x'"),
    "it went elsewhere, which is changed": ("_pin", "self._exchange(); self.spare.title = 'x'"),
    "it went elsewhere here, which is changed": (
        "_pin",
        "self.pinned, self.spare = self.spare, self.pinned; self.spare.title = 'x'",
    ),
    "it went elsewhere in the call": ("_pin_and_exchange", "self.spare.title = 'x'"),
    "it was moved in the call": ("_keep_and_move", "self.done[0].title = 'x'"),
    "its field was assigned, and it is in another": (
        "_pin",
        "mine = self.pinned; self.pinned = Card(2); mine.title = 'x'",
    ),
    "it moved on in the state": (
        "_pin",
        "self.pinned, self.spare = self.spare, self.pinned; self.done.append(Card(3)); self.spare.number = 4",
    ),
    "it was changed in the call": ("_pin_and_change", "pass"),
    "a method of a method stored it": ("_keep_by", "self.inbox[0].title = 'x'"),
    "it was taken out, and changed": ("_keep", "mine = self.inbox.pop(); mine.title = 'x'"),
    "it moved with its list": ("_keep", "self.done = self.inbox; self.inbox = []; self.done[0].title = 'x'"),
    "a round before may have changed it": (
        "_keep",
        "\n        for _ in range(2):\n            n = card.number; self.inbox[0].title = 'x'",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_have_changed_is_not_read(name: str) -> None:
    method, change = REFUSED[name]
    source = (
        "from dataclasses import dataclass\nfrom camshaft import Machine\n"
        "@dataclass\nclass Card:\n    number: int\n    title: str = ''\n"
        "class Board(Machine):\n    inbox: list[Card] = []\n    done: list[Card] = []\n"
        f"    pinned: Card = Card(0)\n    spare: Card = Card(1)\n{HELPERS}\n"
        "    def run(self, number: int) -> int:\n        card = Card(number)\n"
        f"        self.{method}(card)\n        {change}\n        return card.number\n"
    )
    with pytest.raises(CompileError, match=r"CAM0(12|23)"):
        cam.compile_source(source)
