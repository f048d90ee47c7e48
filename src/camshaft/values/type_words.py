"""Types in the words of Python, for people: plans, signatures and errors. `repr` has those of the bytecode's text form.

A type knows no names of classes, but those of the members of a union: any other record is shown by its fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from camshaft.values.types import (
    BOOL,
    BYTES,
    DURATION,
    FLOAT,
    INT,
    MAX_SHOWN,
    NONE_LABEL,
    STR,
    TIME,
    UNIT,
    FrozenList,
    FrozenSet,
    Function,
    List,
    Map,
    Record,
    Set,
    Type,
    Variant,
    is_tuple,
)

_NAMES: Final[dict[Type, str]] = {
    INT: "int",
    BOOL: "bool",
    STR: "str",
    FLOAT: "float",
    BYTES: "bytes",
    TIME: "datetime",
    DURATION: "timedelta",
    UNIT: "None",
}
_MOST_PARTS: Final = 20
_DEEPEST: Final = 6


def show(type_: Type) -> str:
    """A type as people write it: `tuple[int, str]`, `Card {number: str} | None`, `dict[str, int]`; a class that is no
    member of a union by its fields, `{sku: str, n: int}`, and a choice of a few by their names, `open | closed`.

    What is too large to be read is cut short.
    """
    text = _show(type_, _DEEPEST)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def _show(type_: Type, depth: int) -> str:
    if depth == 0:
        return "…"
    if type_ in _NAMES:
        return _NAMES[type_]
    match type_:
        case List():
            return f"list[{_show(type_.element, depth - 1)}]"
        case Set():
            return f"set[{_show(type_.element, depth - 1)}]"
        case FrozenList():
            return f"tuple[{_show(type_.element, depth - 1)}, ...]"
        case FrozenSet():
            return f"frozenset[{_show(type_.element, depth - 1)}]"
        case Map():
            return f"dict[{_show(type_.key, depth - 1)}, {_show(type_.value, depth - 1)}]"
        case Record() if is_tuple(type_):
            return (
                f"tuple[{_joined(', ', [_show(child, depth - 1) for _, child in _first(type_.fields)], type_.fields)}]"
            )
        case Record():
            shown = [f"{label}: {_show(child, depth - 1)}" for label, child in _first(type_.fields)]
            return f"{{{_joined(', ', shown, type_.fields)}}}"
        case Variant():
            # `None` is written last, as people do.
            cases = sorted(type_.cases, key=lambda case: case[0] == NONE_LABEL)
            return _joined(" | ", [_case(label, child, depth) for label, child in _first(cases)], cases) or "Never"
        case Function():
            return f"({_show(type_.domain, depth - 1)} => {_show(type_.codomain, depth - 1)})"
        case _:
            return repr(type_)


def _first(parts: Sequence[tuple[str, Type]]) -> Sequence[tuple[str, Type]]:
    return parts[:_MOST_PARTS]


def _joined(separator: str, shown: list[str], parts: Sequence[object]) -> str:
    return separator.join(shown if len(parts) == len(shown) else [*shown, "…"])


def _case(label: str, payload: Type, depth: int) -> str:
    """A member of a union: of a type that has a name of its own in Python, it is that type."""
    if payload is UNIT:
        return label
    text = _show(payload, depth - 1)
    match label, payload:
        case "tuple", List():
            return f"tuple[{_show(payload.element, depth - 2) if depth > 2 else '…'}, ...]"
        case "frozenset", Set():
            return f"frozen{text}"
        case "list", List():
            return text
        case "set", Set():
            return text
        case "dict", Map():
            return text
        case "tuple", Record() | FrozenList():
            return text
        case "frozenset", FrozenSet():
            return text
        case (("str" | "int"), Variant()):
            return text  # a choice of a few
        case _:
            return text if text == label else f"{label} {text}"
