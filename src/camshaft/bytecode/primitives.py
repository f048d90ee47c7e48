"""The primitive operations: one table with their types, meaning, traps and cost.

Terms name them, the verifier types them, both executions run them. The meaning and the cost of every operation belong
to the format version of the bytecode, for ever.

The meaning of an operation never changes its operands. It raises its declared traps itself, and nothing else: an
exception of Python's that escapes from here is a fault.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from camshaft.bytecode.patterns import Hole, ListOf, MapOf, Pattern, Signature, TupleOf, TupleOfSame, VariantOf
from camshaft.errors import BadValue, DividedByZero, IndexOutOfRange, MissingKey, TooLarge
from camshaft.values.check import MAX_INT_BITS, weight
from camshaft.values.types import BOOL, INT, STR, UNIT, WIDE, List, Record, Type, is_key, is_tuple


@dataclass(frozen=True, slots=True)
class PrimitiveOperation:
    """A row of the table. `cost` is in units of fuel; `size`, of the operands, is charged besides, when it runs.

    Where all operands are of types whose values are of much the same size, the number of nodes of those types is part
    of the static cost instead.
    """

    opcode: int
    name: str
    signatures: tuple[Signature, ...]
    """The first that fits counts."""
    meaning: Callable[..., Any]
    summary: str
    traps: frozenset[str]
    cost: int
    size: Callable[..., int] | None

    @property
    def arity(self) -> int:
        return len(self.signatures[0].operands)

    @property
    def makes_list(self) -> bool:
        """Whether the result can be larger than any operand."""
        return self.name == "range"

    def result_type(self, operands: tuple[Type, ...]) -> Type | None:
        """The result's type for these operands, or None where no signature fits."""
        for signature in self.signatures:
            result = signature.apply(operands)
            if result is not None:
                return result
        return None


def is_ordered(type_: Type) -> bool:
    """Whether `<` has an answer for a type: integers, texts, and tuples and lists of such."""
    if isinstance(type_, List):
        return is_ordered(type_.element)
    if isinstance(type_, Record):
        return is_tuple(type_) and all(is_ordered(child) for _, child in type_.fields)
    return type_ is INT or type_ is STR


_t, _u = Hole("t"), Hole("u")
_k, _v = Hole("k", is_key), Hole("v")
_o = Hole("o", is_ordered)
_entry = TupleOf((_k, _v))
_map = MapOf(_k, _v)
_list = ListOf(_t)
_found = VariantOf((("found", _v), ("missing", UNIT)))


def _capped(value: int) -> int:
    if value.bit_length() > MAX_INT_BITS:
        raise TooLarge(f"an integer of {value.bit_length()} bits; at most {MAX_INT_BITS} are allowed")
    return value


def _multiply(left: int, right: int) -> int:
    if left and right and left.bit_length() + right.bit_length() > MAX_INT_BITS + 1:
        raise TooLarge(f"a product of more than {MAX_INT_BITS} bits")
    return _capped(left * right)


def _power(base: int, exponent: int) -> int:
    if exponent < 0:
        raise BadValue("a negative exponent has no integer power")
    # |base| >= 2 gives at least (bits - 1) * exponent bits: decided before anything large is computed.
    if base.bit_length() > 1 and (base.bit_length() - 1) * exponent > MAX_INT_BITS:
        raise TooLarge(f"a power of more than {MAX_INT_BITS} bits")
    return _capped(base**exponent)


def _floor_divide(left: int, right: int) -> int:
    if right == 0:
        raise DividedByZero("division by zero")
    return left // right


def _modulo(left: int, right: int) -> int:
    if right == 0:
        raise DividedByZero("remainder of a division by zero")
    return left % right


def _index(items: Any, index: int) -> Any:
    if -len(items) <= index < len(items):
        return items[index]
    raise IndexOutOfRange(f"index {index} of {len(items)} elements")


def _map_index(entries: dict[Any, Any], key: Any) -> Any:
    if key in entries:
        return entries[key]
    raise MissingKey(f"no entry of key {key!r}")


def _map_find(entries: dict[Any, Any], key: Any) -> tuple[str, Any]:
    return ("found", entries[key]) if key in entries else ("missing", ())


def _range(start: int, stop: int, step: int) -> list[int]:
    if step == 0:
        raise BadValue("a range cannot have a step of zero")
    return list(range(start, stop, step))


def _range_size(start: int, stop: int, step: int) -> int:
    # Four units an element: an element of a range is an object that does not exist yet.
    return 0 if step == 0 else 4 * max(0, (stop - start + step - (1 if step > 0 else -1)) // step)


def _both_weights(left: Any, right: Any) -> int:
    return weight(left) + weight(right)


def _contains_size(items: list[Any], item: Any) -> int:
    return weight(items) + weight(item)


def _sized(items: Any, *_: Any) -> int:
    return len(items)


def _both_sizes(left: Any, right: Any) -> int:
    return len(left) + len(right)


def _row(
    name: str,
    summary: str,
    meaning: Callable[..., Any],
    *signatures: tuple[tuple[Pattern, ...], Pattern],
    traps: tuple[str, ...] = (),
    cost: int = 1,
    size: Callable[..., int] | None = None,
) -> tuple[Any, ...]:
    return (name, tuple(Signature(*each) for each in signatures), meaning, summary, frozenset(traps), cost, size)


FIRST_PRIMITIVE_OPCODE: Final = 64

# The opcode is the position in this list: a new operation goes to its end.
_rows: Final = [
    _row("add", "the sum", operator.add, ((WIDE, WIDE), WIDE)),
    _row("subtract", "the difference", operator.sub, ((WIDE, WIDE), WIDE)),
    _row("multiply", "the product", _multiply, ((WIDE, WIDE), INT), traps=("OverflowError",), cost=2),
    _row(
        "floor_divide",
        "the quotient, rounded towards minus infinity",
        _floor_divide,
        ((WIDE, WIDE), WIDE),
        traps=("ZeroDivisionError",),
        cost=2,
    ),
    _row(
        "modulo",
        "the remainder, with the sign of the divisor",
        _modulo,
        ((WIDE, WIDE), WIDE),
        traps=("ZeroDivisionError",),
        cost=2,
    ),
    _row(
        "power",
        "the first to the power of the second",
        _power,
        ((INT, INT), INT),
        traps=("OverflowError", "ValueError"),
        cost=20,
    ),
    _row("negate", "the negative", operator.neg, ((WIDE,), WIDE)),
    _row("absolute", "the magnitude", abs, ((WIDE,), WIDE)),
    _row("cap", f"the same integer, of at most {MAX_INT_BITS} bits", _capped, ((WIDE,), INT), traps=("OverflowError",)),
    _row(
        "equal",
        "whether two values are equal",
        operator.eq,
        ((WIDE, WIDE), BOOL),
        ((_t, _t), BOOL),
        size=_both_weights,
    ),
    _row(
        "not_equal",
        "whether two values differ",
        operator.ne,
        ((WIDE, WIDE), BOOL),
        ((_t, _t), BOOL),
        size=_both_weights,
    ),
    *(
        _row(
            name, f"whether the first is {text} the second", meaning, ((WIDE, WIDE), BOOL), ((_o, _o), BOOL), size=size
        )
        for name, text, meaning, size in (
            ("less", "less than", operator.lt, _both_weights),
            ("less_equal", "less than or equal to", operator.le, _both_weights),
            ("greater", "greater than", operator.gt, _both_weights),
            ("greater_equal", "greater than or equal to", operator.ge, _both_weights),
        )
    ),
    _row("not", "the opposite", operator.not_, ((BOOL,), BOOL)),
    _row("length", "how many elements, entries or code points", len, ((STR,), INT), ((_list,), INT), ((_map,), INT)),
    _row(
        "concat",
        "the second after the first",
        operator.add,
        ((STR, STR), STR),
        ((_list, _list), _list),
        size=_both_sizes,
    ),
    _row(
        "flatten",
        "the elements of the lists in a list, one list after the other",
        lambda lists: [item for each in lists for item in each],
        ((ListOf(_list),), _list),
        size=lambda lists: len(lists) + sum(map(len, lists)),
    ),
    _row("collect", "the elements of a tuple as a list", list, ((TupleOfSame(_t),), _list), size=_sized),
    _row(
        "range",
        "the integers from the first up to but without the second, by steps of the third",
        _range,
        ((INT, INT, INT), List(INT)),
        traps=("ValueError",),
        size=_range_size,
    ),
    _row("list_index", "the element at an index", _index, ((_list, WIDE), _t), traps=("IndexError",)),
    _row(
        "list_contains",
        "whether the second is an element of the first",
        operator.contains,
        ((_list, _t), BOOL),
        size=_contains_size,
    ),
    _row(
        "list_append",
        "the list with one more element",
        lambda items, item: [*items, item],
        ((_list, _t), _list),
        size=_sized,
    ),
    _row("map_index", "the value of a key", _map_index, ((_map, _k), _v), traps=("KeyError",)),
    _row("map_find", "the value of a key, if there is one", _map_find, ((_map, _k), _found)),
    _row("map_contains", "whether there is an entry of a key", operator.contains, ((_map, _k), BOOL)),
    _row(
        "insert",
        "the map with this entry, at its old position where there was one of its key",
        lambda entries, key, value: {**entries, key: value},
        ((_map, _k, _v), _map),
        size=_sized,
    ),
    _row("keys", "the keys in order", list, ((_map,), ListOf(_k)), size=_sized),
    _row("values", "the values in order", lambda entries: list(entries.values()), ((_map,), ListOf(_v)), size=_sized),
    _row(
        "items", "the entries in order", lambda entries: list(entries.items()), ((_map,), ListOf(_entry)), size=_sized
    ),
    _row(
        "map_of",
        "the map of these entries: of two with the same key, the place of the first and the value of the last",
        dict,
        ((ListOf(_entry),), _map),
        size=_sized,
    ),
    _row("str_index", "the code point at an index", _index, ((STR, WIDE), STR), traps=("IndexError",)),
    _row(
        "str_contains",
        "whether the second is a part of the first",
        operator.contains,
        ((STR, STR), BOOL),
        size=_both_sizes,
    ),
    _row("int_to_str", "the decimal digits", str, ((INT,), STR), cost=20),
    _row("bool_to_str", "True or False", str, ((BOOL,), STR)),
]

PRIMITIVES: Final[dict[str, PrimitiveOperation]] = {
    row[0]: PrimitiveOperation(FIRST_PRIMITIVE_OPCODE + position, *row) for position, row in enumerate(_rows)
}
"""Every operation by its name."""

PRIMITIVES_BY_OPCODE: Final = {primitive.opcode: primitive for primitive in PRIMITIVES.values()}
