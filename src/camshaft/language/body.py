"""The lowering of one method's body: its state, and the tables that say which handler lowers which node.

Each node class of `ast` has one handler, registered with `@expression` or `@statement`, or a text of its own in
`unsupported`. A problem ends the lowering of its statement; the next statement goes on, so that all are found at once.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar

from camshaft.category.ports import let
from camshaft.category.terms import Put, Term, operate
from camshaft.language.change import Change
from camshaft.language.diagnostics import Code, Diagnostic, Label, Problem
from camshaft.language.flow import Flow, Variable
from camshaft.language.homes import Picked, is_reference_or_none, referred
from camshaft.language.lowered import Lowered, Path, PlaceRef, capped
from camshaft.language.pytypes import PY_BOOL, PyMachine, PyType, core, shown
from camshaft.language.scan import Names
from camshaft.language.unions import UnionProblem, union_of
from camshaft.language.unit import GivenPlace, Standing, Unit
from camshaft.language.unsupported import unsupported
from camshaft.values.types import Record

T = TypeVar("T")
H = TypeVar("H", bound=Callable[..., Any])


class ObjectWanted(Exception):
    """A dataclass's method changes its object: it is lowered again, giving that back."""


class ReferencesWanted(Exception):
    """Elements of a list that a name was given are changed: the method is lowered again, and it names places."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class CopyWanted(Exception):
    """A name that nothing is changed through shows one place or another: it is lowered again, with copies."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class PlaceWanted(Exception):
    """What a loop shows as values has to be gone over as places: the loop is lowered again, knowing that."""

    def __init__(self, loop: ast.AST) -> None:
        super().__init__()
        self.loop = loop


class ElementsMayGo(PlaceWanted):
    """Such a loop takes away some that it has yet to come to: it is lowered again, and notices that."""


class Ending(Enum):
    """What follows the end of a list of statements."""

    FALL = "more statements"
    RETURN = "the end of the method"
    CONTINUE = "the next round of the loop"


@dataclass(slots=True)
class Loop:
    """The loop around a statement: its labels, what was known before it, and its loop variables."""

    continue_label: str
    break_label: str
    entry: Flow
    captures: frozenset[str]
    breaks: list[Flow] = field(default_factory=list)
    rounds: list[Flow] = field(default_factory=list)
    continues: bool = False
    """Whether a `continue` leaves from the middle of the body."""
    taken: list[tuple[Path, ast.AST]] = field(default_factory=list)
    """What is taken out of its place in it."""
    altered: list[tuple[tuple[PyType | None, ...], ast.AST]] = field(default_factory=list)
    """What it changes in place: the types on the way to each object, None where that may be any."""


@dataclass(slots=True)
class Rest:
    """What follows a statement in its list. A statement that lowers it as part of itself takes it."""

    statements: Sequence[ast.stmt]
    ending: Ending
    taken: bool = False

    def take(self) -> Sequence[ast.stmt]:
        """The statements, which their list will not lower again."""
        self.taken = True
        return self.statements

    @property
    def here(self) -> Ending:
        """What follows the statement itself."""
        return Ending.FALL if self.statements and not self.taken else self.ending


@dataclass(frozen=True, slots=True)
class Saved:
    """What a body knew and had found at a point that it may go back to."""

    flow: Flow
    broken: frozenset[str]
    diagnostics: int
    counter: int


@dataclass(slots=True)
class Body:
    """One method, migration or default while it is lowered."""

    unit: Unit
    inside: str
    result: PyType
    names: Names
    flow: Flow = field(default_factory=Flow)
    slots: dict[str, Variable] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Variables whose assignment has a problem: what uses them is not reported again."""
    exits: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    changes: set[Change] = field(default_factory=set)
    """What the method does to the state, as its callers must know it."""
    parameters: set[str] = field(default_factory=set)
    """The roots of the paths to what the caller gave."""
    stores: set[str] = field(default_factory=set)
    """The parameters that are stored where they live on."""
    stored_at: dict[str, set[Path]] = field(default_factory=dict)
    """Where those, and what the method made around them, were stored."""
    alters: set[str] = field(default_factory=set)
    """The parameters that may be changed after they were stored, where they were stored."""
    changed_within: set[Change] = field(default_factory=set)
    """All that the method changes, in objects of its own too."""
    takes: bool = False
    """Whether it takes anything out of its place."""
    altered: set[tuple[PyType | None, ...]] = field(default_factory=set)
    """Of each object that it changes in place, its own too, the types on the way to it."""
    returns: set[Path] = field(default_factory=set)
    """The places of others that the result may be, or hold."""
    returns_new: bool = True
    """Whether the result is always a new container around those, never one of them."""
    as_places: set[ast.AST] = field(default_factory=set)
    """The loops that go over the elements of a container as places."""
    noticing: set[ast.AST] = field(default_factory=set)
    """Those that notice which elements were taken away before they come to them."""
    of_object: bool = False
    """Whether it is a dataclass's method."""
    standing: Standing | None = None
    """Where the object of that stands, in a version that changes it there."""
    gives_place: bool = False
    """Whether it gives the place of its result, and not that itself."""
    given_place: GivenPlace | None = None
    """That place, as far as results were met."""
    gives_result: bool = False
    """Whether the result lives on as a state, as that of a migration does."""
    looked_up: dict[ast.Call, ast.Name] = field(default_factory=dict)
    """The calls whose result is kept at its place already, each with the name that it has."""
    loops: list[Loop] = field(default_factory=list)
    named: set[ast.NamedExpr] = field(default_factory=set)
    """Where `:=` may stand."""
    touched: Set[str] = frozenset()
    """The names in whose objects the method may change something."""
    inferred: Mapping[str, PyType] = field(default_factory=dict)
    """The types of the variables that are given an empty container, as what follows was seen to use them."""
    undecided: dict[str, tuple[type[PyType], Problem]] = field(default_factory=dict)
    """Those of which that was not seen yet: which kind of container it is, and what to say where one is read."""
    statements: Sequence[ast.stmt] = ()
    """All that the method has, for what is seen by syntax."""
    only_read: Set[str] = frozenset()
    """The names that are bound more than once and through which nothing changes: they may show one thing or another."""
    shown_only: Set[str] = frozenset()
    """Those that do, and have copies of what they show."""
    choices: int = 0
    """The choices of a place for a name that this is in."""
    loads: list[ast.Name] = field(default_factory=list)
    """Where the method reads names."""
    picks: dict[str, Picked] = field(default_factory=dict)
    """The names of loops that show elements at places, one in each round, by the roots of their paths."""
    referable: set[str] = field(default_factory=set)
    """The names that were given lists of elements which are at places."""
    references: Set[str] = frozenset()
    """Those that stand for these elements where they are."""
    discarded: ast.expr | None = None
    """The expression that is lowered for what it does, not for what it gives."""
    counter: int = 0

    @property
    def machine(self) -> PyMachine | None:
        """The machine whose state there is, None where there is none."""
        return self.unit.machine if self.standing is None else self.standing.machine

    @property
    def level(self) -> int:
        """The level of the scope that terms are built in now."""
        return self.flow.scope.level

    def fresh(self, name: str) -> str:
        """A name that nothing else in this body has."""
        self.counter += 1
        return f"{name}#{self.counter}"

    # ---- problems ----------------------------------------------------------------------------------------------------

    def problem(
        self, code: Code, message: str, node: ast.AST, help_: str = "", *, here: str = "", also: Sequence[Label] = ()
    ) -> Problem:
        """A problem at a node of this body; `here` is written beside the caret, `also` shows further places."""
        label = Label(self.unit.source.span(node), here)
        return Problem(Diagnostic(code, message, label, self.inside, tuple(also), help_))

    def label(self, node: ast.AST, text: str) -> Label:
        """A further place with a word on why it matters."""
        return Label(self.unit.source.span(node), text)

    def report(self, problem: Problem) -> None:
        """Keep a problem and go on."""
        self.unit.report(problem, self.inside)

    def attempt(self, build: Callable[[], T]) -> T | None:
        """What `build` gives; None where it met a problem, which is kept."""
        try:
            return build()
        except Problem as problem:
            self.report(problem)
            return None

    def saved(self) -> Saved:
        """What is known here, for `restore`."""
        flow = self.flow.copy()
        flow.depth = self.flow.depth
        return Saved(flow, frozenset(self.broken), len(self.unit.diagnostics), self.counter)

    def restore(self, saved: Saved) -> None:
        """Go back: what was lowered since is lowered again, under the same names, and its problems are found again."""
        self.counter = saved.counter
        self.flow.become(saved.flow)
        self.broken = set(saved.broken)
        del self.unit.diagnostics[saved.diagnostics :]

    # ---- lines -------------------------------------------------------------------------------------------------------

    def mark(self, term: Term, node: ast.AST) -> None:
        """What in a term has no line yet comes from the line where this node, which is in the source, begins."""
        self.unit.lines.mark(term, getattr(node, "lineno"))  # noqa: B009  # mypy sees an `ast.AST` without a line

    # ---- scopes ------------------------------------------------------------------------------------------------------

    def within(self, flow: Flow, build: Callable[[], T]) -> T:
        """What `build` gives with another flow in place of the present one."""
        outer, self.flow = self.flow, flow
        try:
            return build()
        finally:
            self.flow = outer

    def bound(self, value: Lowered, build: Callable[[Lowered], Lowered]) -> Lowered:
        """Evaluate a value once and build an expression that may use it several times."""
        if value.stable and not value.wide:
            return build(value)
        stored = capped(value)
        inner, result = self._enter(stored, build)
        return Lowered(
            result.type,
            let(stored.at(self.level), result.at(inner)),
            self.level,
            wide=result.wide,
            calm=result.calm and stored.calm,
            borrows=result.borrows,
            writes=value.writes | result.writes,
        )

    def bound_term(self, value: Lowered, build: Callable[[Lowered], Term]) -> Term:
        """Evaluate a value once and build a statement that may use it several times."""
        if value.stable and not value.wide:
            return build(value)
        stored = capped(value)
        _, result = self._enter(stored, build)
        return let(stored.at(self.level), result)

    def _enter(self, stored: Lowered, build: Callable[[Lowered], T]) -> tuple[int, T]:
        """What `build` gives in the scope where the value is bound, and the level of that scope."""
        outer = self.flow.scope
        self.flow.scope, port = outer.bind(core(stored.type))
        inner = Lowered(
            stored.type, self.flow.scope.read(port), self.level, calm=True, stable=True, borrows=stored.borrows
        )
        try:
            return self.level, build(inner)
        finally:
            self.flow.scope = outer

    def is_used_after(self, name: str, node: ast.AST) -> bool:
        """Whether a name may be read after a node has been evaluated, seen without types: more rather than less."""
        before = any(_position(one) < _position(node) for one in self.loads if one.id == name)
        return (before and bool(self.loops)) or self.is_read_behind(name, node)

    def is_read_behind(self, name: str, node: ast.AST) -> bool:
        """Whether a name is read behind a node in the text."""
        last = (getattr(node, "end_lineno"), getattr(node, "end_col_offset"))  # noqa: B009
        return any(_position(one) >= last for one in self.loads if one.id == name)

    # ---- variables ---------------------------------------------------------------------------------------------------

    def declare(self, name: str, type_: PyType, node: ast.AST) -> Variable:
        """The slot of a variable, which has one type in all of the method. Raises Problem."""
        found = self.slots.get(name)
        if found is None:
            stored = referred(type_) if is_reference_or_none(type_) else type_
            found = Variable(name, type_, (name,), slot=len(self.slots) + 1, stored=stored)
            self.slots[name] = found
            if stored != type_:
                present = self.hidden(f"{name} is there", PY_BOOL)
                found = self.slots[name] = replace(found, present=present.slot)
        elif found.type != type_:
            raise self.problem(
                Code.TWO_TYPES,
                f"`{name}` has the type `{shown(found.type)}` and would get the type `{shown(type_)}` here",
                node,
                f"use another name, or declare both where it is first assigned: `{name}: {_either(found.type, type_)}`",
            )
        return found

    def hidden(self, name: str, type_: PyType) -> Variable:
        """A slot that no name of the program stands for; the same one for the same name."""
        found = self.slots.get(name)
        if found is None:
            found = self.slots[name] = Variable(name, type_, (name,), slot=len(self.slots) + 1)
        return found

    def put_variable(self, variable: Variable, value: Lowered) -> Term:
        """environment -> (): write a variable's slot."""
        assert variable.slot is not None
        return operate(Put(PlaceRef(variable.slot, (), ()).place), value.at(self.level))

    def slot_record(self) -> Record:
        """The slots of all variables, as `Locals` takes them."""
        return Record((variable.name, core(variable.stored or variable.type)) for variable in self.slots.values())


def _position(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno"), getattr(node, "col_offset")  # noqa: B009  # mypy sees an `ast.AST` without a line


def _either(left: PyType, right: PyType) -> str:
    try:
        return shown(union_of((left, right)))
    except UnionProblem:
        return f"{shown(left)} | {shown(right)}"


ExpressionHandler: TypeAlias = Callable[[Body, Any, PyType | None], Lowered]
StatementHandler: TypeAlias = Callable[[Body, Any, Rest], Term]

EXPRESSIONS: Final[dict[type[ast.AST], ExpressionHandler]] = {}
STATEMENTS: Final[dict[type[ast.AST], StatementHandler]] = {}


def expression(*nodes: type[ast.AST]) -> Callable[[H], H]:
    """Register the handler of expressions of these node classes."""
    return _register(EXPRESSIONS, nodes)


def statement(*nodes: type[ast.AST]) -> Callable[[H], H]:
    """Register the handler of statements of these node classes."""
    return _register(STATEMENTS, nodes)


def _register(table: dict[type[ast.AST], Any], nodes: tuple[type[ast.AST], ...]) -> Callable[[H], H]:
    def register(handler: H) -> H:
        table.update(dict.fromkeys(nodes, handler))
        return handler

    return register


def lower(body: Body, node: ast.expr, expected: PyType | None = None) -> Lowered:
    """Lower an expression. `expected` is the type that its place wants, which gives `[]`, `{}` and `None` theirs.

    What comes back may be of another type; `fitted` compares. Raises Problem.
    """
    handler = EXPRESSIONS.get(type(node))
    if handler is None:
        reason = unsupported(node)
        raise body.problem(Code.UNSUPPORTED, reason.message, node, reason.help)
    value = handler(body, node, expected)
    body.mark(value.term, node)
    return value
