"""Diagnostics: what the compiler says about a file, and how it is shown.

A diagnostic has a code, a message that says why, the place it is about, further places that explain it, and the text
to write instead. Nothing in this file knows the language; it may not read files.
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

_WIDEST_LINE = 200
"""The most characters of a line of source that are shown."""


class Code(Enum):
    """Every code with what it is about, in one line. A code keeps its meaning for ever."""

    SYNTAX = ("CAM001", "the file is not Python")
    IMPORT = ("CAM002", "the file cannot be imported")
    STALE = ("CAM003", "the file changed after it was imported")
    NO_SOURCE = ("CAM004", "the source of a class cannot be found")
    UNSUPPORTED = ("CAM010", "a construct that is not part of the language")
    UNKNOWN_NAME = ("CAM011", "a name that means nothing here")
    ALIAS = ("CAM012", "one container under two names")
    UNDEFINED = ("CAM013", "a variable that may have no value")
    MISMATCH = ("CAM014", "a value of another type than the place for it")
    TWO_TYPES = ("CAM015", "a variable that would have two types")
    ANNOTATION = ("CAM016", "an annotation that is missing or not a type of the language")
    NO_ATTRIBUTE = ("CAM017", "an attribute or a method that does not exist")
    ARGUMENTS = ("CAM018", "arguments that do not fit what is called")
    RECURSION = ("CAM019", "methods that call each other in a circle")
    NO_RETURN = ("CAM020", "a method that may end without a result")
    PARAMETER = ("CAM021", "a parameter that is changed in place")
    ITERATION = ("CAM022", "a collection that changes while it is iterated")
    GIVEN_AWAY = ("CAM023", "a container used after it was stored elsewhere")
    OPERATOR = ("CAM024", "an operator that these types do not have")
    UNTYPED_EMPTY = ("CAM025", "an empty collection of unknown element type")
    DEFAULT = ("CAM026", "a default that is missing or not a constant")
    CLASS = ("CAM027", "a class that cannot be a type of values")
    REFUSAL = ("CAM028", "a refusal that is not declared as one")
    MIGRATION = ("CAM029", "a function that cannot be a migration")
    LITERAL = ("CAM030", "a literal that no value can have")
    ORDER = ("CAM031", "an expression that changes what is read around it")
    MACHINE = ("CAM032", "a class that cannot be a machine")
    PATTERN = ("CAM033", "a pattern that cannot match or is not supported")
    CONDITION = ("CAM034", "a condition that cannot be decided")
    TOO_DEEP = ("CAM035", "code that nests too deeply")
    ADAPTER = ("CAM036", "a function that cannot be an adapter")

    @property
    def number(self) -> str:
        """The code as it is shown, `CAM012`."""
        return self.value[0]

    @property
    def title(self) -> str:
        """What the code is about, in one line."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text that a span points into: a file's path as shown, and its lines."""

    path: str
    lines: tuple[str, ...]

    @staticmethod
    def of(path: Path, text: str) -> SourceText:
        """The source of a file: its path is shown relative to the working directory where it lies below."""
        # `splitlines` would also split at form feeds and other separators that do not end a line of Python.
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if str(path).startswith("<"):
            return SourceText(str(path), tuple(lines))  # a text without a file
        here = Path.cwd()
        absolute = path.absolute()
        shown = absolute.relative_to(here) if absolute.is_relative_to(here) else absolute
        return SourceText(str(shown), tuple(lines))


@dataclass(frozen=True, slots=True)
class Span:
    """Part of one line of a file. Lines count from 1, columns from 0, both in characters."""

    source: SourceText
    line: int
    start: int
    end: int

    @staticmethod
    def of(source: SourceText, node: ast.AST) -> Span:
        """The span of a node; of one over several lines, the part on its first line."""
        line = getattr(node, "lineno", 1)
        text = source.lines[line - 1] if line <= len(source.lines) else ""
        start = _characters(text, getattr(node, "col_offset", 0))
        last_line = getattr(node, "end_lineno", line)
        end = _characters(text, getattr(node, "end_col_offset", 0)) if last_line == line else len(text.rstrip())
        return Span(source, line, start, max(end, start + 1))

    @property
    def text(self) -> str:
        """The whole line, as far as the file has it."""
        return self.source.lines[self.line - 1] if self.line <= len(self.source.lines) else ""


def _characters(text: str, byte_offset: int) -> int:
    # `ast` counts bytes of UTF-8, people and editors count characters.
    return len(text.encode()[:byte_offset].decode(errors="replace"))


@dataclass(frozen=True, slots=True)
class Label:
    """A place in a file with a word on why it matters."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong: code, message, where, in which class or method, what explains it, what to write."""

    code: Code
    message: str
    primary: Label
    inside: str = ""
    secondary: tuple[Label, ...] = ()
    help: str = ""

    def render(self) -> str:
        """The diagnostic as people read it, several lines without a final newline."""
        span = self.primary.span
        within = f" in {self.inside}" if self.inside else ""
        lines = [
            f"error[{self.code.number}]: {self.message}",
            f"  --> {span.source.path}:{span.line}:{span.start + 1}{within}",
        ]
        own = [label for label in self.secondary if label.span.source == span.source]
        lines += _excerpt([(self.primary, "^"), *((label, "-") for label in own)])
        for label in self.secondary:
            if label.span.source != span.source:
                lines.append(f"  ::: {label.span.source.path}:{label.span.line}:{label.span.start + 1}")
                lines += _excerpt([(label, "-")])
        if self.help:
            lines.append(f"help: {self.help}")
        return "\n".join(lines)


def _excerpt(marked: Sequence[tuple[Label, str]]) -> list[str]:
    """The lines that the labels are on, in order, each with its marks below."""
    by_line: dict[int, list[tuple[Label, str]]] = {}
    for label, mark in sorted(marked, key=lambda pair: (pair[0].span.line, pair[0].span.start)):
        by_line.setdefault(label.span.line, []).append((label, mark))
    width = max(len(str(line)) for line in by_line)
    lines: list[str] = []
    previous: int | None = None
    for line, labels in by_line.items():
        if previous is not None and line > previous + 1:
            lines.append("...")
        previous = line
        text = labels[0][0].span.text.replace("\t", " ")
        shown = text if len(text) <= _WIDEST_LINE else text[:_WIDEST_LINE] + "…"
        lines.append(f"{line:>{width}} | {shown}".rstrip())
        for label, mark in labels:
            start, end = min(label.span.start, len(shown)), min(label.span.end, len(shown))
            lead = " " * _columns(shown[:start])
            # A caret line is as wide as what it points at on the screen, which East Asian characters double.
            marks = mark * max(1, _columns(shown[start:end]))
            lines.append(f"{' ' * width} | {lead}{marks} {label.text}".rstrip())
    return lines


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


class CompileError(Exception):
    """A file that the compiler refuses, with all that is wrong in it, in the order of the file.

    What has one cause is told once, at the first place where it shows: a class that is no type is met by each method
    that uses it, and a name whose object is gone at each use.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        ordered = sorted(
            diagnostics, key=lambda one: (one.primary.span.source.path, one.primary.span.line, one.primary.span.start)
        )
        by_cause: dict[object, Diagnostic] = {}
        for one in ordered:
            by_cause.setdefault((one.code, one.message, one.secondary or one.primary), one)
        self.diagnostics: list[Diagnostic] = list(by_cause.values())
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n\n".join(diagnostic.render() for diagnostic in self.diagnostics)


class Problem(Exception):
    """Raised where the compiler cannot go on with a statement; the statement's lowering catches it and goes on.

    `diagnostic` is None where what is wrong has been reported before.
    """

    def __init__(self, diagnostic: Diagnostic | None) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic
