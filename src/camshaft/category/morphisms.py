"""Morphisms written as Python functions over ports: `@morphism`, and the control that needs more than an operator.

    @morphism(INT, MAYBE)
    def plus(x, maybe):
        return kase(maybe, int=lambda n: x + n, None_=lambda: x)

A branch is an ordinary function: it sees the ports around it. So are the combinators of higher order: a function that
takes functions over ports, or terms, and is called while a morphism is traced. A morphism that calls another has a
copy of its term; one that is `shared` is a function of the program, and is called.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from camshaft.bytecode.effects import PURE, Effects
from camshaft.bytecode.program import Parameter, Place
from camshaft.category import terms as t
from camshaft.category.assembler import FunctionSource, MethodSource, ProgramSource
from camshaft.category.operations import Traced, TracedPlace, constant, inject, operation, port, record, run, stored
from camshaft.category.terms import Term, compose, fork, operate, sequence
from camshaft.category.tracing import Frame, Node, PortError, Trace, Writer, author_line, current_trace, tracing
from camshaft.category.typing import Context, Signature, infer
from camshaft.values.types import (
    BOOL,
    NEVER,
    NONE_LABEL,
    STR,
    UNIT,
    List,
    Record,
    Type,
    Variant,
    join,
    tuple_of,
)

__all__ = [
    "Morphism",
    "PortError",
    "Traced",
    "constant",
    "contains",
    "each",
    "fold",
    "if_",
    "inject",
    "kase",
    "length",
    "list_of",
    "map_each",
    "morphism",
    "operation",
    "port",
    "program",
    "record",
    "refuse",
    "run",
    "trap",
]


@dataclass(frozen=True)
class Morphism:
    """A traced function: a term, its types, and what it calls.

    Calling it in a morphism records its use there. Its domain is that of an operation: nothing for no parameter, the
    bare type for one, a tuple for several.
    """

    name: str
    parameters: tuple[tuple[str, Type], ...]
    state: Type
    codomain: Type
    term: Term
    effects: Effects
    calls: tuple[Morphism, ...] = ()
    """The shared morphisms that its term calls, each after those that it calls itself."""
    is_shared: bool = False

    @property
    def domain(self) -> Type:
        return _domain([type_ for _, type_ in self.parameters])

    def __call__(self, *operands: Any) -> Traced:
        """Use the morphism in the one that is traced.

        Raises:
            PortError: none is traced, the operands do not fit, or it is written for another state.
        """
        trace = current_trace(f"the morphism {self.name} is called")
        if self._touches_state and self.state is not trace.slots[0]:
            raise PortError(
                f"{author_line()}: {self.name} is written for the state {self.state!r}, and {trace.name} for"
                f" {trace.slots[0]!r}; where one is a part of the other, run(zoom((…), {self.name}.term), …)"
            )
        given = tuple(stored(operand).type for operand in operands)
        if given != tuple(type_ for _, type_ in self.parameters):
            takes = ", ".join(f"{name}: {type_!r}" for name, type_ in self.parameters)
            raise PortError(f"{author_line()}: {self.name} takes ({takes}); here it is given {given!r}")
        needed = (*self.calls, self) if self.is_shared else self.calls
        for called in needed:
            known = trace.morphisms.setdefault(called.name, called)
            if known is not called:
                raise PortError(
                    f"{author_line()}: two shared morphisms are named {called.name}; a program's functions have one"
                    " name each: rename one"
                )
            trace.functions[called.name] = Signature(called.domain, called.codomain, called.effects)
        return run(t.Call(self.name) if self.is_shared else self.term, *operands)

    @property
    def _touches_state(self) -> bool:
        return 0 in self.effects.reads | self.effects.writes

    def function(self) -> FunctionSource:
        """The morphism as a function of a program."""
        return FunctionSource(self.name, self.domain, self.codomain, self.term)

    def method(self) -> MethodSource:
        """The morphism as a method of a program, whose input is the record of its parameters."""
        fields = [t.Project(name) for name, _ in self.parameters]
        gather = fields[0] if len(fields) == 1 else fork(*fields)
        parameters = tuple(Parameter(name, type_) for name, type_ in self.parameters)
        return MethodSource(self.name, parameters, self.codomain, compose(gather, self.term))


def morphism(
    *domain: Type, state: Type | None = None, name: str | None = None, shared: bool = False
) -> Callable[[Callable[..., Any]], Morphism]:
    """Trace a function over ports to a morphism. Each type is that of a parameter.

    With a `state` the function's first parameter is the state, whose places it reads and writes. A `shared` morphism
    is called where it is used, and not copied.

    Raises:
        PortError: the function does with a port what cannot be done.
    """

    def trace_it(function: Callable[..., Any]) -> Morphism:
        own = name or function.__name__.strip("<>")
        trace = Trace(own, UNIT if state is None else state)
        with tracing(trace) as frame:
            inputs = [trace.variable(type_) for type_ in domain]
            first = [] if state is None else [TracedPlace(trace, Place(0), (), state)]
            result = stored(function(*first, *map(Traced, inputs)))
        reaches = [t.Identity()] if len(inputs) == 1 else [t.Project(str(index)) for index in range(len(inputs))]
        term = Writer(frame, result, dict(zip(inputs, reaches, strict=True))).term()
        effects = infer(term, _domain(list(domain)), Context(trace.slots, trace.functions))[1]
        names = list(inspect.signature(function).parameters)[len(first) :]
        return Morphism(
            own,
            tuple(zip(names, domain, strict=True)),
            trace.slots[0],
            result.type,
            term,
            effects,
            tuple(trace.morphisms.values()),
            shared,
        )

    return trace_it


def program(name: str, state: Type, initial: Any, *methods: Morphism) -> ProgramSource:
    """A program of methods: its functions are the shared morphisms that they call."""
    functions = {called.name: called for method in methods for called in method.calls}
    return ProgramSource(
        name,
        state,
        t.Constant(state, initial),
        tuple(called.function() for called in functions.values()),
        tuple(method.method() for method in methods),
    )


# ---- branches --------------------------------------------------------------------------------------------------------


def kase(value: Any, **branches: Callable[..., Any]) -> Traced:
    """Decide by the case of a variant: one function for each, over the case's payload or over nothing. `None_` stands
    for the case None.

    Raises:
        PortError: the branches are not those of the variant, or lead to different types.
    """
    trace = current_trace("a kase is made")
    node = port(value)._node
    by_label = {NONE_LABEL if label == "None_" else label: branch for label, branch in branches.items()}
    if not isinstance(node.type, Variant) or sorted(by_label) != list(node.type.positions):
        has = list(node.type.positions) if isinstance(node.type, Variant) else f"no cases: it is {node.type!r}"
        raise PortError(
            f"{author_line()}: a kase has a branch for each case; given {sorted(by_label)}, the port has {has}"
        )
    traced = [
        (label, _branch(trace, f"the branch {label} of a kase", by_label[label], payload))
        for label, payload in node.type.cases
    ]
    type_ = _joined([(label, ends) for label, (_, _, ends) in traced])

    def write(operands: Any, writer: Writer, level: int) -> Term:
        made = []
        for label, (frame, payload, ends) in traced:
            made.append((label, writer.frame(frame, ends, level + 1, payload)))
        return compose(fork(t.Identity(), operands[0]), t.Distribute("1"), t.Case(tuple(made)))

    frames = tuple((frame, ends) for _, (frame, _, ends) in traced)
    return Traced(trace.add(type_, [node], write, _effects(frames), frames=frames))


def if_(condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Traced:
    """Decide by a condition: the branches are functions over nothing.

    Raises:
        PortError: the condition is no Bool, or the branches lead to different types.
    """
    trace = current_trace("an if_ is made")
    node = port(condition)._node
    if node.type is not BOOL:
        raise PortError(
            f"{author_line()}: the condition of an if_ is a Bool, not {node.type!r}; compare it with something"
        )
    (yes, _, first), (no, _, second) = (
        _branch(trace, f"the branch {name} of an if_", branch, UNIT)
        for name, branch in (("then", then), ("otherwise", otherwise))
    )
    type_ = _joined([("then", first), ("otherwise", second)])

    def write(operands: Any, writer: Writer, level: int) -> Term:
        return t.If(operands[0], writer.frame(yes, first, level), writer.frame(no, second, level))

    frames = ((yes, first), (no, second))
    return Traced(trace.add(type_, [node], write, _effects(frames), frames=frames))


def refuse(name: str, **fields: Any) -> Traced:
    """End the step with a refusal of these fields. What it gives never arrives, and is of any type."""
    payload = record(**fields) if fields else constant(UNIT, ())
    assert isinstance(payload._node.type, Record)
    return run(t.Refuse(name, payload._node.type), payload)


def trap(kind: str, text: Any) -> Traced:
    """End the step with a trap."""
    return run(t.Trap(kind), text)


# ---- lists -----------------------------------------------------------------------------------------------------------


def each(items: Any, body: Callable[[Traced], Any]) -> Traced:
    """Run a function for its effects on each element of a list, in order."""
    return _loop(items, lambda item: (body(item), None)[1], t.Each)


def map_each(items: Any, body: Callable[[Traced], Any]) -> Traced:
    """The list of what a function gives on each element of a list, in order."""
    return _loop(items, body, t.MapEach)


def fold(items: Any, start: Any, step: Callable[[Traced, Traced], Any]) -> Traced:
    """What is left after a function (so far, element) -> so far has gone through a list."""
    trace = current_trace("a fold is made")
    first, node = stored(start), _list(items)
    assert isinstance(node.type, List)
    so_far = first.type
    with trace.local(so_far) as slot, trace.frame("the body of a fold") as frame:
        place = TracedPlace(trace, Place(slot), (), so_far)
        item = trace.variable(node.type.element)
        last = stored(step(place.get(), Traced(item)))
        if join(last.type, so_far) is not so_far:
            raise PortError(f"{author_line()}: a fold starts with {so_far!r} and its body leads to {last.type!r}")
        ends = place.put(Traced(last))._node if last.type is not NEVER else last

    def write(operands: Any, writer: Writer, level: int) -> Term:
        # Both operands are computed outside of the new slot, whose number they may use for one of their own.
        body = writer.frame(frame, ends, level + 2, item)
        loop = compose(fork(t.Identity(), compose(_SECOND, _SECOND)), t.Each(body))
        begin = operate(t.Put(Place(slot)), compose(_SECOND, _FIRST))
        block = t.Locals(Record((("so far", so_far),)), sequence(begin, loop, t.Get(Place(slot))))
        return compose(fork(t.Identity(), fork(*operands)), block)

    effects = (_effects(((frame, ends),)) | Effects(loops=True)).without_slots(slot)
    return Traced(trace.add(so_far, [first, node], write, effects, frames=((frame, ends),)))


def length(value: Any) -> Traced:
    """How many elements, entries or code points there are in a list, map or text."""
    return operation("length", value)


def contains(container: Any, item: Any) -> Traced:
    """Whether a list has an element, a map an entry of a key, a text a part."""
    kind = port(container)._node.type
    name = "list_contains" if isinstance(kind, List) else "str_contains" if kind is STR else "map_contains"
    return operation(name, container, item)


def list_of(*items: Any) -> Traced:
    """The port of a list of at least one element; for none, `constant(List(type), [])`."""
    # One item is a tuple of one: `collect` takes a tuple.
    return operation("collect", port(tuple(items)))


_FIRST, _SECOND = t.Project("0"), t.Project("1")


def _loop(items: Any, body: Callable[[Traced], Any], constructor: type[t.Each] | type[t.MapEach]) -> Traced:
    trace = current_trace("a loop is made")
    node = _list(items)
    assert isinstance(node.type, List)
    frame, item, ends = _branch(trace, "the body of a loop", body, node.type.element)
    type_: Type = UNIT if constructor is t.Each else List(ends.type)

    def write(operands: Any, writer: Writer, level: int) -> Term:
        return compose(fork(t.Identity(), operands[0]), constructor(writer.frame(frame, ends, level + 1, item)))

    frames = ((frame, ends),)
    return Traced(trace.add(type_, [node], write, _effects(frames) | Effects(loops=True), frames=frames))


def _list(items: Any) -> Node:
    node = port(items)._node
    if not isinstance(node.type, List):
        raise PortError(f"{author_line()}: a loop goes through a list, not through {node.type!r}; of a map, its items")
    return node


def _branch(trace: Trace, what: str, branch: Callable[..., Any], payload: Type) -> tuple[Frame, Node, Node]:
    """A frame, its variable, and what it ends with."""
    with trace.frame(what) as frame:
        variable = trace.variable(payload)
        return frame, variable, stored(branch(Traced(variable)) if _takes_one(branch) else branch())


def _takes_one(branch: Callable[..., Any]) -> bool:
    # `lambda x=x: …` is how a function in a loop keeps a value: what has a default is not for the payload.
    given = inspect.signature(branch).parameters.values()
    return any(each.default is inspect.Parameter.empty and each.kind is not each.KEYWORD_ONLY for each in given)


def _joined(ends: list[tuple[str, Node]]) -> Type:
    type_: Type = NEVER
    for _, node in ends:
        joined = join(type_, node.type)
        if joined is None:
            led = ", ".join(f"{label} leads to {each.type!r}" for label, each in ends)
            raise PortError(f"{author_line()}: all branches lead to one type, but {led}")
        type_ = joined
    return type_


def _effects(frames: tuple[tuple[Frame, Node], ...]) -> Effects:
    result = PURE
    for frame, _ in frames:
        for node in frame.nodes:
            result |= node.effects
    return result


def _domain(types: list[Type]) -> Type:
    return UNIT if not types else types[0] if len(types) == 1 else tuple_of(*types)
