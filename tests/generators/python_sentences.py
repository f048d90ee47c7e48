"""Machines written at random from the table of `python_grammar`, which has all of the language.

`python_programs` writes programs that alias; these use everything. What the compiler refuses of a program is cut out,
as there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from generators.python_grammar import BLOCKS, COPIES, ENDS, EXPRESSIONS, LEAVES, MATCHES, SIMPLEST, STATEMENTS
from generators.python_programs import Statement

_HOLE: Final = re.compile(r"<([a-z]+)>")


def templates() -> Iterator[str]:
    """Every line of the table, with simple parts in its holes and without blocks around it."""
    for kind, choices in EXPRESSIONS.items():
        for number, choice in enumerate(choices):
            copy = COPIES.get(kind, "")
            copied = f"{copy}({choice})" if copy else choice
            yield f"{kind}{number} = {simplest(copied)}"
    yield from map(simplest, STATEMENTS)


def simplest(template: str) -> str:
    """A template with the first way to write each of its parts."""
    while (filled := _HOLE.sub(lambda hole: SIMPLEST[hole[1]], template)) != template:
        template = filled
    return template


class _Writer:
    """Draws statements; `bound` are the names that blocks around bind, by kind."""

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw
        self._number = 0
        self._bound: dict[str, list[str]] = {}

    def _filled(self, template: str, depth: int) -> str:
        return _HOLE.sub(lambda hole: self._expression(hole[1], depth), template)

    def _expression(self, kind: str, depth: int) -> str:
        choices = [*EXPRESSIONS[kind], *self._bound.get(kind, [])]
        if depth == 0:
            choices = [choice for choice in choices if _HOLE.search(choice) is None] or [SIMPLEST[kind]]
        return self._filled(self._draw(st.sampled_from(choices)), depth - 1)

    def statements(self, depth: int, loops: int = 0) -> list[Statement]:
        """A few statements, with blocks nested no deeper than `depth`."""
        count = self._draw(st.integers(1, 4))
        return [statement for _ in range(count) for statement in self._statement(depth, loops)]

    def _statement(self, depth: int, loops: int) -> list[Statement]:
        which = self._draw(st.integers(0, 11))
        if depth == 0 or which < 7:
            if loops and which == 0:
                return [Statement(f"if {self._filled('<bool>', 1)}:", [Statement(self._draw(st.sampled_from(LEAVES)))])]
            return [Statement(self._filled(self._draw(st.sampled_from(STATEMENTS)), 2))]
        if which == 7:
            end = self._filled(self._draw(st.sampled_from(ENDS)), 1)
            return [Statement(f"if {self._filled('<bool>', 1)}:", [Statement(end)])]
        if which == 8:
            return [self._match(depth, loops)]
        return self._block(depth, loops)

    def _block(self, depth: int, loops: int) -> list[Statement]:
        header, binds, is_loop = self._draw(st.sampled_from(BLOCKS))
        self._number += 1
        number = self._number
        header = self._filled(header.replace("%", str(number)), 1)
        body = self._with(binds, number, depth, loops + is_loop)
        if header.startswith("while"):
            # What ends it: a condition may hold for ever.
            body.insert(0, Statement(f"w{number} += 1"))
            body.insert(1, Statement(f"if w{number} > 3:", [Statement("break")]))
            return [Statement(f"w{number} = 0"), Statement(header, body)]
        otherwise = None
        if self._draw(st.integers(0, 2)) == 0:
            otherwise = Statement("else:", self.statements(depth - 1, loops))
        return [Statement(header, body, otherwise)]

    def _match(self, depth: int, loops: int) -> Statement:
        header, cases = self._draw(st.sampled_from(MATCHES))
        made = []
        for case, binds in cases:
            self._number += 1
            text = self._filled(case.replace("%", str(self._number)), 1)
            made.append(Statement(text, self._with(binds, self._number, depth, loops)))
        return Statement(self._filled(header, 1), made)

    def _with(self, binds: dict[str, str], number: int, depth: int, loops: int) -> list[Statement]:
        names = [(kind, name.replace("%", str(number))) for name, kind in binds.items()]
        for kind, name in names:
            self._bound.setdefault(kind, []).append(name)
        body = self.statements(depth - 1, loops)
        for kind, _ in names:
            self._bound[kind].pop()
        return body


@st.composite
def sentences(draw: DrawFn) -> list[Statement]:
    """The statements of the method `run` of a random machine."""
    writer = _Writer(draw)
    return [*writer.statements(2), *writer.statements(2), *writer.statements(1)]
