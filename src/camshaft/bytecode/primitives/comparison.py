"""Comparing values of one type: equality of all, order of those that have one."""

from __future__ import annotations

import operator
from typing import Final

from camshaft.bytecode.primitives.table import ANY, ORDERED, WEIGHTS, PrimitiveOperation, row
from camshaft.values.types import BOOL, FLOAT, WIDE

_INTEGERS: Final = ((WIDE, WIDE), BOOL)
# An integer and a float are compared exactly, not by what the integer would be as a float.
_MIXED: Final = (((FLOAT, WIDE), BOOL), ((WIDE, FLOAT), BOOL))
_SAME: Final = ((ANY, ANY), BOOL)
_ORDERS: Final = (_INTEGERS, ((ORDERED, ORDERED), BOOL), *_MIXED)

ROWS: Final[tuple[PrimitiveOperation, ...]] = (
    row(73, "equal", "whether two values are equal", operator.eq, _INTEGERS, _SAME, *_MIXED, charge=WEIGHTS),
    row(74, "not_equal", "whether two values differ", operator.ne, _INTEGERS, _SAME, *_MIXED, charge=WEIGHTS),
    *(
        row(opcode, name, f"whether the first is {text} the second", meaning, *_ORDERS, charge=WEIGHTS)
        for opcode, name, text, meaning in (
            (75, "less", "less than", operator.lt),
            (76, "less_equal", "less than or equal to", operator.le),
            (77, "greater", "greater than", operator.gt),
            (78, "greater_equal", "greater than or equal to", operator.ge),
        )
    ),
)
