"""Operands for each primitive operation, and what Python itself gives for them: the oracle of the table.

Rule: an oracle is the expression that an author would write in plain Python, on the same objects. Where the operation
answers less than Python does, the oracle says so by raising what the operation traps with.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from camshaft.bytecode import patterns
from camshaft.bytecode.primitives import PrimitiveOperation
from camshaft.values.check import MAX_INT_BITS
from camshaft.values.codec import encode_raw
from camshaft.values.types import INT, STR, WIDE, FrozenList, FrozenSet, List, Map, Record, Set, Type, tuple_of
from generators.types import ints, small_ints, types, values

# Few characters, so that texts are parts of each other: letters, digits, signs, white space, beyond ASCII.
_few = st.text("ab,0_- \t\u2003é٣😀", max_size=6)
_texts = _few | st.sampled_from(("", "a", "ab", "-12", " +7\n", "1_0", "9" * 1_300, "0" * 4_301, "x" * 70 + " "))
_texts |= st.sampled_from((">8", "*^9d", "+05", "#_x", ",", ".2f", "-<12.3", "08.1f", "010,.1%", "e", "s", "d", ".0"))
_texts |= st.sampled_from(("1001", "=5s", "=+6", ".1001f", "_b", ",x", "<<5", " g", "#f"))
_few_ints = small_ints | ints
_PARTS = tuple_of(*[INT] * 7)
_dates = st.tuples(
    st.integers(0, 10_000), st.integers(0, 13), st.integers(0, 32), st.integers(0, 24), st.integers(0, 60),
    st.integers(0, 60), st.integers(-1, 10**6),
)  # fmt: skip


@st.composite
def operand_types(draw: st.DrawFn, primitive: PrimitiveOperation) -> tuple[Type, ...]:
    """Types of operands that fit one of an operation's signatures; `Int` where `Wide` is asked for."""
    signature = draw(st.sampled_from(primitive.signatures))
    holes: dict[str, Type] = {}
    found = tuple(filled(draw, pattern, holes) for pattern in signature.operands)
    return tuple(INT if type_ is WIDE else type_ for type_ in found)


def filled(draw: st.DrawFn, pattern: patterns.Pattern, holes: dict[str, Type]) -> Type:
    """A type that fits a pattern, with types drawn for the holes that are still open."""
    match pattern:
        case patterns.Hole(name, admits):
            if name not in holes:
                holes[name] = draw(types(depth=2).filter(admits))
            return holes[name]
        case patterns.ListOf(element):
            return List(filled(draw, element, holes))
        case patterns.MapOf(key, value):
            return Map(filled(draw, key, holes), filled(draw, value, holes))
        case patterns.SetOf(element):
            return Set(filled(draw, element, holes))
        case patterns.FrozenListOf(element):
            return FrozenList(filled(draw, element, holes))
        case patterns.FrozenSetOf(element):
            return FrozenSet(filled(draw, element, holes))
        case patterns.TupleOf(elements):
            return tuple_of(*(filled(draw, element, holes) for element in elements))
        case patterns.TupleOfSame(element):
            return tuple_of(*[filled(draw, element, holes)] * draw(st.integers(1, 3)))
        case patterns.VariantOf():
            raise AssertionError("a variant is never an operand's pattern")
        case _:
            return pattern


def operands(found: tuple[Type, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Operands of these types, often related to each other."""
    return st.tuples(*map(_operand, found))


def _operand(type_: Type) -> st.SearchStrategy[Any]:
    match type_:
        case _ if type_ is STR:
            return _texts
        case _ if type_ is INT:
            return _few_ints
        case List():
            return st.lists(_operand(type_.element), max_size=4)
        case Record() if type_ is _PARTS:
            return _dates | st.tuples(*[_few_ints] * 7)
        case Record():
            return st.tuples(*(_operand(child) for _, child in type_.fields))
        case _:
            return values(type_)


# ---- Python's own operations -----------------------------------------------------------------------------------------


def _ascii(meaning: Callable[[str], Any]) -> Callable[[str], Any]:
    def of_ascii(text: str) -> Any:
        text.encode("ascii")  # a UnicodeEncodeError is a ValueError
        return meaning(text)

    return of_ascii


def _one(text: str) -> str:
    if len(text) != 1:
        raise ValueError("Python's TypeError here")
    return text


def _chr(number: int) -> str:
    if number.bit_length() > 31:
        raise ValueError("Python's OverflowError here")
    chr(number).encode()  # surrogates raise a ValueError
    return chr(number)


def _removed(items: list[Any], item: Any) -> list[Any]:
    copy = list(items)
    copy.remove(item)
    return copy


def _inserted(items: list[Any], index: int, item: Any) -> list[Any]:
    copy = list(items)
    copy.insert(max(-(2**60), min(index, 2**60)), item)
    return copy


def _sorted_by(items: list[Any], keys: list[Any], reverse: bool) -> list[Any]:
    pairs = zip(keys, items, strict=True)
    return [item for _, item in sorted(pairs, key=lambda pair: pair[0], reverse=reverse)]


def _enumerated(items: list[Any], start: int) -> list[tuple[int, Any]]:
    pairs = list(enumerate(items, start))
    if any(number.bit_length() > MAX_INT_BITS for number, _ in pairs):
        raise OverflowError("beyond the cap")
    return pairs


def _power(base: int, exponent: int) -> int:
    if exponent < 0:
        raise ValueError("Python gives a float here")
    if abs(base) > 1 and exponent > 5_000:
        raise OverflowError("far beyond the cap")
    return int(base**exponent)


def _shift(value: int, count: int) -> int:
    if value and count > 5_000:
        raise OverflowError("far beyond the cap")
    return value << count


def _as_members(result: Any) -> Any:
    return dict.fromkeys(sorted(result, key=encode_raw), ()) if isinstance(result, set) else result


def _of_sets(meaning: Callable[[set[Any], set[Any]], Any]) -> Callable[[Any, Any], Any]:
    """An operation on Python's own sets, as one on the values that stand for them."""
    return lambda left, right: _as_members(meaning(set(left), set(right)))


def _number(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        raise ValueError("Python gives a NaN here")
    return value


def _moment(time: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time)


def _span(duration: int) -> timedelta:
    return timedelta(microseconds=duration)


def _as_value(result: Any) -> Any:
    """Python's own objects of time as the values that stand for them."""
    if isinstance(result, datetime):
        result -= datetime(1970, 1, 1, tzinfo=UTC)
    return result // timedelta(microseconds=1) if isinstance(result, timedelta) else result


def _timed(meaning: Callable[..., Any], *kinds: Callable[[int], Any]) -> Callable[..., Any]:
    """An operation on Python's own objects of time, as one on values."""
    return lambda *given: _as_value(meaning(*(kind(value) for kind, value in zip(kinds, given, strict=True))))


def _at_once(count: int) -> int:
    if count.bit_length() > 100:
        raise OverflowError("Python says so too, by way of a C int")
    return count


def _parts(moment: datetime) -> tuple[int, ...]:
    return (*moment.timetuple()[:6], moment.microsecond)


def _of_parts(parts: tuple[int, ...]) -> int:
    if any(abs(part) > 10_000_000 for part in parts):
        raise ValueError("Python's OverflowError here")
    result = _as_value(datetime(*parts, tzinfo=UTC))  # type: ignore[misc, arg-type]  # seven integers
    assert isinstance(result, int)
    return result


def _small(count: int) -> int:
    """A count that CPython takes, of the same effect."""
    return max(-1, min(count, 2**40))


_SPECIFICATION: Final = re.compile(
    r"(.?[<>^=])?[-+ ]?#?0?([1-9]\d{0,2}|1000)?[,_]?(\.(0|[1-9]\d{0,2}|1000))?[bdeEfFgGosxX%]?", re.ASCII | re.DOTALL
)


def _format(value: Any, specification: str) -> str:
    if _SPECIFICATION.fullmatch(specification) is None:
        raise ValueError("not offered")
    if isinstance(value, int) and set("eEfFgG%") & set(specification[-1:]):
        raise ValueError("not offered: the number is made a float before")
    bare = re.sub(".[<>^=]", "", specification, count=1, flags=re.DOTALL)
    if "#" in bare and (isinstance(value, float) or specification[-1] not in "boxX"):
        raise ValueError("not offered: it changes nothing, or only trailing zeros")
    if isinstance(value, str) and re.match("0", bare):
        raise ValueError("not offered: Python did not always")
    return format(value, specification)


PYTHON: Final[dict[str, Callable[..., Any]]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "floor_divide": lambda a, b: a // b,
    "modulo": lambda a, b: a % b,
    "power": _power,
    "negate": lambda a: -a,
    "absolute": abs,
    "cap": lambda a: a,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "not": lambda a: not a,
    "length": len,
    "concat": lambda a, b: a + b,
    "flatten": lambda a: [x for xs in a for x in xs],
    "collect": list,
    "range": lambda a, b, c: list(range(a, b, c)),
    "list_index": lambda a, b: a[b],
    "list_contains": lambda a, b: b in a,
    "list_append": lambda a, b: [*a, b],
    "map_index": lambda a, b: a[b],
    "map_find": lambda a, b: ("found", a[b]) if b in a else ("missing", ()),
    "map_contains": lambda a, b: b in a,
    "insert": lambda a, b, c: a | {b: c},
    "keys": list,
    "values": lambda a: list(a.values()),
    "items": lambda a: list(a.items()),
    "map_of": dict,
    "str_index": lambda a, b: a[b],
    "str_contains": lambda a, b: b in a,
    "int_to_str": str,
    "bool_to_str": str,
    "bit_and": lambda a, b: a & b,
    "bit_or": lambda a, b: a | b,
    "bit_xor": lambda a, b: a ^ b,
    "bit_invert": lambda a: ~a,
    "shift_left": _shift,
    "shift_right": lambda a, b: a >> b,
    "gcd": math.gcd,
    "integer_root": math.isqrt,
    "bit_length": lambda a: a.bit_length(),
    "bit_count": lambda a: a.bit_count(),
    "bool_to_int": int,
    "str_slice": lambda a, b, c, d: a[b:c:d],
    "str_find": lambda a, b: a.find(b),
    "str_rfind": lambda a, b: a.rfind(b),
    "str_count": lambda a, b: a.count(b),
    "str_starts_with": lambda a, b: a.startswith(b),
    "str_ends_with": lambda a, b: a.endswith(b),
    "str_split": lambda a, b, c: a.split(b, _small(c)),
    "str_split_words": lambda a: a.split(),
    "str_join": lambda a, b: a.join(b),
    "str_strip": lambda a, b: a.strip(b),
    "str_strip_left": lambda a, b: a.lstrip(b),
    "str_strip_right": lambda a, b: a.rstrip(b),
    "str_replace": lambda a, b, c: a.replace(b, c),
    "str_repeat": lambda a, b: a * _small(b) if a else "",
    "str_upper": _ascii(str.upper),
    "str_lower": _ascii(str.lower),
    "str_is_ascii": str.isascii,
    "str_is_space": str.isspace,
    "str_is_digit": _ascii(str.isdigit),
    "str_is_alpha": _ascii(str.isalpha),
    "str_is_alnum": _ascii(str.isalnum),
    "str_to_int": _ascii(int),
    "str_to_code_point": lambda a: ord(_one(a)),
    "code_point_to_str": _chr,
    "str_zero_fill": lambda a, b: a.zfill(_small(b)),
    "str_pad_right": lambda a, b, c: a.ljust(_small(b), _one(c)),
    "str_pad_left": lambda a, b, c: a.rjust(_small(b), _one(c)),
    "str_center": lambda a, b, c: a.center(_small(b), _one(c)),
    "str_characters": list,
    "list_slice": lambda a, b, c, d: a[b:c:d],
    "list_reversed": lambda a: list(reversed(a)),
    "list_sorted": lambda a, b: sorted(a, reverse=b),
    "list_sorted_by": _sorted_by,
    "list_min": min,
    "list_max": max,
    "list_sum": sum,
    "list_count": lambda a, b: a.count(b),
    "list_position": lambda a, b: a.index(b),
    "list_remove": _removed,
    "list_insert": _inserted,
    "list_repeat": lambda a, b: a * _small(b) if a else [],
    "list_enumerate": _enumerated,
    "list_zip": lambda a, b: list(zip(a, b, strict=False)),
    "list_zip_three": lambda a, b, c: list(zip(a, b, c, strict=False)),
    "list_any": any,
    "list_all": all,
    "set_contains": lambda a, b: b in a,
    "set_of": lambda a: _as_members(set(a)),
    "freeze_list": tuple,
    "thaw_list": list,
    # Python's own sets have an order in each process; that of a frozen set here is its members'.
    "freeze_set": lambda a: tuple(sorted(a, key=encode_raw)),
    "thaw_set": lambda a: dict.fromkeys(a, ()),
    "set_union": _of_sets(lambda a, b: a | b),
    "set_intersection": _of_sets(lambda a, b: a & b),
    "set_difference": _of_sets(lambda a, b: a - b),
    "set_symmetric_difference": _of_sets(lambda a, b: a ^ b),
    "set_is_subset": _of_sets(lambda a, b: a <= b),
    "set_is_disjoint": _of_sets(lambda a, b: a.isdisjoint(b)),
    "set_sorted": lambda a, b: sorted(set(a), reverse=b),
    "float_add": lambda a, b: _number(a + b),
    "float_subtract": lambda a, b: _number(a - b),
    "float_multiply": lambda a, b: _number(a * b),
    "float_divide": lambda a, b: _number(a / b),
    "float_floor_divide": lambda a, b: _number(a // b),
    "float_modulo": lambda a, b: _number(a % b),
    "float_negate": lambda a: -a,
    "float_absolute": abs,
    "true_divide": lambda a, b: a / b,
    "int_to_float": float,
    "float_truncate": int,
    "float_floor": math.floor,
    "float_ceiling": math.ceil,
    "float_round": round,
    "float_round_to": round,
    "float_root": math.sqrt,
    "float_is_finite": math.isfinite,
    "float_is_integer": lambda a: a.is_integer(),
    "float_to_str": str,
    "str_to_float": _ascii(lambda a: _number(float(a))),
    "float_sum": math.fsum,
    "bytes_index": lambda a, b: a[b],
    "bytes_slice": lambda a, b, c, d: a[b:c:d],
    "bytes_contains": lambda a, b: b in a,
    "bytes_find": lambda a, b: a.find(b),
    "bytes_starts_with": lambda a, b: a.startswith(b),
    "bytes_ends_with": lambda a, b: a.endswith(b),
    "bytes_repeat": lambda a, b: a * _small(b) if a else b"",
    "bytes_to_list": list,
    "list_to_bytes": lambda a: bytes(min(number, 256) for number in a),
    "str_to_bytes": lambda a: a.encode("utf-8"),
    "bytes_to_str": lambda a: a.decode("utf-8"),
    "bytes_to_hex": lambda a: a.hex(),
    "hex_to_bytes": _ascii(lambda a: bytes.fromhex(a.replace(" ", "x").replace("\n", "x").replace("\t", "x"))),
    "time_add": _timed(lambda a, b: a + b, _moment, _span),
    "time_subtract": _timed(lambda a, b: a - b, _moment, _span),
    "time_between": _timed(lambda a, b: a - b, _moment, _moment),
    "duration_add": _timed(lambda a, b: a + b, _span, _span),
    "duration_subtract": _timed(lambda a, b: a - b, _span, _span),
    "duration_negate": _timed(lambda a: -a, _span),
    "duration_absolute": _timed(abs, _span),
    "duration_multiply": _timed(lambda a, b: a * b, _span, _at_once),
    "duration_floor_divide": _timed(lambda a, b: a // b, _span, _span),
    "duration_modulo": _timed(lambda a, b: a % b, _span, _span),
    "duration_split": _timed(lambda a, b: a // b, _span, int),
    "duration_of_microseconds": _timed(lambda a: a, _span),
    "duration_microseconds": lambda a: _span(a) // timedelta(microseconds=1),
    "duration_seconds": lambda a: _span(a).total_seconds(),
    "duration_to_str": lambda a: str(_span(a)),
    "time_of_microseconds": _timed(lambda a: a, _moment),
    "time_microseconds": lambda a: (_moment(a) - _moment(0)) // timedelta(microseconds=1),
    "time_parts": _timed(_parts, _moment),
    "time_of_parts": _of_parts,
    "time_weekday": lambda a: _moment(a).weekday(),
    "time_isoformat": lambda a: _moment(a).isoformat(),
    "format": _format,
}
"""Every operation by its name, as Python writes it."""
