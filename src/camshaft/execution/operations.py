"""How generated Python writes each primitive operation; what they mean is in `bytecode/primitives`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from camshaft.bytecode.patterns import SetOf
from camshaft.bytecode.primitives import PRIMITIVES, PrimitiveOperation
from camshaft.bytecode.primitives.floats import number
from camshaft.bytecode.primitives.times import as_duration, as_time
from camshaft.bytecode.verified import PRIMITIVE_SIZED
from camshaft.execution.symbols import Atom
from camshaft.values.times import DAY
from camshaft.values.types import STR

__all__ = ["OPERATIONS", "PRIMITIVE_SIZED", "ZERO_STEP", "Operation"]

ZERO_STEP: Final = "a range cannot have a step of zero"
_range_charge = PRIMITIVES["range"].charge
assert _range_charge is not None
_range_size: Final = _range_charge.of
RANGE_ELEMENT: Final = _range_size(0, 1, 1)
"""What a range is charged for each element."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`text` has the operands in braces. `fails`: Python's own exception there is the operation's trap. `capped`: the
    result is checked for size. `makes_new`: a container that it gives is a new one. `size`: what it is charged."""

    name: str
    text: str
    fails: bool = False
    capped: bool = False
    makes_new: bool = False
    size: str = ""
    lazy: str = ""

    @property
    def arity(self) -> int:
        return PRIMITIVES[self.name].arity

    def size_text(self, operands: Sequence[Atom]) -> str:
        """The expression of what the operation is charged for its operands' sizes."""
        if self.size == "weights":
            # The weight of a text is one more than its length: said inline, since comparing texts is common.
            return " + ".join(f"len({o.text}) + 1" if o.type is STR else f"weight({o.text})" for o in operands)
        return self.size.format(*(operand.text for operand in operands))


def _compared(name: str, sign: str) -> Operation:
    return Operation(name, f"{{0}} {sign} {{1}}", size="weights")


_WRITTEN: Final[dict[str, Operation]] = {
    operation.name: operation
    for operation in (
        Operation("add", "{0} + {1}"),
        Operation("subtract", "{0} - {1}"),
        Operation("multiply", "{0} * {1}", capped=True),
        Operation("floor_divide", "{0} // {1}", fails=True),
        Operation("modulo", "{0} % {1}", fails=True),
        Operation("power", "power({0}, {1})", fails=True),
        Operation("negate", "-{0}"),
        Operation("absolute", "abs({0})"),
        Operation("cap", "{0}", capped=True),
        _compared("equal", "=="),
        _compared("not_equal", "!="),
        _compared("less", "<"),
        _compared("less_equal", "<="),
        _compared("greater", ">"),
        _compared("greater_equal", ">="),
        Operation("not", "not {0}"),
        Operation("length", "len({0})"),
        Operation("concat", "{0} + {1}", makes_new=True, size="len({0}) + len({1})"),
        Operation("flatten", "[y for x in {0} for y in x]", makes_new=True, size="len({0}) + sum(map(len, {0}))"),
        Operation("collect", "", makes_new=True),
        Operation("range", "", lazy="range", size="range_size({0}, {1}, {2})"),
        Operation("list_index", "{0}[{1}]", fails=True),
        Operation("list_contains", "{1} in {0}", size="weights"),
        Operation("list_append", "[*{0}, {1}]", makes_new=True, size="len({0})"),
        Operation("map_index", "{0}[{1}]", fails=True),
        Operation("map_find", "", lazy="find"),
        Operation("map_contains", "{1} in {0}"),
        Operation("insert", "{{**{0}, {1}: {2}}}", makes_new=True, size="len({0})"),
        Operation("keys", "", lazy="keys", size="len({0})"),
        Operation("values", "", lazy="values", size="len({0})"),
        Operation("items", "", lazy="items", size="len({0})"),
        Operation("map_of", "dict({0})", makes_new=True, size="len({0})"),
        Operation("str_index", "{0}[{1}]", fails=True),
        Operation("str_contains", "{1} in {0}", size="len({0}) + len({1})"),
        Operation("int_to_str", "str({0})"),
        Operation("bool_to_str", "str({0})"),
        Operation("bit_and", "{0} & {1}"),
        Operation("bit_or", "{0} | {1}"),
        Operation("bit_xor", "{0} ^ {1}"),
        Operation("bit_invert", "~{0}"),
        Operation("bit_length", "({0}).bit_length()"),
        Operation("bit_count", "({0}).bit_count()"),
        Operation("bool_to_int", "int({0})"),
        Operation("float_add", "number({0} + {1})", fails=True),
        Operation("float_subtract", "number({0} - {1})", fails=True),
        Operation("float_multiply", "number({0} * {1})", fails=True),
        Operation("float_divide", "number({0} / {1})", fails=True),
        Operation("float_negate", "-{0}"),
        Operation("float_absolute", "abs({0})"),
        Operation("float_to_str", "repr({0})"),
        Operation("bytes_index", "{0}[{1}]", fails=True),
        Operation("bytes_contains", "{1} in {0}", size="len({0}) + len({1})"),
        Operation("bytes_to_list", "list({0})", makes_new=True, size="len({0})"),
        Operation("bytes_to_hex", "{0}.hex()", size="2 * len({0})"),
        Operation("str_to_bytes", "{0}.encode()", size="4 * len({0})"),
        Operation("time_add", "as_time({0} + {1})", fails=True),
        Operation("time_subtract", "as_time({0} - {1})", fails=True),
        Operation("time_between", "{0} - {1}"),
        Operation("duration_add", "as_duration({0} + {1})", fails=True),
        Operation("duration_subtract", "as_duration({0} - {1})", fails=True),
        Operation("duration_multiply", "as_duration({0} * {1})", fails=True),
        Operation("duration_floor_divide", "{0} // {1}", fails=True),
        Operation("duration_modulo", "{0} % {1}", fails=True),
        Operation("duration_split", "as_duration({0} // {1})", fails=True),
        Operation("duration_microseconds", "{0}"),
        Operation("time_microseconds", "{0}"),
        Operation("time_weekday", f"({{0}} // {DAY} + 3) % 7"),
        Operation("set_contains", "{1} in {0}"),
        Operation("set_of", "dict.fromkeys({0}, ())", makes_new=True, size="len({0})"),
        Operation("set_union", "{0} | {1}", makes_new=True, size="len({0}) + len({1})"),
        Operation("set_is_subset", "{0}.keys() <= {1}.keys()", size="len({0}) + len({1})"),
        Operation("set_sorted", "sorted({0}, reverse={1})", makes_new=True, size="weight({0}) * len({0}).bit_length()"),
        Operation("freeze_list", "tuple({0})", size="len({0})"),
        Operation("thaw_list", "list({0})", makes_new=True, size="len({0})"),
        Operation("thaw_set", "dict.fromkeys({0}, ())", makes_new=True, size="len({0})"),
        Operation("list_reversed", "{0}[::-1]", size="len({0})"),
        Operation("list_any", "any({0})", size="len({0})"),
        Operation("list_all", "all({0})", size="len({0})"),
        Operation("str_find", "{0}.find({1})", size="len({0}) + len({1})"),
        Operation("str_rfind", "{0}.rfind({1})", size="len({0}) + len({1})"),
        Operation("str_count", "{0}.count({1})", size="len({0}) + len({1})"),
        Operation("str_starts_with", "{0}.startswith({1})", size="len({1})"),
        Operation("str_ends_with", "{0}.endswith({1})", size="len({1})"),
        Operation("str_join", "{0}.join({1})", size="(len({0}) + 1) * len({1}) + sum(map(len, {1}))"),
        Operation("str_is_ascii", "{0}.isascii()"),
        Operation("str_characters", "list({0})", makes_new=True, size="4 * len({0})"),
    )
}


def _called(primitive: PrimitiveOperation) -> Operation:
    """An operation that has no text of its own: a call of its meaning.

    A list that it gives may hold the containers of its operands, even one of them twice: it is not `makes_new`, so
    that it is copied where it is stored. The members of a set are no containers.
    """
    operands = ", ".join(f"{{{position}}}" for position in range(primitive.arity))
    size = f"size_{primitive.name}({operands})" if primitive.charge is not None else ""
    makes_new = isinstance(primitive.signatures[0].result, SetOf)
    return Operation(
        primitive.name, f"do_{primitive.name}({operands})", fails=bool(primitive.traps), makes_new=makes_new, size=size
    )


_CALLED: Final = tuple(primitive for name, primitive in PRIMITIVES.items() if name not in _WRITTEN)

OPERATIONS: Final[dict[str, Operation]] = {**_WRITTEN, **{each.name: _called(each) for each in _CALLED}}
"""Every operation of the table: as it is written above, or as a call."""


def range_text(start: str, stop: str, step: str) -> str:
    """The expression of a range."""
    if step != "1":
        return f"range({start}, {stop}, {step})"
    return f"range({stop})" if start == "0" else f"range({start}, {stop})"


def range_length(start: str, stop: str, step: str) -> tuple[str, bool]:
    """The expression of how many elements a range has, and whether it can also be negative, which means none."""
    if all(text.lstrip("-").isdigit() for text in (start, stop, step)):
        return str(_range_size(int(start), int(stop), int(step)) // RANGE_ELEMENT), False
    if step == "1":
        return stop if start == "0" else f"{stop} - {start}", True
    if step == "-1":
        return f"{start} - {stop}", True
    return f"range_size({start}, {stop}, {step}) // {RANGE_ELEMENT}", False


def namespace() -> dict[str, Any]:
    """What the texts above refer to besides Python's own functions."""
    names: dict[str, Any] = {"power": PRIMITIVES["power"].meaning, "range_size": _range_size, "number": number}
    names |= {"as_time": as_time, "as_duration": as_duration}
    for primitive in _CALLED:
        names[f"do_{primitive.name}"] = primitive.meaning
        if primitive.charge is not None:
            names[f"size_{primitive.name}"] = primitive.charge.of
    return names
