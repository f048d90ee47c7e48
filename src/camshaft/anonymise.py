"""Leaving people out of what is exported: functions that give other values for fields, parameters and keys.

    @anonymise("email")
    def no_email(value: str) -> str:
        return pseudonym(value) + "@example.org"

A hook is named for what it is given: a label is every field of that name, in whatever class, every parameter of that
name, and all that is in them; `"customers{}"` are the keys of the map in the field `customers`, `"cart/"` the keys of
the instances of a machine, `"*"` every value of its type that no other hook is for. The type is that of the hook's
parameter: one for `str` sees texts only, however deep they lie in what it is named for.

The same value is replaced by the same everywhere in one export, so that keys go on to lead somewhere. Two keys of one
map must not become one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import typing
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias, TypeVar

from camshaft.errors import Rejected
from camshaft.values.address import checked_key
from camshaft.values.codec import members
from camshaft.values.conformance import conforms
from camshaft.values.times import from_datetime, to_datetime
from camshaft.values.type_words import show
from camshaft.values.types import (
    BYTES,
    DURATION,
    FLOAT,
    INT,
    STR,
    TIME,
    FrozenList,
    FrozenSet,
    List,
    Map,
    Record,
    Set,
    Type,
    Variant,
)

ANONYMISE_MARK: Final = "__camshaft_anonymise__"
"""The attribute by which a file's hooks are found: what they are named for."""
EVERYTHING: Final = "*"
KEYS: Final = "{}"
KEYS_OF_INSTANCES: Final = "/"
_KINDS: Final[dict[type, Type]] = {
    int: INT,
    str: STR,
    float: FLOAT,
    bytes: BYTES,
    datetime: TIME,
    timedelta: DURATION,
}
"""What a hook may be for."""
_Scope: TypeAlias = "dict[Type, Callable[[Any], Any]]"

_secret: Final = secrets.token_bytes(32)
_DIGITS: Final = 12
_DIGITS_OF_A_RETRY: Final = 32

F = TypeVar("F", bound=Callable[[Any], Any])


def anonymise(*names: str) -> Callable[[F], F]:
    """Mark a function of one value, annotated with its type, as the hook for what these names say; see above."""
    if not names or not all(isinstance(name, str) for name in names):
        raise TypeError('a hook says what it is for: `@anonymise("email")`, or `@anonymise("*")` for everything')

    def mark(function: F) -> F:
        setattr(function, ANONYMISE_MARK, names)
        return function

    return mark


def pseudonym(value: str, length: int = _DIGITS) -> str:
    """A text in place of another: the same for the same one within a process, and nothing that leads back to it.

    It is the beginning of a keyed hash (HMAC-SHA256, RFC 2104) under a key that is drawn anew for each export and
    forgotten, in hexadecimal digits; `length` is how many, 64 at most.
    """
    return hmac.new(_secret, value.encode(), hashlib.sha256).hexdigest()[:length]


def type_of_hook(function: Callable[[Any], Any]) -> type:
    """The type of values that a hook is for. Raises TypeError where its annotation does not say so."""
    hints = typing.get_type_hints(function)
    given = [hint for name, hint in hints.items() if name != "return"]
    if len(given) != 1 or given[0] not in _KINDS:
        names = ", ".join(one.__name__ for one in _KINDS)
        raise TypeError(f"the hook `{function.__name__}` takes one value, annotated with its type: one of {names}")
    found: type = given[0]
    return found


class Hooks:
    """The hooks of an export. What they gave for a value is remembered: it is replaced by the same each time."""

    def __init__(self, functions: Iterable[Callable[[Any], Any]]) -> None:
        """Raises TypeError where a function is no hook, or two are for the same."""
        self._named: dict[str, _Scope] = {}
        self._given: dict[tuple[Callable[[Any], Any], Any], Any] = {}
        self._taken: dict[tuple[str, str], str] = {}
        for function in functions:
            names: tuple[str, ...] = getattr(function, ANONYMISE_MARK)
            kind = _KINDS[type_of_hook(function)]
            for name in names:
                others = self._named.setdefault(name, {})
                if kind in others:
                    first, second = others[kind].__name__, function.__name__
                    raise TypeError(f"the hooks `{first}` and `{second}` are both for {name!r}, and of one type")
                others[kind] = function

    def key(self, machine: str, key: str) -> str:
        """The key of an instance, in place of another. Raises Rejected where it is none, or another instance's."""
        scope = self._named.get(f"{machine}{KEYS_OF_INSTANCES}", self._named.get(EVERYTHING, {}))
        new = checked_key(self._scalar(STR, key, scope))
        first = self._taken.setdefault((machine, new), key)
        if first != key:
            raise Rejected(f"a hook gives the same key {new!r} for two instances of {machine}")
        return new

    def retry(self, key: str) -> str:
        """The key by which a repeated input is known, in place of another: whoever chose it may have named somebody."""
        return pseudonym(key, _DIGITS_OF_A_RETRY)

    def value(self, type_: Type, value: Any) -> Any:
        """A value in place of another. Raises Rejected where a hook gives what is none of its type."""
        everything = self._named.get(EVERYTHING, {})
        return self._replaced(type_, value, everything, everything)

    def _replaced(self, type_: Type, value: Any, scope: _Scope, keys: _Scope) -> Any:
        """`scope` are the hooks for what is in a value, `keys` those for its own keys, where it is a map."""
        match type_:
            case Record():
                return tuple(
                    self._replaced(child, part, *self._within(label, scope))
                    for (label, child), part in zip(type_.fields, value, strict=True)
                )
            case Variant():
                label, payload = value
                child = type_.case(label)
                assert child is not None
                return (label, self._replaced(child, payload, scope, keys))
            case List():
                return [self._replaced(type_.element, part, scope, keys) for part in value]
            case FrozenList():
                return tuple(self._replaced(type_.element, part, scope, keys) for part in value)
            case FrozenSet():
                return tuple(members(self._replaced(Set(type_.element), dict.fromkeys(value, ()), scope, keys)))
            case Map():
                replaced = {
                    self._replaced(type_.key, key, keys, keys): self._replaced(type_.value, part, scope, scope)
                    for key, part in value.items()
                }
                if len(replaced) != len(value):
                    raise Rejected(f"the hooks make one of two keys of a map: {show(type_)}")
                return replaced
            case _:
                return self._scalar(type_, value, scope)

    def _within(self, label: str, scope: _Scope) -> tuple[_Scope, _Scope]:
        inner = {**scope, **self._named.get(label, {})}
        return inner, {**inner, **self._named.get(f"{label}{KEYS}", {})}

    def _scalar(self, type_: Type, value: Any, scope: _Scope) -> Any:
        hook = scope.get(type_)
        if hook is None:
            return value
        if (hook, value) not in self._given:
            read, write, python = _OBJECTS.get(type_, (_same, _same, None))
            new = hook(read(value))
            kind = python or next(kind for kind, its in _KINDS.items() if its is type_)
            made = write(new) if type(new) is kind else None
            if type(new) is not kind or not conforms(type_, made):
                raise Rejected(f"the hook `{hook.__name__}` gives {new!r}, which is no {show(type_)}")
            self._given[hook, value] = made
        return self._given[hook, value]


def _same(value: Any) -> Any:
    return value


_OBJECTS: Final[dict[Type, tuple[Callable[[Any], Any], Callable[[Any], Any], type]]] = {
    TIME: (to_datetime, from_datetime, datetime),
    DURATION: (lambda value: timedelta(microseconds=value), lambda span: span // timedelta(microseconds=1), timedelta),
}
"""The types whose values are other Python objects than a hook is given: there, back, and the class."""
