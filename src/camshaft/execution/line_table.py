"""The lines of generated code: those of the author's file, so that a traceback shows these at no cost.

Python compiles generated text as it compiles any, with the text's own lines; then the table that leads from
instructions to lines is written anew. The alternative, to parse the text, give the nodes of its tree other lines and
compile the tree, takes four times as long, since the tree becomes Python objects on the way.

Source of the format: CPython, `InternalDocs/code_objects.md` ("Source code locations"); it is the same from 3.11 on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import CodeType
from typing import Final

_FIRST_BIT: Final = 0x80
_NO_COLUMNS: Final = 13
_NO_LOCATION: Final = 15
_MOST_UNITS: Final = 8
_UNIT_BYTES: Final = 2


def with_lines(code: CodeType, lines: Sequence[int]) -> CodeType:
    """The same code of a function, as if line `n` of its source were the line `lines[n - 1]`; so is all code within."""
    constants = tuple(with_lines(each, lines) if isinstance(each, CodeType) else each for each in code.co_consts)
    first = lines[code.co_firstlineno - 1]
    return code.replace(co_consts=constants, co_firstlineno=first, co_linetable=b"".join(_table(code, lines, first)))


def _table(code: CodeType, lines: Sequence[int], first: int) -> Iterator[bytes]:
    before = first
    for start, end, own in code.co_lines():
        line = before if own is None else lines[own - 1]
        for units in _portions((end - start) // _UNIT_BYTES):
            kind = _NO_LOCATION if own is None else _NO_COLUMNS
            yield bytes([_FIRST_BIT | kind << 3 | units - 1])
            if own is not None:
                yield _signed(line - before)
            before = line


def _portions(units: int) -> Iterator[int]:
    """An entry of the table stands for at most eight units of code."""
    while units > 0:
        yield min(units, _MOST_UNITS)
        units -= _MOST_UNITS


def _signed(number: int) -> bytes:
    """A number in portions of six bits, the lowest first; its sign is the lowest bit of all."""
    left = -number << 1 | 1 if number < 0 else number << 1
    portions = []
    while left > 63:
        portions.append(0x40 | left & 63)
        left >>= 6
    return bytes([*portions, left])
