"""What generated code calls: traps, taking back, copying. Nothing here knows a machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NoReturn

from camshaft.errors import DividedByZero, IndexOutOfRange, MissingKey, OutOfFuel, TooLarge, Trap
from camshaft.values.check import MAX_INT_BITS
from camshaft.values.types import List, Map, Record, Type, Variant

GONE: Final = object()
"""Stands for an entry that was not there."""
SET, POP, INSERT, RESTORE = range(4)
SMALL: Final = 2**30 - 1
"""Integers up to this have one digit in CPython, which compares two such fastest."""


def chained(chain: Any) -> Iterator[tuple[int, Any, Any, Any]]:
    """The records of a chain, in which each holds all before it, last first."""
    while chain:
        chain, *record = chain
        yield tuple(record)


def rollback(last_first: Iterable[tuple[int, Any, Any, Any]]) -> None:
    """Take back the writes of a step that failed."""
    for kind, container, key, old in last_first:
        if kind == SET:
            if old is GONE:
                del container[key]
            else:
                container[key] = old
        elif kind == POP:
            container.pop()
        elif kind == INSERT:
            container.insert(key, old)
        else:
            container.clear()
            container.update(old)


def capped(*values: int) -> None:
    """Check that integers may be stored.

    Raises:
        TooLarge: the first that has too many bits.
    """
    for value in values:
        if value.bit_length() > MAX_INT_BITS:
            raise TooLarge(f"an integer of {value.bit_length()} bits; at most {MAX_INT_BITS} are allowed")


def out_of_fuel(*left: int) -> NoReturn:
    """Raise the trap of a step of whose charges the first below nothing left so many units."""
    missing = next(units for units in left if units < 0)
    raise OutOfFuel(f"the input needs at least {-missing} more units of fuel than it has")


def as_trap(error: Exception) -> Trap:
    """The trap that Python's own exception means in generated code, where only the machine's operations raise it.

    It keeps the exception's traceback, which knows the line: that of whoever raises the trap says nothing.
    """
    if isinstance(error, Trap):
        return error
    trap: Trap
    if isinstance(error, KeyError):
        trap = MissingKey(f"no entry of key {error.args[0]!r}")
    elif isinstance(error, IndexError):
        trap = IndexOutOfRange(str(error))
    else:
        assert isinstance(error, ZeroDivisionError)
        trap = DividedByZero(str(error))
    return trap.with_traceback(error.__traceback__)


def copier(type_: Type) -> Callable[[Any], Any]:
    """A function that copies a value of a type along all that could be changed in it."""
    if not type_.is_mutable:
        return lambda value: value
    match type_:
        case List():
            if not type_.element.is_mutable:
                return list.copy
            element = copier(type_.element)
            return lambda value: [element(each) for each in value]
        case Map():
            if not type_.value.is_mutable:
                return dict.copy
            entry = copier(type_.value)
            return lambda value: {key: entry(each) for key, each in value.items()}
        case Record():
            parts = [copier(child) for _, child in type_.fields]
            return lambda value: tuple(part(each) for part, each in zip(parts, value, strict=True))
        case Variant():
            cases = {label: copier(payload) for label, payload in type_.cases}
            return lambda value: (value[0], cases[value[0]](value[1]))
        case _:
            raise AssertionError(f"{type_!r} is not mutable")
