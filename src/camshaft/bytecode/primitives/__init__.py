"""The primitive operations: one table with their types, meaning, traps and cost, a file for each kind of operand.

Terms name them, the verifier types them, both executions run them. The meaning and the cost of every operation belong
to the format version of the bytecode, for ever; so do the opcodes, which is why each row states its own.

The meaning of an operation never changes its operands. It raises its declared traps itself, and nothing else: an
exception of Python's that escapes from here is a fault. It depends on its operands alone: not on the version of
Python, the platform, the locale, or which of two equal objects is given.
"""

from __future__ import annotations

from typing import Final

from camshaft.bytecode.primitives import (
    bytestrings,
    comparison,
    floats,
    formats,
    frozen,
    integers,
    lists,
    maps,
    sets,
    texts,
    times,
)
from camshaft.bytecode.primitives.table import PrimitiveOperation, is_ordered

__all__ = ["FIRST_PRIMITIVE_OPCODE", "PRIMITIVES", "PRIMITIVES_BY_OPCODE", "PrimitiveOperation", "is_ordered"]

FIRST_PRIMITIVE_OPCODE: Final = 64

_KINDS: Final = (comparison, integers, floats, texts, bytestrings, times, lists, maps, sets, frozen, formats)
_rows: Final = sorted((each for kind in _KINDS for each in kind.ROWS), key=lambda each: each.opcode)

PRIMITIVES_BY_OPCODE: Final[dict[int, PrimitiveOperation]] = {each.opcode: each for each in _rows}

PRIMITIVES: Final[dict[str, PrimitiveOperation]] = {each.name: each for each in _rows}
"""Every operation by its name."""

assert list(PRIMITIVES_BY_OPCODE) == list(range(FIRST_PRIMITIVE_OPCODE, FIRST_PRIMITIVE_OPCODE + len(_rows)))
assert len(PRIMITIVES) == len(_rows), "two operations have one name"
