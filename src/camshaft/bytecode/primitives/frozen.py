"""Lists and sets as keys, and back: a list that is frozen can be found by its value, and never changes.

Freezing and thawing go one level deep; what is deeper in a key is frozen before it, and thawed after it.
"""

from __future__ import annotations

from typing import Any, Final

from camshaft.bytecode.patterns import FrozenListOf, FrozenSetOf, ListOf
from camshaft.bytecode.primitives.lists import sorting
from camshaft.bytecode.primitives.table import KEY, LENGTH, SET, Charge, PrimitiveOperation, row
from camshaft.values.codec import members

_LIST: Final = ListOf(KEY)
_FROZEN_LIST: Final = FrozenListOf(KEY)
_FROZEN_SET: Final = FrozenSetOf(KEY)


def _frozen_set(items: dict[Any, Any]) -> tuple[Any, ...]:
    return tuple(members(items))


ROWS: Final[tuple[PrimitiveOperation, ...]] = (
    row(222, "freeze_list", "the list as a key", tuple, ((_LIST,), _FROZEN_LIST), charge=LENGTH),
    row(223, "thaw_list", "the list that a key is", list, ((_FROZEN_LIST,), _LIST), charge=LENGTH),
    row(
        224,
        "freeze_set",
        "the set as a key, its members in the order of their canonical bytes",
        _frozen_set,
        ((SET,), _FROZEN_SET),
        charge=Charge("weight, times the bits of the length", sorting),
    ),
    row(
        225,
        "thaw_set",
        "the set that a key is",
        lambda items: dict.fromkeys(items, ()),
        ((_FROZEN_SET,), SET),
        charge=LENGTH,
    ),
)
