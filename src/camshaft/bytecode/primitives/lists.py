"""Operations on lists. Where elements are compared, order and equality are those of `comparison`."""

from __future__ import annotations

import operator
from typing import Any, Final

from camshaft.bytecode.patterns import ListOf, TupleOf, TupleOfSame
from camshaft.bytecode.primitives.table import (
    ANY,
    LENGTH,
    LENGTHS,
    LIST,
    MAP,
    NEW_OBJECT,
    ORDERED,
    ORDERED_LIST,
    OTHER,
    SET,
    THIRD,
    WEIGHT,
    WEIGHTS,
    Charge,
    PrimitiveOperation,
    capped,
    row,
    sliced,
)
from camshaft.errors import BadValue, IndexOutOfRange
from camshaft.values.check import MAX_INT_BITS, weight
from camshaft.values.types import BOOL, BYTES, INT, STR, WIDE, List


def index_out_of_range(index: int, count: int) -> IndexOutOfRange:
    """The trap of an index that a list or a text of so many elements does not have."""
    # Python writes no integer of more than 4,300 digits, and a Wide can have more.
    shown = str(index) if index.bit_length() <= MAX_INT_BITS else f"of {index.bit_length()} bits"
    return IndexOutOfRange(f"index {shown} of {count} elements")


def element_at(items: Any, index: int) -> Any:
    """The element of a list, or the code point of a text, at an index that may count from the end.

    Raises:
        IndexOutOfRange: there is none.
    """
    if -len(items) <= index < len(items):
        return items[index]
    raise index_out_of_range(index, len(items))


def _range(start: int, stop: int, step: int) -> list[int]:
    if step == 0:
        raise BadValue("a range cannot have a step of zero")
    return list(range(start, stop, step))


def _range_size(start: int, stop: int, step: int) -> int:
    return 0 if step == 0 else NEW_OBJECT * max(0, (stop - start + step - (1 if step > 0 else -1)) // step)


def _sorted_by(items: list[Any], keys: list[Any], reverse: bool) -> list[Any]:
    if len(items) != len(keys):
        raise BadValue(f"{len(keys)} keys to sort {len(items)} elements by")
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=reverse)
    return [items[index] for index in order]


def sorting(items: Any) -> int:
    """What sorting is charged."""
    # An element takes part in at most so many comparisons that are paid by its own weight.
    return weight(items) * len(items).bit_length()


def _least(items: list[Any]) -> Any:
    if not items:
        raise BadValue("an empty list has no least element")
    return min(items)


def _greatest(items: list[Any]) -> Any:
    if not items:
        raise BadValue("an empty list has no greatest element")
    return max(items)


def _position(items: list[Any], item: Any) -> int:
    try:
        return items.index(item)
    except ValueError:
        raise BadValue(f"no element is equal to {_shown(item)}") from None


def _removed(items: list[Any], item: Any) -> list[Any]:
    index = _position(items, item)
    return [*items[:index], *items[index + 1 :]]


def _inserted(items: list[Any], index: int, item: Any) -> list[Any]:
    return [*items[:index], item, *items[index:]]


def _repeated(items: list[Any], count: int) -> list[Any]:
    return items * count if items and count > 0 else []


def _enumerated(items: list[Any], start: int) -> list[tuple[int, Any]]:
    capped(start + max(0, len(items) - 1))
    return list(enumerate(items, start))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


SORTING: Final = Charge("weight, times the bits of the length", lambda items, _: sorting(items))
_PAIRS: Final = ListOf(TupleOf((ANY, OTHER)))
_TRIPLES: Final = ListOf(TupleOf((ANY, OTHER, THIRD)))
_RESULT: Final = f"{NEW_OBJECT} for each element of the result"
_ENUMERATED: Final = Charge(_RESULT, lambda items, _: NEW_OBJECT * len(items))
_ZIPPED: Final = Charge(_RESULT, lambda *lists: NEW_OBJECT * min(map(len, lists)))
_REPEATED: Final = Charge("length of the result", lambda items, count: len(items) * max(count, 0))

ROWS: Final[tuple[PrimitiveOperation, ...]] = (
    row(
        80,
        "length",
        "how many elements, entries, members, code points or bytes",
        len,
        *(((sized,), INT) for sized in (STR, LIST, MAP, BYTES, SET)),
    ),
    row(
        81,
        "concat",
        "the second after the first",
        operator.add,
        ((STR, STR), STR),
        ((LIST, LIST), LIST),
        ((BYTES, BYTES), BYTES),
        charge=LENGTHS,
    ),
    row(
        82,
        "flatten",
        "the elements of the lists in a list, one list after the other",
        lambda lists: [item for each in lists for item in each],
        ((ListOf(LIST),), LIST),
        charge=Charge("length, and lengths of the lists in it", lambda lists: len(lists) + sum(map(len, lists))),
    ),
    row(
        83,
        "collect",
        "the elements of a tuple as a list",
        list,
        ((TupleOfSame(ANY),), LIST),
        charge=Charge("elements", len),
    ),
    row(
        84,
        "range",
        "the integers from the first up to but without the second, by steps of the third",
        _range,
        ((INT, INT, INT), List(INT)),
        traps=("ValueError",),
        charge=Charge(_RESULT, _range_size),
    ),
    row(85, "list_index", "the element at an index", element_at, ((LIST, WIDE), ANY), traps=("IndexError",)),
    row(
        86,
        "list_contains",
        "whether the second is an element of the first",
        operator.contains,
        ((LIST, ANY), BOOL),
        charge=WEIGHTS,
    ),
    row(
        87,
        "list_append",
        "the list with one more element",
        lambda items, item: [*items, item],
        ((LIST, ANY), LIST),
        charge=LENGTH,
    ),
    row(
        140,
        "list_slice",
        "the elements from the second up to but without the third, by steps of the fourth; bounds beyond the ends are "
        "the ends",
        sliced,
        ((LIST, WIDE, WIDE, WIDE), LIST),
        traps=("ValueError",),
        charge=LENGTH,
    ),
    row(
        141,
        "list_reversed",
        "the elements from the last to the first",
        lambda items: items[::-1],
        ((LIST,), LIST),
        charge=LENGTH,
    ),
    row(
        142,
        "list_sorted",
        "the elements in order, from the greatest where the second is true; equal ones stay as they stand",
        lambda items, reverse: sorted(items, reverse=reverse),
        ((ORDERED_LIST, BOOL), ORDERED_LIST),
        charge=SORTING,
    ),
    row(
        143,
        "list_sorted_by",
        "the elements of the first in the order of their keys, the second; as LIST_SORTED",
        _sorted_by,
        ((LIST, ORDERED_LIST, BOOL), LIST),
        traps=("ValueError",),
        charge=Charge(
            "length; weight of the keys, times the bits of their number",
            lambda items, keys, _: len(items) + sorting(keys),
        ),
    ),
    row(
        144,
        "list_min",
        "the first of the least elements",
        _least,
        ((ORDERED_LIST,), ORDERED),
        traps=("ValueError",),
        charge=WEIGHT,
    ),
    row(
        145,
        "list_max",
        "the first of the greatest elements",
        _greatest,
        ((ORDERED_LIST,), ORDERED),
        traps=("ValueError",),
        charge=WEIGHT,
    ),
    row(
        146,
        "list_sum",
        "the sum of the elements",
        lambda items: capped(sum(items)),
        ((List(INT),), INT),
        traps=("OverflowError",),
        charge=LENGTH,
    ),
    row(
        147,
        "list_count",
        "how many elements of the first equal the second",
        operator.countOf,
        ((LIST, ANY), INT),
        charge=WEIGHTS,
    ),
    row(
        148,
        "list_position",
        "the index of the first element that equals the second",
        _position,
        ((LIST, ANY), INT),
        traps=("ValueError",),
        charge=WEIGHTS,
    ),
    row(
        149,
        "list_remove",
        "the list without the first element that equals the second",
        _removed,
        ((LIST, ANY), LIST),
        traps=("ValueError",),
        charge=WEIGHTS,
    ),
    row(
        150,
        "list_insert",
        "the list with the third before the element at an index; an index beyond the ends is the end",
        _inserted,
        ((LIST, WIDE, ANY), LIST),
        charge=LENGTH,
    ),
    row(
        151,
        "list_repeat",
        "the elements so many times over; none for less than one",
        _repeated,
        ((LIST, WIDE), LIST),
        charge=_REPEATED,
    ),
    row(
        152,
        "list_enumerate",
        "the elements, each with its number, counted from the second",
        _enumerated,
        ((LIST, INT), ListOf(TupleOf((INT, ANY)))),
        traps=("OverflowError",),
        charge=_ENUMERATED,
    ),
    row(
        153,
        "list_zip",
        "pairs of the elements of two lists, as many as the shorter one has",
        lambda *lists: list(zip(*lists, strict=False)),
        ((LIST, ListOf(OTHER)), _PAIRS),
        charge=_ZIPPED,
    ),
    row(
        154,
        "list_zip_three",
        "triples of the elements of three lists, as many as the shortest one has",
        lambda *lists: list(zip(*lists, strict=False)),
        ((LIST, ListOf(OTHER), ListOf(THIRD)), _TRIPLES),
        charge=_ZIPPED,
    ),
    row(155, "list_any", "whether an element is true", any, ((List(BOOL),), BOOL), charge=LENGTH),
    row(156, "list_all", "whether no element is false", all, ((List(BOOL),), BOOL), charge=LENGTH),
)
