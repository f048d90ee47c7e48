"""Operations on maps. Keys are unique, and the order of insertion is part of the value."""

from __future__ import annotations

import operator
from typing import Any, Final

from camshaft.bytecode.patterns import ListOf, TupleOf, VariantOf
from camshaft.bytecode.primitives.table import KEY, LENGTH, MAP, VALUE, PrimitiveOperation, row
from camshaft.errors import MissingKey
from camshaft.values.types import BOOL, UNIT


def _index(entries: dict[Any, Any], key: Any) -> Any:
    if key in entries:
        return entries[key]
    raise MissingKey(f"no entry of key {key!r}")


def _find(entries: dict[Any, Any], key: Any) -> tuple[str, Any]:
    return ("found", entries[key]) if key in entries else ("missing", ())


_ENTRIES: Final = ListOf(TupleOf((KEY, VALUE)))
_FOUND: Final = VariantOf((("found", VALUE), ("missing", UNIT)))

ROWS: Final[tuple[PrimitiveOperation, ...]] = (
    row(88, "map_index", "the value of a key", _index, ((MAP, KEY), VALUE), traps=("KeyError",)),
    row(89, "map_find", "the value of a key, if there is one", _find, ((MAP, KEY), _FOUND)),
    row(90, "map_contains", "whether there is an entry of a key", operator.contains, ((MAP, KEY), BOOL)),
    row(
        91,
        "insert",
        "the map with this entry, at its old position where there was one of its key",
        lambda entries, key, value: {**entries, key: value},
        ((MAP, KEY, VALUE), MAP),
        charge=LENGTH,
    ),
    row(92, "keys", "the keys in order", list, ((MAP,), ListOf(KEY)), charge=LENGTH),
    row(
        93,
        "values",
        "the values in order",
        lambda entries: list(entries.values()),
        ((MAP,), ListOf(VALUE)),
        charge=LENGTH,
    ),
    row(94, "items", "the entries in order", lambda entries: list(entries.items()), ((MAP,), _ENTRIES), charge=LENGTH),
    row(
        95,
        "map_of",
        "the map of these entries: of two with the same key, the place of the first and the value of the last",
        dict,
        ((_ENTRIES,), MAP),
        charge=LENGTH,
    ),
)
