"""From a Python function that runs over ports to a term: what a trace records, and how it is written down.

Running the function records one node for each operation, in the order in which Python performed them; a branch or a
loop's body has a frame of its own. Only then is the term written: a node that is used twice, or from a frame within,
becomes a variable of the environment (as in `ports`); one that is used once is written where it is used, if that
keeps the order of effects; one that is not used and can be left out is left out.

Source: Bernardy and Spiwack, "Evaluating Linear Functions to Symmetric Monoidal Categories" (2021), for ports; Gill,
"Type-Safe Observable Sharing in Haskell" (2009), for sharing that is seen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from camshaft.bytecode.effects import PURE, Effects
from camshaft.category import terms as t
from camshaft.category.terms import Term, compose, fork, sequence
from camshaft.category.typing import Signature
from camshaft.errors import CamshaftError
from camshaft.values.types import UNIT, Type


class PortError(CamshaftError):
    """A port is used where it means nothing, or in a way that its type does not have."""


@dataclass(eq=False, slots=True)
class Frame:
    """The part of a trace that runs under one condition, or once for each element."""

    what: str
    """What it is, as messages say it: "the morphism swap"."""
    trace: Trace
    nodes: list[Node] = field(default_factory=list)
    is_open: bool = True


Write: TypeAlias = Callable[[Sequence[Term], "Writer", int], Term]
"""How a node's term is made of those of its operands, by a writer, in the environment of a level."""


@dataclass(eq=False, slots=True)
class Node:
    """One operation of a trace, or a variable that a frame starts with, which nothing needs to write."""

    frame: Frame
    type: Type
    place: str
    """The line of the author's file that made it."""
    operands: tuple[Node, ...] = ()
    write: Write | None = None
    effects: Effects = PURE
    is_free: bool = False
    """Whether writing it wherever it is used costs no more than a variable: a constant, a field."""
    frames: tuple[tuple[Frame, Node], ...] = ()
    """The frames within it, and what each of them ends with."""
    height: int = 0
    """How many operations its term would nest, were there no variables; those as high as `_HIGHEST` are variables."""


class Trace:
    """What one run of a function over ports recorded."""

    def __init__(self, name: str, state: Type) -> None:
        self.name = name
        self.slots: tuple[Type, ...] = (state,)
        self.functions: dict[str, Signature] = {}
        self.morphisms: dict[str, Any] = {}  # what a shared morphism is, only `morphisms` knows
        self.open_frames = [Frame(f"the morphism {name}", self)]

    def variable(self, type_: Type) -> Node:
        """A node for what a frame starts with."""
        return Node(self.open_frames[-1], type_, author_line())

    def add(
        self,
        type_: Type,
        operands: Sequence[Node],
        write: Write,
        effects: Effects = PURE,
        *,
        is_free: bool = False,
        frames: tuple[tuple[Frame, Node], ...] = (),
    ) -> Node:
        """Record an operation in the innermost frame."""
        frame = self.open_frames[-1]
        height = 1 + max((operand.height % _HIGHEST for operand in operands), default=0)
        node = Node(frame, type_, author_line(), tuple(operands), write, effects, is_free, frames, height)
        frame.nodes.append(node)
        return node

    @contextmanager
    def frame(self, what: str) -> Iterator[Frame]:
        """A frame that is open as long as the context."""
        frame = Frame(what, self)
        self.open_frames.append(frame)
        try:
            yield frame
        finally:
            frame.is_open = False
            self.open_frames.pop()

    @contextmanager
    def local(self, type_: Type) -> Iterator[int]:
        """One more slot; its number."""
        self.slots = (*self.slots, type_)
        try:
            yield len(self.slots) - 1
        finally:
            self.slots = self.slots[:-1]


_traces: Final[list[Trace]] = []
"""The traces under way, the innermost last: one while a function runs, more while it defines morphisms itself."""


@contextmanager
def tracing(trace: Trace) -> Iterator[Frame]:
    """Let a trace record; its outermost frame."""
    _traces.append(trace)
    frame = trace.open_frames[0]
    try:
        yield frame
    finally:
        frame.is_open = False
        _traces.pop()


def current_trace(what: str) -> Trace:
    """The trace that records.

    Raises:
        PortError: none does.
    """
    if not _traces:
        raise PortError(
            f"{author_line()}: {what} while no morphism is traced; do this in a function under @morphism, or use the"
            " combinators, which make terms without variables"
        )
    return _traces[-1]


def usable(node: Node) -> Node:
    """The node, which is used here.

    Raises:
        PortError: it belongs to another trace, or to a frame that has ended.
    """
    own, here = node.frame.trace, f"{author_line()}: a port that was made at {node.place}, in {node.frame.what},"
    if own not in _traces:
        raise PortError(f"{here} is used after {own.name} was traced; use it in that function, or return it from there")
    if own is not _traces[-1]:
        raise PortError(
            f"{here} is used in the morphism {_traces[-1].name}, which is another trace; give it to"
            f" {_traces[-1].name} as an argument, or make {_traces[-1].name} a plain Python function"
        )
    if not node.frame.is_open:
        raise PortError(
            f"{here} is used outside of it, where it may have no value; return it from there, and use the result"
        )
    return node


def author_line() -> str:
    """The file and line of whoever called into this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and Path(frame.f_code.co_filename).parent == _HERE:
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"


_HERE: Final = Path(__file__).parent


# ---- writing ---------------------------------------------------------------------------------------------------------


_DEEPEST: Final = 16
"""How deep pairs of variables nest before all variables are put side by side: types nest at most `MAX_TYPE_DEPTH` deep,
and what is in the variables needs some of it."""
_HIGHEST: Final = 40
"""How many operations nest in one term before the next one is a variable: all that walks terms recurses as deep."""


@dataclass(slots=True)
class _Uses:
    """How often a node is used in its own frame, and whether it is also used elsewhere."""

    count: int = 0
    elsewhere: bool = False


class Writer:
    """Writes the term of a trace: from its environment to what its function returned.

    An environment is what the frame started with, then a pair for each variable since, nested to the left; its level
    is how many variables there were. Where pairs nest too deep, all variables that can be seen are put side by side in
    one record, and nesting begins anew on it. `start` says how the variables of the outermost frame are reached.
    """

    def __init__(self, frame: Frame, result: Node, start: Mapping[Node, Term]) -> None:
        self._where: dict[Node, tuple[int, Term]] = {node: (0, reach) for node, reach in start.items()}
        self._flat_at = 0
        self._uses: dict[Node, _Uses] = {}
        self._count(frame, result)
        self._frame, self._result = frame, result

    def term(self) -> Term:
        """The whole term."""
        return self.frame(self._frame, self._result, 0)

    def variable(self, node: Node, level: int) -> None:
        """Say that a node's value is in the last field of the environment of a level."""
        self._where[node] = (level, t.Project("1"))

    def frame(self, frame: Frame, result: Node, level: int, variable: Node | None = None) -> Term:
        """The term of a frame, from the environment of a level to its result. `variable` is what the frame starts with:
        it is in the last field of that environment."""
        outer = self._where, self._flat_at
        self._where = dict(self._where)
        if variable is not None:
            self.variable(variable, level)
        try:
            return _FrameWriter(self, frame, level).to(result)
        finally:
            self._where, self._flat_at = outer  # nothing of it is seen from outside

    def flattened(self, level: int) -> Term | None:
        """environment -> the environment of the same level with all variables side by side, where it nests too deep."""
        if level - self._flat_at < _DEEPEST:
            return None
        visible = [node for node in self._where if self.is_used(node)]
        fields = t.Fork(tuple((str(index), self.read(node, level)) for index, node in enumerate(visible)))
        # The record is the second of a pair, like any variable: one instruction reaches it, however deep it is by then.
        self._where = {
            node: (level, compose(t.Project("1"), t.Project(str(index)))) for index, node in enumerate(visible)
        }
        self._flat_at = level
        return t.Fork((("0", t.Fork(())), ("1", fields)))

    def read(self, node: Node, level: int) -> Term:
        """environment -> the node's value: a variable, or its own term where it is not one."""
        if node in self._where:
            bound_at, reach = self._where[node]
            return compose(*[t.Project("0")] * (level - bound_at), reach)
        if node.type is UNIT and node.effects != PURE:
            return t.Fork(())  # it was done as a statement
        return self.written(node, level)

    def written(self, node: Node, level: int) -> Term:
        """environment -> the node's value, computed there."""
        assert node.write is not None, "a variable is always bound"
        return node.write([self.read(operand, level) for operand in node.operands], self, level)

    def is_bound(self, node: Node) -> bool:
        return node in self._where

    def is_variable(self, node: Node) -> bool:
        """Whether a node is used in a way that asks for a variable."""
        uses = self._uses[node]
        return not node.is_free and (uses.count > 1 or uses.elsewhere or node.height >= _HIGHEST)

    def is_used(self, node: Node) -> bool:
        return node in self._uses

    # Backwards, so that what is used only by what is left out is left out too.
    def _count(self, frame: Frame, result: Node) -> None:
        self._use(result, frame)
        for node in reversed(frame.nodes):
            if node not in self._uses and node.effects.is_discardable:
                continue
            for inner, ends in node.frames:
                self._count(inner, ends)
            for operand in node.operands:
                # What is free is written wherever it is used: what it is made of must be at hand there.
                self._use(operand, None if node.is_free else frame)

    def _use(self, node: Node, frame: Frame | None) -> None:
        uses = self._uses.setdefault(node, _Uses())
        uses.count += 1
        uses.elsewhere |= node.frame is not frame


class _FrameWriter:
    """Writes one frame. `pending` are the effects that are yet to be written, in order: each by the node that uses it,
    if all that come before it are written by then, and else as a variable."""

    def __init__(self, writer: Writer, frame: Frame, level: int) -> None:
        self._writer = writer
        self._frame = frame
        self._level = level
        self._steps: list[Term] = []
        self._pending: list[Node] = []

    def to(self, result: Node) -> Term:
        self._flatten()
        for node in self._frame.nodes:
            self._node(node)
        if self._within(result) != self._pending:
            self._flush()
        return compose(*self._steps, self._writer.read(result, self._level))

    def _node(self, node: Node) -> None:
        used, effectful = self._writer.is_used(node), node.effects != PURE
        if not used and node.effects.is_discardable:
            return
        is_variable = used and self._writer.is_variable(node) and node.type is not UNIT
        if not effectful and not is_variable:
            return  # written where it is used
        self._take(self._operands_within(node))
        if effectful and used and not is_variable and node.type is not UNIT:
            self._pending.append(node)
            return
        self._flush()
        self._step(node, is_variable=is_variable)

    def _take(self, effects: list[Node]) -> None:
        """Let the node that comes next write these effects, or make variables of all that are pending."""
        kept = len(self._pending) - len(effects)
        if kept >= 0 and self._pending[kept:] == effects:
            del self._pending[kept:]
        else:
            self._flush()

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        for node in pending:
            self._step(node, is_variable=True)

    def _step(self, node: Node, *, is_variable: bool) -> None:
        term = self._writer.written(node, self._level)
        if is_variable:
            self._steps.append(fork(t.Identity(), term))
            self._level += 1
            self._writer.variable(node, self._level)
            self._flatten()
        else:
            self._steps.append(sequence(term, t.Identity()))

    def _flatten(self) -> None:
        flat = self._writer.flattened(self._level)
        if flat is not None:
            self._steps.append(flat)

    def _within(self, node: Node) -> list[Node]:
        """The effects that writing a node here writes, in the order in which they would run."""
        if self._writer.is_bound(node) or node.frame is not self._frame:
            return []
        if node.effects != PURE:
            return [] if node.type is UNIT else [node]
        return self._operands_within(node)

    def _operands_within(self, node: Node) -> list[Node]:
        return [effect for operand in node.operands for effect in self._within(operand)]
