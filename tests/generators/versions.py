"""Pairs of versions: the text of a machine, that of its next version, and what becomes of a state, known beforehand.

A `Shape` is a type as its author writes it. `edited` draws a change of one, with the marks that its author writes for
it and a function from old values to new ones: an oracle that knows nothing of how a migration is found.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True)
class Scalar:
    name: str


@dataclass(frozen=True)
class Maybe:
    inner: Shape


@dataclass(frozen=True)
class Many:
    """A list, a tuple of any length, or a dict by texts."""

    kind: str
    inner: Shape


@dataclass(frozen=True)
class Pair:
    left: Shape
    right: Shape


@dataclass(frozen=True)
class Member:
    """A field: `was` and `default` as its author writes them, "" where not."""

    name: str
    shape: Shape
    was: str = ""
    default: str = ""


@dataclass(frozen=True)
class Class:
    name: str
    fields: tuple[Member, ...]
    drops: tuple[str, ...] = ()
    was: str = ""


@dataclass(frozen=True)
class Choice:
    """An enum; `were`: the names that members had."""

    name: str
    labels: tuple[str, ...]
    were: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Either:
    classes: tuple[Class, ...]


@dataclass(frozen=True)
class Chosen:
    """A set of members of an enum, or a dict by them."""

    kind: str
    choice: Choice


Shape = Scalar | Maybe | Many | Pair | Class | Choice | Either | Chosen
Oracle = Callable[[Any], Any]


@dataclass(frozen=True)
class Versions:
    """Two versions of a machine as text, and what a state of the old one becomes. `loses`: whether a field is dropped;
    `marked`: whether its author had to say something."""

    old: str
    new: str
    unmarked: str
    """The new version without what its author said of its past."""
    oracle: Oracle
    loses: bool
    marked: bool


# ---- drawing ---------------------------------------------------------------------------------------------------------


@dataclass
class _Made:
    """What was drawn so far: fresh names, and whether something was lost or marked."""

    names: Iterator[int] = field(default_factory=itertools.count)
    loses: bool = False
    marked: bool = False

    def fresh(self, prefix: str) -> str:
        return f"{prefix}{next(self.names)}"


@st.composite
def versions(draw: st.DrawFn) -> Versions:
    """Two versions of a machine whose states differ in any number of ways that can be carried over."""
    made = _Made()
    state = _class(draw, made, 2, "Store")
    new, oracle = _edited_class(draw, made, state, in_machine=True)
    return Versions(
        old=_module(state),
        new=_module(new),
        unmarked=_module(_unmarked(new)),
        oracle=oracle,
        loses=made.loses,
        marked=made.marked,
    )


def _shape(draw: st.DrawFn, made: _Made, depth: int) -> Shape:
    kinds = ["scalar", "choice", "chosen"]
    kinds += ["maybe", "many", "pair", "class", "either"] if depth else []
    match draw(st.sampled_from(kinds)):
        case "scalar":
            return Scalar(draw(st.sampled_from(["int", "str", "bool"])))
        case "choice":
            return _choice(draw, made)
        case "chosen":
            return Chosen(draw(st.sampled_from(["set", "dict"])), _choice(draw, made))
        case "maybe":
            return Maybe(_class(draw, made, depth - 1) if draw(st.booleans()) else Scalar("int"))
        case "many":
            return Many(draw(st.sampled_from(["list", "tuple", "dict"])), _shape(draw, made, depth - 1))
        case "pair":
            return Pair(_shape(draw, made, depth - 1), _shape(draw, made, depth - 1))
        case "class":
            return _class(draw, made, depth - 1)
        case _:
            return Either(tuple(_class(draw, made, depth - 1) for _ in range(2)))


def _class(draw: st.DrawFn, made: _Made, depth: int, name: str = "") -> Class:
    count = draw(st.integers(1, 3))
    fields = tuple(Member(made.fresh("f"), _shape(draw, made, depth)) for _ in range(count))
    return Class(name or made.fresh("Class"), fields)


def _choice(draw: st.DrawFn, made: _Made) -> Choice:
    return Choice(made.fresh("Choice"), tuple(made.fresh("L") for _ in range(draw(st.integers(1, 3)))))


# ---- edits, each with its oracle -------------------------------------------------------------------------------------


def _edited(draw: st.DrawFn, made: _Made, shape: Shape) -> tuple[Shape, Oracle]:
    match shape:
        case Scalar(name):
            if draw(st.booleans()):
                return Maybe(shape), lambda value: (name, value)
            return shape, lambda value: value
        case Maybe(Class() as inner):
            changed, of = _edited_class(draw, made, inner, may_be_renamed=True)
            return Maybe(changed), lambda value: value if value[0] == "None" else (changed.name, of(value[1]))
        case Maybe():
            return shape, lambda value: value
        case Many(kind, inner):
            new, of_each = _edited(draw, made, inner)
            if kind == "dict":
                return Many(kind, new), lambda value: {key: of_each(one) for key, one in value.items()}
            return Many(kind, new), lambda value: [of_each(one) for one in value]
        case Pair(left, right):
            (new_left, of_left), (new_right, of_right) = _edited(draw, made, left), _edited(draw, made, right)
            return Pair(new_left, new_right), lambda value: (of_left(value[0]), of_right(value[1]))
        case Class():
            return _edited_class(draw, made, shape)
        case Choice():
            return _edited_choice(draw, made, shape)
        case Chosen(kind, choice):
            chosen, of_key = _edited_choice(draw, made, choice)
            return Chosen(kind, chosen), lambda value: {of_key(key): one for key, one in value.items()}
        case Either(classes):
            return _edited_union(draw, made, classes)


def _edited_class(
    draw: st.DrawFn, made: _Made, cls: Class, in_machine: bool = False, may_be_renamed: bool = False
) -> tuple[Class, Oracle]:
    fields: list[Member] = []
    drops: list[str] = []
    sources: dict[str, Callable[[Any], Any]] = {}
    places = {one.name: place for place, one in enumerate(cls.fields)}

    def carried(name: str, of: Oracle) -> Oracle:
        return lambda value: of(value[places[name]])

    for one in cls.fields:
        match draw(st.sampled_from(["keep", "edit", "rename", "drop"])):
            case "drop":
                drops.append(one.name)
                made.loses = made.marked = True
            case "rename":
                made.marked = True
                shape, of = _edited(draw, made, one.shape)
                name = made.fresh("f")
                fields.append(Member(name, shape, one.name))
                sources[name] = carried(one.name, of)
            case "edit":
                shape, of = _edited(draw, made, one.shape)
                fields.append(Member(one.name, shape))
                sources[one.name] = carried(one.name, of)
            case _:
                fields.append(one)
                sources[one.name] = carried(one.name, lambda value: value)
    fields = draw(st.permutations(fields))
    if draw(st.booleans()):
        name = made.fresh("f")
        fields.append(Member(name, Scalar("int"), default="7"))
        sources[name] = lambda value: 7
    was = ""
    name = cls.name
    if may_be_renamed and not in_machine and draw(st.booleans()):
        made.marked = True
        name, was = made.fresh("Class"), cls.name
    order = [one.name for one in fields]
    return (
        Class(name, tuple(fields), tuple(drops), was),
        lambda value: tuple(sources[label](value) for label in order),
    )


def _edited_choice(draw: st.DrawFn, made: _Made, choice: Choice) -> tuple[Choice, Oracle]:
    labels = {label: made.fresh("L") if draw(st.booleans()) else label for label in choice.labels}
    were = tuple((new, old) for old, new in labels.items() if new != old)
    made.marked = made.marked or bool(were)
    more = (made.fresh("L"),) if draw(st.booleans()) else ()
    return Choice(choice.name, (*labels.values(), *more), were), lambda value: (labels[value[0]], ())


def _edited_union(draw: st.DrawFn, made: _Made, classes: tuple[Class, ...]) -> tuple[Shape, Oracle]:
    changed = {cls.name: _edited_class(draw, made, cls, may_be_renamed=True) for cls in classes}
    more = (Class(made.fresh("Class"), ()),) if draw(st.booleans()) else ()
    return (
        Either((*(new for new, _ in changed.values()), *more)),
        lambda value: (changed[value[0]][0].name, changed[value[0]][1](value[1])),
    )


def _unmarked(shape: Any) -> Any:
    """A shape without what its author said of its past."""
    match shape:
        case Class():
            fields = tuple(replace(one, shape=_unmarked(one.shape), was="") for one in shape.fields)
            return replace(shape, fields=fields, drops=(), was="")
        case Choice():
            return replace(shape, were=())
        case Chosen():
            return replace(shape, choice=_unmarked(shape.choice))
        case Maybe(inner) | Many(_, inner):
            return replace(shape, inner=_unmarked(inner))
        case Pair(left, right):
            return Pair(_unmarked(left), _unmarked(right))
        case Either(classes):
            return Either(tuple(map(_unmarked, classes)))
        case _:
            return shape


# ---- text ------------------------------------------------------------------------------------------------------------

_HEAD = """from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated

from camshaft import Machine, drops, migration, was
"""


def _module(state: Class) -> str:
    classes: dict[str, str] = {}
    lines = [_field(one, classes, machine=True) for one in state.fields]
    marks = [f"@drops({', '.join(map(repr, state.drops))})"] if state.drops else []
    body = [*marks, f"class {state.name}(Machine):", *(lines or ["    pass"])]
    body += ["", "    def size(self) -> int:", "        return 1"]
    return "\n\n\n".join([_HEAD, *classes.values(), "\n".join(body)]) + "\n"


def _field(one: Member, classes: dict[str, str], machine: bool = False) -> str:
    shown = _annotation(one.shape, classes)
    annotation = f'Annotated[{shown}, was("{one.was}")]' if one.was else shown
    default = one.default or (_default(one.shape) if machine else "")
    return f"    {one.name}: {annotation}{f' = {default}' if default else ''}"


def _annotation(shape: Shape, classes: dict[str, str]) -> str:
    match shape:
        case Scalar(name):
            return name
        case Maybe(inner):
            return f"{_annotation(inner, classes)} | None"
        case Many("dict", inner):
            return f"dict[str, {_annotation(inner, classes)}]"
        case Many("tuple", inner):
            return f"tuple[{_annotation(inner, classes)}, ...]"
        case Many(_, inner):
            return f"list[{_annotation(inner, classes)}]"
        case Pair(left, right):
            return f"tuple[{_annotation(left, classes)}, {_annotation(right, classes)}]"
        case Chosen("set", choice):
            return f"set[{_annotation(choice, classes)}]"
        case Chosen(_, choice):
            return f"dict[{_annotation(choice, classes)}, int]"
        case Either(several):
            return " | ".join(_annotation(one, classes) for one in several)
        case Choice(name, labels, were):
            marks = [f"@was({', '.join(f'{new}={old!r}' for new, old in were)})"] if were else []
            members = [f"    {label} = {place}" for place, label in enumerate(labels)]
            classes[name] = "\n".join([*marks, f"class {name}(Enum):", *members])
            return name
        case Class(name, fields, drops, was):
            # In a dataclass, what has a default comes last.
            ordered = sorted(fields, key=lambda one: bool(one.default))
            lines = [_field(one, classes) for one in ordered]
            marks = [f"@drops({', '.join(map(repr, drops))})"] if drops else []
            marks += [f"@was({was!r})"] if was else []
            classes[name] = "\n".join([*marks, "@dataclass(frozen=True)", f"class {name}:", *(lines or ["    pass"])])
            return name


def _default(shape: Shape) -> str:
    match shape:
        case Scalar(name):
            return {"int": "0", "str": '""', "bool": "False"}[name]
        case Maybe():
            return "None"
        case Many(kind):
            return {"list": "[]", "tuple": "()", "dict": "{}"}[kind]
        case Pair(left, right):
            return f"({_default(left)}, {_default(right)})"
        case Chosen(kind):
            return "set()" if kind == "set" else "{}"
        case Either(several):
            return _default(several[0])
        case Choice(name, labels):
            return f"{name}.{labels[0]}"
        case Class(name, fields):
            given = [f"{one.name}={_default(one.shape)}" for one in fields if not one.default]
            return f"{name}({', '.join(given)})"
