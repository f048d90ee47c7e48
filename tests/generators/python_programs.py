"""Machines written at random, as their authors would never write them: containers under every name they can get.

A program is generated as a tree of statements. What the compiler refuses is cut out, statement by statement, until the
rest is accepted: most examples are programs with a good deal of aliasing left in them, which the compiler believes to
mean the same for references and for values.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from camshaft.language.compile import CompiledFile, CompileError, compile_file

HEAD = """\
from dataclasses import dataclass

from camshaft import Machine, Refusal


@dataclass(frozen=True)
class Bag:
    items: list[int]
    size: int = 0


@dataclass(frozen=True)
class Coin:
    cents: int


class Refused(Refusal):
    number: int


class Box(Machine):
    n: int = 1
    a: list[int] = [1, 2]
    b: list[int] = [3]
    rows: list[list[int]] = [[4, 5], [6]]
    table: dict[int, list[int]] = {1: [7], 2: []}
    bag: Bag = Bag([8, 9])
    thing: Bag | Coin | None = None
    maybe: int | None = None

    def _bump(self) -> int:
        self.n += 1
        return self.n

    def _push(self, number: int) -> int:
        self.a.append(number)
        return len(self.a)

    def _swap(self) -> None:
        kept = list(self.a)
        self.a = list(self.b)
        self.b = kept

    def _state(self) -> list[int]:
        return self.a

    def _echo(self, xs: list[int]) -> list[int]:
        return xs

    def _fresh(self, number: int) -> list[int]:
        return [number, self.n]

    def _sum(self, xs: list[int]) -> int:
        total = 0
        for x in xs:
            total += x
        return total

    def run(self, p: int, ps: list[int], pr: list[list[int]]) -> int:
        n = 0
        m = p
        xs: list[int] = [10]
        ys: list[int] = [20, 21]
        rs: list[list[int]] = [[30]]
        bag: Bag = Bag([40])
        d: dict[int, list[int]] = {1: [50]}
        o: int | None = None
"""


TAIL = "        return n + m\n"


@dataclass
class Statement:
    """A line, or a header with the statements within it. `otherwise` is its `else:`, which goes where it goes."""

    text: str
    body: list[Statement] = field(default_factory=list)
    otherwise: Statement | None = None

    def lines(self, indent: int) -> Iterator[tuple[str, Statement]]:
        """The lines, each with the statement that it belongs to."""
        yield "    " * indent + self.text, self
        for inner in self.body:
            yield from inner.lines(indent + 1)
        if self.text.endswith(":") and not self.body:
            yield "    " * (indent + 1) + "pass", self
        if self.otherwise is not None:
            yield from self.otherwise.lines(indent)


def render(statements: list[Statement], head: str = HEAD, tail: str = TAIL) -> tuple[str, list[Statement | None]]:
    """The text of a program, and for each of its lines the statement that it belongs to."""
    lines: list[str] = head.splitlines()
    owners: list[Statement | None] = [None] * len(lines)
    for statement in statements:
        for line, owner in statement.lines(2):
            lines.append(line)
            owners.append(owner)
    for line in tail.splitlines():
        lines.append(line)
        owners.append(None)
    return "\n".join(lines) + "\n", owners


def accepted(statements: list[Statement], directory: Path, head: str = HEAD, tail: str = TAIL) -> CompiledFile:
    """The program without what the compiler refuses."""
    for _ in range(50):
        text, owners = render(statements, head, tail)
        file = directory / "box.py"
        file.write_text(text)
        try:
            return compile_file(file)
        except CompileError as error:
            refused = {id(owners[found.primary.span.line - 1]) for found in error.diagnostics} - {id(None)}
            if not refused:
                raise  # what is refused is the frame, which a program must leave as it is
        statements = without(statements, refused)
    raise AssertionError("what is refused does not come to an end")


def without(statements: list[Statement], refused: set[int]) -> list[Statement]:
    """The statements that are not refused. The objects stay the same, so that they can be found again."""
    kept = [statement for statement in statements if id(statement) not in refused]
    for statement in kept:
        statement.body = without(statement.body, refused)
        if statement.otherwise is not None:
            (statement.otherwise,) = without([statement.otherwise], refused) or (None,)
    return kept


class StatementWriter(ABC):
    """Draws statements: at most `most` after each other. `loops` is how many loops are around."""

    def __init__(self, draw: DrawFn, most: int) -> None:
        self._draw = draw
        self._most = most
        self._number = 0
        """How many names were made up so far."""

    @abstractmethod
    def condition(self) -> str:
        """A `bool`."""

    @abstractmethod
    def _simple(self) -> str:
        """A statement of one line."""

    @abstractmethod
    def _statement(self, depth: int, loops: int) -> list[Statement]:
        """A statement, or a few that belong together, with `depth` more levels of others within."""

    def pick(self, *options: str) -> str:
        """One of some texts."""
        return self._draw(st.sampled_from(options))

    def _one(self, *makers: Callable[[], str]) -> str:
        return self._draw(st.sampled_from(makers))()

    def statements(self, depth: int, loops: int = 0) -> list[Statement]:
        """A few statements."""
        count = self._draw(st.integers(1, self._most))
        return [statement for _ in range(count) for statement in self._statement(depth, loops)]

    def _line(self, loops: int) -> list[Statement]:
        if loops and self._draw(st.integers(0, 7)) == 0:
            return [Statement(f"if {self.condition()}:", [Statement(self.pick("break", "continue", "return n"))])]
        return [Statement(self._simple())]

    def _leave(self) -> Statement:
        return Statement(f"if {self.condition()}:", [Statement(self.pick("return m", "raise Refused(n)"))])

    def _with(self, names: list[str], known: list[str], depth: int, loops: int) -> list[Statement]:
        """Statements that see these names, too."""
        known += names
        try:
            return self.statements(depth - 1, loops)
        finally:
            del known[len(known) - len(names) :]


class _Writer(StatementWriter):
    def __init__(self, draw: DrawFn) -> None:
        super().__init__(draw, most=4)
        self._ints = ["n", "m", "p", "self.n"]
        self._lists = ["xs", "ys", "ps", "self.a", "self.b", "self.bag.items", "bag.items"]
        self._rows = ["rs", "pr", "self.rows"]

    def number(self, depth: int = 2) -> str:
        """An `int`."""
        if depth == 0:
            return self.pick("0", "1", "2", "-1", *self._ints)
        return self._one(
            lambda: self.number(0),
            lambda: f"len({self.numbers(depth - 1)})",
            lambda: f"{self.numbers(depth - 1)}[{self.number(0)}]",
            lambda: f"({self.number(depth - 1)} {self.pick('+', '-', '*', '//', '%')} {self.number(depth - 1)})",
            lambda: f"({self.number(depth - 1)} if {self.condition(depth - 1)} else {self.number(depth - 1)})",
            lambda: self.pick("self._bump()", "(o or 5)", "(self.maybe if self.maybe is not None else 3)"),
            lambda: f"self._push({self.number(depth - 1)})",
            lambda: f"self._sum({self.numbers(depth - 1)})",
            lambda: f"len({self.rows(depth - 1)})",
        )

    def condition(self, depth: int = 1) -> str:
        """A `bool`."""
        if depth == 0:
            return f"{self.number(0)} {self.pick('<', '==', '>=')} {self.number(0)}"
        return self._one(
            lambda: self.condition(0),
            lambda: f"{self.number(1)} in {self.numbers(1)}",
            lambda: f"{self.numbers(1)} == {self.numbers(1)}",
            lambda: f"({self.condition(0)} {self.pick('and', 'or')} {self.condition(depth - 1)})",
            lambda: f"not {self.pick('self.a', 'xs', 'self.table', 'o', 'self.maybe')}",
            lambda: self.pick("self.maybe is None", "o is not None", "isinstance(self.thing, Bag)"),
            lambda: f"{self.number(1)} < {self.number(1)} <= {self.number(0)}",
            lambda: f"{self.number(0)} in {self.pick('self.table', 'd')}",
        )

    def numbers(self, depth: int = 2) -> str:
        """A `list[int]`."""
        if depth == 0:
            return self.pick("[]", "[1, 2]", *self._lists)
        return self._one(
            lambda: self.numbers(0),
            lambda: self.numbers(0),
            lambda: f"[{self.number(depth - 1)}, {self.number(0)}]",
            lambda: f"list({self.numbers(depth - 1)})",
            lambda: f"({self.numbers(depth - 1)} + {self.numbers(depth - 1)})",
            lambda: f"[x + {self.number(0)} for x in {self.numbers(depth - 1)} if x != {self.number(0)}]",
            lambda: f"{self.rows(depth - 1)}[{self.number(0)}]",
            lambda: f"{self.pick('self.table', 'd')}[{self.number(0)}]",
            lambda: f"{self.pick('self.table', 'd')}.get({self.number(0)}, {self.numbers(depth - 1)})",
            lambda: f"({self.numbers(depth - 1)} if {self.condition(0)} else {self.numbers(depth - 1)})",
            lambda: f"({self.numbers(depth - 1)} or {self.numbers(depth - 1)})",
            lambda: f"self._echo({self.numbers(depth - 1)})",
            lambda: self.pick("self._state()", "self._fresh(n)"),
            lambda: f"Bag({self.numbers(depth - 1)}).items",
            lambda: f"({self.numbers(depth - 1)}, 1)[0]",
            lambda: f"[x for row in {self.rows(depth - 1)} for x in row]",
        )

    def rows(self, depth: int = 2) -> str:
        """A `list[list[int]]`."""
        if depth == 0:
            return self.pick(*self._rows)
        return self._one(
            lambda: self.rows(0),
            lambda: f"[{self.numbers(depth - 1)}, {self.numbers(depth - 1)}]",
            lambda: f"[row for row in {self.rows(depth - 1)}]",
            lambda: f"[list(row) for row in {self.rows(depth - 1)}]",
            lambda: f"list({self.rows(depth - 1)})",
            lambda: f"list({self.pick('self.table', 'd')}.values())",
            lambda: f"({self.rows(depth - 1)} + {self.rows(depth - 1)})",
            lambda: f"[{self.numbers(depth - 1)} for i in range(2)]",
        )

    def _place(self) -> str:
        """A `list[int]` that may be written in place."""
        return self._one(
            lambda: self.pick("xs", "ys", "self.a", "self.b", "bag.items", "self.bag.items", *self._lists[7:]),
            lambda: f"{self.pick('rs', 'self.rows')}[{self.number(0)}]",
            lambda: f"{self.pick('self.table', 'd')}[{self.number(1)}]",
        )

    def _simple(self) -> str:
        return self._one(
            lambda: f"{self.pick('n', 'm', 'self.n')} {self.pick('=', '+=', '-=')} {self.number()}",
            lambda: f"{self.pick('xs', 'ys', 'self.a', 'self.b')} = {self.numbers()}",
            lambda: f"{self.pick('rs', 'self.rows')} = {self.rows()}",
            lambda: f"{self.pick('rs', 'self.rows')}.append({self.numbers()})",
            lambda: f"{self.pick('self.table', 'd')}[{self.number(1)}] = {self.numbers()}",
            lambda: f"{self.pick('rs', 'self.rows')}[{self.number(0)}] = {self.numbers()}",
            lambda: f"{self._place()}.append({self.number()})",
            lambda: f"{self._place()}[{self.number(1)}] {self.pick('=', '+=', '*=')} {self.number()}",
            lambda: f"{self._place()} += {self.numbers()}",
            lambda: f"del {self._place()}[{self.number(0)}]",
            lambda: f"del {self.pick('self.table', 'd')}[{self.number(0)}]",
            lambda: f"{self.pick('bag', 'self.bag')} = Bag({self.numbers()}, size={self.number(1)})",
            lambda: f"self.thing = {self.pick('None', 'bag', 'Coin(n)', 'self.bag', 'Bag(xs)', 'Bag(list(ys))')}",
            lambda: f"self.maybe = {self.pick('None', 'o', 'n', 'self.n')}",
            lambda: f"o = {self.pick('None', 'n', 'self.maybe')}",
            lambda: f"{self.pick('xs, n', 'ys, m', 'self.a, self.n')} = {self.numbers()}, {self.number()}",
            lambda: "xs, ys = ys, xs",
            lambda: self.pick("self._swap()", "self._bump()", "self.b = self._state()"),
            lambda: f"assert {self.condition()}",
            lambda: f"d = {{x: {self.numbers(1)} for x in {self.numbers(1)}}}",
        )

    def _statement(self, depth: int, loops: int) -> list[Statement]:
        kind = self._draw(st.integers(0, 9)) if depth else 0
        if kind <= 4:
            return self._line(loops)
        if kind == 5:
            return [Statement(f"if {self.condition()}:", self.statements(depth - 1, loops))]
        if kind == 6:
            return [self._match(depth, loops)]
        if kind == 7:
            return [self._leave()]
        return [self._loop(depth, loops)]

    def _match(self, depth: int, loops: int) -> Statement:
        self._number += 1
        name = f"it{self._number}"
        cases = [
            Statement(f"case Bag(items={name}):", self._with([name], self._lists, depth, loops)),
            Statement("case Coin():", self.statements(depth - 1, loops)),
        ]
        return Statement("match self.thing:", cases)

    def _loop(self, depth: int, loops: int) -> Statement:
        self._number += 1
        name = f"v{self._number}"
        kind = self._draw(st.integers(0, 3))
        if kind == 0:
            header = f"for {name} in {self.numbers(1)}:"
            return Statement(header, self._with([name], self._ints, depth, loops + 1))
        if kind == 1:
            header = f"for {name} in {self.rows(1)}:"
            return Statement(header, self._with([name], self._lists, depth, loops + 1))
        if kind == 2:
            header = f"for k{name}, {name} in {self.pick('self.table', 'd', 'list(self.table')}.items():"
            header = header.replace("list(self.table.items()", "list(self.table.items())")
            return Statement(header, self._with([name], self._lists, depth, loops + 1))
        return Statement(f"for {name} in range(3):", self._with([name], self._ints, depth, loops + 1))


@st.composite
def programs(draw: DrawFn) -> list[Statement]:
    """The statements of the method `run` of a random machine."""
    writer = _Writer(draw)
    body = writer.statements(2) + writer.statements(2) + writer.statements(1)
    # What the variables hold at the end is part of the result, where it may still be looked at.
    ends = [Statement(f"n = n * 7 + self._sum({name})") for name in ("xs", "ys", "bag.items", "ps")]
    return [*body, *ends, Statement("for row in rs:", [Statement("n = n * 3 + self._sum(row)")])]
