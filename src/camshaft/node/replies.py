"""What a node answers, in bytes: JSON views as RESP2 or RESP3, results of methods, and errors.

A result travels as the RESP form of its JSON view. RESP3 says everything that a view says; in RESP2 a boolean is 0 or
1, a map is a flat array of keys and values, and a float and an integer beyond 64 bits are
texts.

Rule: an error is one line. Its text may hold anything that a machine or a client made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from camshaft.errors import Rejected, Where
from camshaft.values.types import BOOL, INT, STR, UNIT, Type
from camshaft.values.view import to_view

Encoder: TypeAlias = Callable[[Any], bytes]

OK: Final = b"+OK\r\n"
_LEAST: Final = -(1 << 63)
_BEYOND: Final = 1 << 63
_LONGEST_MESSAGE: Final = 2_000
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


class Simple(str):
    """A view that travels as a simple string, such as OK or PONG."""

    __slots__ = ()


class Encoded:
    """A view that is a whole reply already, in its bytes."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


def simple(text: str) -> bytes:
    """A simple string: one line of text without controls."""
    return b"+%b\r\n" % one_line(text).encode("utf-8", "backslashreplace")


def bulk(data: bytes) -> bytes:
    """A bulk string: any bytes."""
    return b"$%d\r\n%b\r\n" % (len(data), data)


def error(family: str, message: str, where: Where | None = None) -> bytes:
    """An error reply: its class (`REJECTED`, `TRAP KeyError`, …), then one line of text for people, with the place of
    the machine's source that it is about, where one is known."""
    text = one_line(message)
    if len(text) > _LONGEST_MESSAGE:
        text = f"{text[:_LONGEST_MESSAGE]}…"
    if where is not None:
        text += f" ({one_line(str(where))})"
    return b"-%b %b\r\n" % (family.encode(), text.encode("utf-8", "backslashreplace"))


def refusal(name: str, fields_json: str) -> bytes:
    """The error reply of a refusal, with all of its fields as one line of JSON, which is never cut short."""
    return b"-REFUSED %b %b\r\n" % (name.encode(), fields_json.encode())


def too_large(length: int, limit: int, instead: str = "") -> Rejected:
    """The error for a reply of more bytes than a node sends, with what can be done instead."""
    return Rejected(f"the reply has {length} bytes; at most {limit} are sent{instead and f': {instead}'}")


def one_line(text: str) -> str:
    """A text without line breaks and other controls."""
    return _CONTROL.sub(" ", text)


def resp2(view: Any) -> bytes:
    """A view (None, bool, int, float, str, bytes, list, dict) in RESP2."""
    parts: list[bytes] = []
    _write_resp2(view, parts.append)
    return b"".join(parts)


def resp3(view: Any) -> bytes:
    """A view (None, bool, int, float, str, bytes, list, dict) in RESP3."""
    parts: list[bytes] = []
    _write_resp3(view, parts.append)
    return b"".join(parts)


# Recursion in the two writers is as deep as a type can nest (values.types.MAX_TYPE_DEPTH), never as what a peer sends.


def _write_resp2(view: Any, write: Callable[[bytes], None]) -> None:
    match view:
        case None:
            write(b"$-1\r\n")
        case bool():
            write(b":1\r\n" if view else b":0\r\n")
        case int():
            write(_resp2_int(view))
        case float():
            write(bulk(b"%a" % view))
        case list():
            write(b"*%d\r\n" % len(view))
            for element in view:
                _write_resp2(element, write)
        case dict():
            write(b"*%d\r\n" % (2 * len(view)))
            for key, value in view.items():
                _write_resp2(key, write)
                _write_resp2(value, write)
        case _:
            write(_text(view))


def _write_resp3(view: Any, write: Callable[[bytes], None]) -> None:
    match view:
        case None:
            write(b"_\r\n")
        case bool():
            write(b"#t\r\n" if view else b"#f\r\n")
        case int():
            write(_resp3_int(view))
        case float():
            write(b",%a\r\n" % view)
        case list():
            write(b"*%d\r\n" % len(view))
            for element in view:
                _write_resp3(element, write)
        case dict():
            write(b"%%%d\r\n" % len(view))
            for key, value in view.items():
                _write_resp3(key, write)
                _write_resp3(value, write)
        case _:
            write(_text(view))


def _text(view: Any) -> bytes:
    match view:
        case Simple():
            return simple(view)
        case str():
            return _str(view)
        case bytes():
            return bulk(view)
        case Encoded():
            return view.data
        case _:
            raise TypeError(f"a reply cannot hold a {type(view).__name__}")


def _resp2_int(value: int) -> bytes:
    return b":%d\r\n" % value if _LEAST <= value < _BEYOND else bulk(b"%d" % value)


def _resp3_int(value: int) -> bytes:
    return b":%d\r\n" % value if _LEAST <= value < _BEYOND else b"(%d\r\n" % value


def _str(value: str) -> bytes:
    return bulk(value.encode())


class Protocol:
    """One of the two protocol versions: how views and results are written in it."""

    __slots__ = ("_encoders", "nothing", "version", "view")

    def __init__(self, version: int, view: Encoder, scalars: dict[Type, Encoder]) -> None:
        self.version = version
        self.view = view
        """The encoder of any view."""
        self.nothing = view(None)
        """The reply to a method that returns nothing."""
        self._encoders = scalars

    def result(self, type_: Type, value: Any) -> bytes:
        """The reply that carries a value of a type."""
        encoder = self._encoders.get(type_)
        # Only the types without children have encoders of their own, so this table never grows with what peers send.
        return self.view(to_view(type_, value)) if encoder is None else encoder(value)


RESP2: Final = Protocol(
    2,
    resp2,
    {UNIT: lambda _: b"$-1\r\n", BOOL: lambda value: b":1\r\n" if value else b":0\r\n", INT: _resp2_int, STR: _str},
)
RESP3: Final = Protocol(
    3,
    resp3,
    {UNIT: lambda _: b"_\r\n", BOOL: lambda value: b"#t\r\n" if value else b"#f\r\n", INT: _resp3_int, STR: _str},
)
