"""A program as a Python module of types alone: the version that runs, when its source is gone.

    class Cart(Machine, name="cart", version="3f9c…"):
        lines: dict[str, Line] = {}

        def add(self, sku: str, n: int = 1) -> int:
            raise NotImplementedError(OutOfStock)

Its state has exactly the type of the program's, and `version` is the program's id, so that a migration which is
written from the stub's class is one from that version. There is no code in it: nothing runs a stub.

Classes have the names that the program still knows: those of the machine, of refusals and of the members of unions. A
record elsewhere is named after the field that it is in, and a choice of names is an enum, whatever it was.
"""

from __future__ import annotations

import keyword
import re
from datetime import timedelta
from typing import Any, Final, cast

from camshaft.bytecode.encoding import program_id
from camshaft.bytecode.program import Method, Program
from camshaft.bytecode.verifier import verify
from camshaft.errors import Rejected
from camshaft.evolution.carry import few_values
from camshaft.evolution.versions import short
from camshaft.execution.interpreter import Interpreter
from camshaft.language.pytypes import frozen_type
from camshaft.values.times import to_datetime
from camshaft.values.type_trees import subtypes
from camshaft.values.types import (
    BOOL,
    BYTES,
    DURATION,
    FLOAT,
    INT,
    NONE_LABEL,
    STR,
    TIME,
    UNIT,
    FrozenList,
    FrozenSet,
    List,
    Map,
    Record,
    Set,
    Type,
    Variant,
    is_tuple,
)

_SCALARS: Final[dict[Type, str]] = {
    INT: "int", BOOL: "bool", STR: "str", FLOAT: "float", BYTES: "bytes", TIME: "datetime", DURATION: "timedelta",
}  # fmt: skip
_CONTAINERS: Final[dict[str, tuple[type[Type], ...]]] = {
    "list": (List,),
    "tuple": (List, FrozenList),
    "dict": (Map,),
    "set": (Set,),
    "frozenset": (Set, FrozenSet),
}
_NOT_MEMBERS: Final = frozenset({"mro", "name", "value"})
"""Names that members of an enum cannot have."""


def stub_of(program: Program) -> str:
    """The text of a program's stub.

    Raises:
        Rejected: it has types that no Python text is compiled to, as a program of another compiler may.
    """
    return _Stub(program).text()


class _Stub:
    """The module of a program, as it is written: classes in the order in which they are needed."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._classes: dict[str, tuple[Type, str]] = {}
        """By their names: what a class is of, and its text."""
        note = program.notes.get("class")
        self._machine = note if isinstance(note, str) and _is_name(note) else _camel(program.name)
        self._taken = {self._machine, *(refusal.name for refusal in program.pools.refusals)}
        self._imports: set[str] = set()
        self._keys = _keys(program)

    def text(self) -> str:
        """The whole module."""
        program = self._program
        machine = self._machine_text()
        used = {name for method in program.methods for name in method.refusals}
        refusals = [self._refusal(one.name, one.payload) for one in program.pools.refusals if one.name in used]
        camshaft = ["Machine", *(["Refusal"] if refusals else []), *(["hidden"] if program.hidden else [])]
        datetimes = sorted(self._imports & {"UTC", "datetime", "timedelta"})
        imports = ["from dataclasses import dataclass"] if "dataclass" in self._imports else []
        imports += [f"from datetime import {', '.join(datetimes)}"] if datetimes else []
        imports += ["from enum import Enum"] if "Enum" in self._imports else []
        imports += ["from typing import Literal"] if "Literal" in self._imports else []
        head = (
            f'"""The types of {program.name} {short(program_id(program))}, as `camshaft stub` wrote them: import them '
            'for a migration from it."""'
        )
        top = "\n".join([*imports, *([""] if imports else []), f"from camshaft import {', '.join(camshaft)}"])
        classes = [text for _, text in self._classes.values()]
        return "\n\n\n".join([f"{head}\n\n{top}", *classes, *refusals, machine]) + "\n"

    # ---- the machine -----------------------------------------------------------------------------------------------

    def _machine_text(self) -> str:
        program = self._program
        state = program.state
        if not isinstance(state, Record) or (is_tuple(state) and state.fields):
            raise _no_python(f"the state {state!r}")
        initial = Interpreter(verify(program)).initial_state()
        lines = [f'class {self._machine}(Machine, name="{program.name}", version="{program_id(program)}"):']
        for (label, type_), value in zip(state.fields, initial, strict=True):
            lines.append(f"    {_checked(label)}: {self._type(type_, label)} = {self._value(type_, value, label)}")
        for method in program.methods:
            lines += ["", *(["    @hidden"] if method.name in program.hidden else []), *self._method(method)]
        return "\n".join(lines if len(lines) > 1 else [*lines, "    pass"])

    def _method(self, method: Method) -> list[str]:
        parameters = ["self"]
        for one in method.parameters:
            text = f"{_checked(one.name)}: {self._type(one.type, one.name)}"
            given = one.default
            # A default that can change is refused in a method: Python would share it.
            parameters.append(text if given is None else f"{text} = {self._value(one.type, given.value, one.name)}")
        result = self._type(method.result, f"{method.name}_result")
        refused = ", ".join(map(_checked, method.refusals))
        return [
            f"    def {_checked(method.name)}({', '.join(parameters)}) -> {result}:",
            f"        raise NotImplementedError({refused})" if refused else "        raise NotImplementedError",
        ]

    def _refusal(self, name: str, payload: Record) -> str:
        return "\n".join([f"class {_checked(name)}(Refusal):", *self._fields(payload)])

    # ---- types -----------------------------------------------------------------------------------------------------

    def _type(self, type_: Type, hint: str) -> str:
        match type_:
            case Record():
                if type_ is UNIT:
                    return "None"
                if is_tuple(type_):
                    return f"tuple[{', '.join(self._type(child, f'{hint}_{label}') for label, child in type_.fields)}]"
                return self._class(type_, hint)
            case Variant():
                return self._variant(type_, hint)
            case List():
                return f"list[{self._type(type_.element, _singular(hint))}]"
            case FrozenList():
                return f"tuple[{self._type(type_.element, _singular(hint))}, ...]"
            case FrozenSet():
                return f"frozenset[{self._type(type_.element, _singular(hint))}]"
            case Set():
                return f"set[{self._type(type_.element, _singular(hint))}]"
            case Map():
                key = self._type(type_.key, f"{hint}_key")
                return f"dict[{key}, {self._type(type_.value, _singular(hint))}]"
            case _:
                return self._scalar(type_)

    def _scalar(self, type_: Type) -> str:
        if type_ not in _SCALARS:
            raise _no_python(f"the type {type_!r}")
        name = _SCALARS[type_]
        if type_ in (TIME, DURATION):
            self._imports.add(name)
        return name

    def _variant(self, type_: Variant, hint: str) -> str:
        if few_values(type_) is not None and type_.case(NONE_LABEL) is None:
            return self._choice(type_, hint)
        members = [self._member(label, payload) for label, payload in type_.cases if label != NONE_LABEL]
        if len(type_.cases) < 2:
            raise _no_python(f"the type {type_!r}")
        return " | ".join([*members, "None"] if type_.case(NONE_LABEL) is UNIT else members)

    def _choice(self, type_: Variant, hint: str) -> str:
        """A choice of a few: an enum where its labels may be members of one, or else a literal type."""
        labels = [label for label, _ in type_.cases]
        if all(_is_name(label) and label[0] != "_" and label not in _NOT_MEMBERS for label in labels):
            return self._defined(type_, _camel(hint), [f"    {label} = {label!r}" for label in labels], "(Enum)")
        return self._literal(labels)

    def _literal(self, labels: list[str]) -> str:
        self._imports.add("Literal")
        are_numbers = all(re.fullmatch(r"0|-?[1-9][0-9]{0,99}", label) for label in labels)
        return f"Literal[{', '.join(labels if are_numbers else map(repr, labels))}]"

    def _member(self, label: str, payload: Type) -> str:
        """A case of a union, whose label is the name of its type."""
        if label in _CONTAINERS and isinstance(payload, _CONTAINERS[label]):
            text = self._type(payload, label)
            if isinstance(payload, FrozenList | FrozenSet):
                return text
            return {"tuple": f"tuple[{text[5:-1]}, ...]", "frozenset": f"frozen{text}"}.get(label, text)
        if isinstance(payload, Record) and label == "tuple":
            return self._type(payload, label) if payload.fields else "tuple[()]"
        if label in ("str", "int") and isinstance(payload, Variant):
            return self._literal([case for case, _ in payload.cases])
        if payload in _SCALARS and label == _SCALARS[payload]:
            return self._scalar(payload)
        if isinstance(payload, Record) and not is_tuple(payload):
            return self._class(payload, label, exactly=True)
        if few_values(payload) is not None and isinstance(payload, Variant):
            lines = [f"    {_checked(case)} = {case!r}" for case, _ in payload.cases]
            return self._defined(payload, _checked(label), lines, "(Enum)", exactly=True)
        raise _no_python(f"the case {label} of {payload!r}")

    # ---- classes ---------------------------------------------------------------------------------------------------

    def _class(self, type_: Record, hint: str, exactly: bool = False) -> str:
        name = _checked(hint) if exactly else _camel(hint)
        type_ = cast(Record, _thawed(type_))
        return self._defined(type_, name, self._fields(type_), "", exactly)

    def _fields(self, type_: Record) -> list[str]:
        fields = self._as_written(type_).fields
        return [f"    {_checked(label)}: {self._type(child, label)}" for label, child in fields] or ["    pass"]

    def _as_written(self, type_: Record) -> Record:
        """A class as it is written: one whose objects are keys somewhere has tuples and frozen sets everywhere."""
        frozen = frozen_type(type_)
        return cast(Record, frozen) if frozen in self._keys else type_

    def _defined(self, type_: Type, name: str, lines: list[str], bases: str, exactly: bool = False) -> str:
        """The name of a class of values, which is written where it is not yet."""
        if not exactly:
            # Two classes of the same fields are one type of values: one of them is enough.
            name = next((known for known, (of, _) in self._classes.items() if of is type_), name)
        wanted, number = name, 2
        while self._is_taken(name, type_):
            if exactly:
                raise _no_python(f"two classes called {name}")
            name, number = f"{wanted}{number}", number + 1
        if name not in self._classes:
            self._imports.add("Enum" if bases else "dataclass")
            head = f"class {name}{bases}:" if bases else f"@dataclass(frozen=True)\nclass {name}:"
            self._classes[name] = type_, "\n".join([head, *lines])
        return name

    def _is_taken(self, name: str, type_: Type) -> bool:
        if name in self._classes:
            return self._classes[name][0] is not type_
        return name in self._taken or name in _RESERVED

    # ---- values ----------------------------------------------------------------------------------------------------

    def _value(self, type_: Type, value: Any, hint: str) -> str:
        match type_:
            case Record():
                return self._record(type_, value, hint)
            case Variant():
                label, payload = value
                if few_values(type_) is not None and type_.case(NONE_LABEL) is None:
                    name = self._type(type_, hint)
                    return f"{name}.{label}" if _is_name(name) else _literal_value(name, label)
                inner = type_.case(label)
                assert inner is not None
                if label == NONE_LABEL:
                    return "None"
                name = self._member(label, inner)
                if isinstance(inner, Variant):
                    return f"{name}.{payload[0]}" if _is_name(name) else _literal_value(name, payload[0])
                return self._member_value(label, inner, payload, name)
            case List():
                return f"[{', '.join(self._value(type_.element, one, _singular(hint)) for one in value)}]"
            case FrozenList():
                texts = [self._value(type_.element, one, _singular(hint)) for one in value]
                return f"({', '.join(texts)}{',' * (len(texts) == 1)})"
            case FrozenSet():
                shown = ", ".join(self._value(type_.element, one, _singular(hint)) for one in value)
                return f"frozenset({{{shown}}})" if shown else "frozenset()"
            case Set():
                shown = ", ".join(self._value(type_.element, one, _singular(hint)) for one in value)
                return f"{{{shown}}}" if shown else "set()"
            case Map():
                entries = (
                    f"{self._value(type_.key, key, f'{hint}_key')}: {self._value(type_.value, one, _singular(hint))}"
                    for key, one in value.items()
                )
                return f"{{{', '.join(entries)}}}"
            case _:
                return self._scalar_value(type_, value)

    def _record(self, type_: Record, value: Any, hint: str) -> str:
        if type_ is UNIT:
            return "None"
        fields = type_.fields if is_tuple(type_) else self._as_written(type_).fields
        texts = [
            self._value(child, one, f"{hint}_{label}" if is_tuple(type_) else label)
            for (label, child), one in zip(fields, value, strict=True)
        ]
        if is_tuple(type_):
            return f"({', '.join(texts)}{',' * (len(texts) == 1)})"
        given = ", ".join(f"{label}={text}" for (label, _), text in zip(type_.fields, texts, strict=True))
        return f"{self._type(type_, hint)}({given})"

    def _member_value(self, label: str, type_: Type, value: Any, name: str) -> str:
        if isinstance(type_, Record) and not is_tuple(type_) and label != "tuple":
            fields = zip(self._as_written(type_).fields, value, strict=True)
            return f"{name}({', '.join(f'{field}={self._value(child, one, field)}' for (field, child), one in fields)})"
        text = self._value(type_, value, label) if type_ is not UNIT else "()"
        if isinstance(type_, FrozenList | FrozenSet):
            return text
        if label == "tuple" and isinstance(type_, List):
            return f"({text[1:-1]}{',' * (len(value) == 1)})"
        return f"frozenset({text if value else ''})" if label == "frozenset" else text

    def _scalar_value(self, type_: Type, value: Any) -> str:
        if type_ is TIME:
            self._imports |= {"UTC", "datetime"}
            at = to_datetime(value)
            parts = (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)
            return f"datetime({', '.join(map(str, parts))}, UTC)"
        if type_ is DURATION:
            self._imports.add("timedelta")
            span = timedelta(microseconds=value)
            return f"timedelta({span.days}, {span.seconds}, {span.microseconds})"
        return f'float("{value!r}")' if value in (float("inf"), float("-inf")) else repr(value)


_RESERVED: Final = frozenset({"Machine", "Refusal", "Enum", "Literal", "UTC", "None", "True", "False"})


def _keys(program: Program) -> set[Type]:
    """The types of keys and members in a program's state and interface, and what they are made of."""
    of_methods = [type_ for one in program.methods for type_ in (*(each.type for each in one.parameters), one.result)]
    types = [program.state, *of_methods, *(refusal.payload for refusal in program.pools.refusals)]
    maps = [part for type_ in types for part in subtypes(type_) if isinstance(part, Map)]
    return {part for one in maps for part in subtypes(one.key)}


def _thawed(type_: Type) -> Type:
    """The type of values that keys of a type are made of."""
    match type_:
        case FrozenList():
            return List(_thawed(type_.element))
        case FrozenSet():
            return Set(type_.element)
        case Record():
            return Record((label, _thawed(child)) for label, child in type_.fields)
        case Variant():
            return Variant((label, _thawed(child)) for label, child in type_.cases)
        case _:
            return type_


def _literal_value(type_text: str, label: str) -> str:
    return label if type_text.startswith("Literal[") and type_text[8] not in "'\"" else repr(label)


def _no_python(what: str) -> Rejected:
    return Rejected(f"{what} of this program has no Python form: it was not compiled from Python")


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def _checked(text: str) -> str:
    if not _is_name(text):
        raise _no_python(f"the name {text!r}")
    return text


def _camel(text: str) -> str:
    """`order_lines` and `order-lines` as a class's name: `OrderLines`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[_\-]+", text)) or "Value"


def _singular(text: str) -> str:
    """What an element of `lines` is called: `line`."""
    for end, instead in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if text.endswith(end) and len(text) > len(end) + 1 and not text.endswith("ss" if end == "s" else "\0"):
            return text.removesuffix(end) + instead
    return text
