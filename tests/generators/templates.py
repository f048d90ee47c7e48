"""Statements from templates: text with `{kind}` where one of the alternatives of that kind goes, drawn at random.

A line `@` stands for a few other statements; `@ item=v#` for some that also know `v#` as an `item`. `#` is a number
that no other template has; `{$kind}` is the same text wherever it stands in one template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from generators.python_programs import Statement

_HOLE = re.compile(r"\{(\$?)(\w+)\}")
_DEEPEST = 3
"""How many alternatives stand within each other, before only such without holes are taken."""


class TemplateWriter:
    """Draws statements from templates, `most` after each other."""

    def __init__(
        self, draw: DrawFn, kinds: Mapping[str, Sequence[str]], templates: Sequence[str], *, most: int
    ) -> None:
        self._draw = draw
        self._kinds = {kind: list(found) for kind, found in kinds.items()}
        self._templates = templates
        self._most = most
        self._number = 0

    def statements(self, depth: int, loops: int = 0) -> list[Statement]:
        """A few statements, with `depth` more levels of others within; `loops` is how many loops are around."""
        count = self._draw(st.integers(1, self._most))
        return [one for _ in range(count) for one in self._written(depth, loops)]

    def _written(self, depth: int, loops: int) -> list[Statement]:
        if loops and self._draw(st.integers(0, 5)) == 0:
            leave = self._draw(st.sampled_from(["break", "continue", "return n"]))
            return [Statement(self._expanded("if {condition}:", {}, 0), [Statement(leave)])]
        self._number += 1
        template = self._draw(st.sampled_from(self._templates)).strip("\n").replace("#", str(self._number))
        same: dict[str, str] = {}
        lines = [(len(line) - len(line.lstrip()), line.strip()) for line in template.splitlines()]
        return self._block(lines, same, depth, loops)

    def _block(self, lines: list[tuple[int, str]], same: dict[str, str], depth: int, loops: int) -> list[Statement]:
        found: list[Statement] = []
        while lines:
            indent, text = lines.pop(0)
            inner = [
                lines.pop(0) for _ in range(next((i for i, one in enumerate(lines) if one[0] <= indent), len(lines)))
            ]
            if text.startswith("@"):
                if depth:
                    found += self._others(text, depth, loops)
                continue
            body = self._block(inner, same, depth, loops + text.startswith(("for ", "while ")))
            statement = Statement(self._expanded(text, same, 0), body)
            if text.startswith(("else:", "elif ")):
                last = found[-1]
                while last.otherwise is not None:
                    last = last.otherwise
                last.otherwise = statement
            else:
                found.append(statement)
        return found

    def _others(self, text: str, depth: int, loops: int) -> list[Statement]:
        """The statements that a line `@` stands for."""
        names = [one.split("=") for one in text[1:].split()]
        for kind, name in names:
            self._kinds[kind] += [name, name]
        try:
            return self.statements(depth - 1, loops)
        finally:
            for kind, _ in names:
                del self._kinds[kind][-2:]

    def _expanded(self, text: str, same: dict[str, str], level: int) -> str:
        def chosen(hole: re.Match[str]) -> str:
            always, kind = hole.groups()
            if always and kind in same:
                return same[kind]
            options = self._kinds[kind]
            if level >= _DEEPEST:
                options = [one for one in options if "{" not in one]
            found = self._expanded(self._draw(st.sampled_from(options)), same, level + 1)
            if always:
                same[kind] = found
            return found

        return _HOLE.sub(chosen, text)
