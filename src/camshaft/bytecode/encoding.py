"""Programs to canonical bytes and back.

    ["camshaft", format version, core, notes]

`core` is MessagePack in a `bin`: the program, with its types in a table in which each refers only to those before it.
The id of a program is the SHA-256 of `core` under its format version; notes are for people and tools and not part of
it. A core has exactly the sections of its format version: one with more of them is rejected, notes may hold anything.
The last sections, the invariants and the hidden methods, are there only where there are any, so that a program without
them has the bytes that it had before there were any.

Decoding trusts nothing: sizes are bounded before anything is built, there is no recursion over what was sent, and
bytes that are not the canonical encoding of the program they hold are rejected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Final, TypeVar

import msgspec
from msgspec.structs import astuple

from camshaft.bytecode.program import (
    FORMAT_VERSION,
    ConstantValue,
    Function,
    Method,
    MethodKind,
    Parameter,
    Place,
    Pools,
    Program,
    Refusal,
)
from camshaft.bytecode.type_table import TypeTable, types_from_rows
from camshaft.errors import Rejected
from camshaft.values.codec import decode, decode_raw, encode, encode_raw
from camshaft.values.type_trees import check_well_formed
from camshaft.values.types import Record, Type

MAX_PROGRAM_BYTES: Final = 8 * 1024 * 1024
MAX_NOTES_DEPTH: Final = 32
"""So deep may notes nest. What a decoder takes otherwise depends on the version of Python that it runs on."""
MAGIC: Final = "camshaft"

T = TypeVar("T")


class _Parameter(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    name: str
    type: int
    default: bytes | None


class _Method(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    name: str
    kind: str
    parameters: list[_Parameter]
    result: int
    refusals: list[str]
    code: list[int]


class _Function(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    name: str
    domain: int
    codomain: int
    code: list[int]


class _Pools(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    types: list[int]
    labels: list[str]
    shapes: list[list[str]]
    constants: list[tuple[int, bytes]]
    places: list[tuple[int, list[str | None]]]
    refusals: list[tuple[str, int]]


class _Core(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    name: str
    types: list[msgspec.Raw]
    state: int
    initial: list[int]
    functions: list[_Function]
    methods: list[_Method]
    pools: _Pools
    invariants: list[str] = []
    hidden: list[str] = []


class _Container(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    magic: str
    version: int
    core: bytes
    notes: dict[str, Any]


_container_decoder: Final = msgspec.msgpack.Decoder(_Container, strict=True)
_core_decoder: Final = msgspec.msgpack.Decoder(_Core, strict=True)


def encode_program(program: Program) -> bytes:
    """The canonical bytes of a program, notes included."""
    return msgspec.msgpack.encode(_Container(MAGIC, FORMAT_VERSION, _encode_core(program), program.notes))


def program_id(program: Program) -> str:
    """The SHA-256 of a program's canonical bytes without its notes, in hex."""
    identified = msgspec.msgpack.encode((MAGIC, FORMAT_VERSION, _encode_core(program)))
    return hashlib.sha256(identified).hexdigest()


def decode_program(data: bytes) -> Program:
    """The program that these bytes hold. It is not verified yet.

    Raises:
        Rejected: the bytes are malformed, too many, of a newer format, or not canonical.
    """
    if len(data) > MAX_PROGRAM_BYTES:
        raise Rejected(f"a program of {len(data)} bytes; at most {MAX_PROGRAM_BYTES} are allowed")
    container = _decoded(_container_decoder, data, "a program")
    if container.magic != MAGIC:
        raise Rejected("these bytes are not a Camshaft program")
    if container.version != FORMAT_VERSION:
        raise Rejected(
            f"the program has format version {container.version}; this Camshaft reads version {FORMAT_VERSION}: "
            "use a Camshaft that knows it"
        )
    _check_depth(container.notes)
    program = _program(_decoded(_core_decoder, container.core, "a program's core"), container.notes)
    if encode_program(program) != data:
        raise Rejected("these bytes are not the canonical encoding of the program they hold")
    return program


def _decoded(decoder: msgspec.msgpack.Decoder[T], data: bytes, what: str) -> T:
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, ValueError) as error:
        raise Rejected(f"malformed bytes where {what} should be: {error}") from None
    except RecursionError:
        # msgspec counts its own nesting and stops with this error, long before the stack is in danger.
        raise Rejected(f"malformed bytes where {what} should be: nested too deep") from None


def _check_depth(notes: dict[str, Any]) -> None:
    """Reject notes that nest too deep, without recursion."""
    level: list[Any] = [notes]
    for _ in range(MAX_NOTES_DEPTH):
        level = [part for whole in level for part in _parts(whole)]
    if any(isinstance(part, list | tuple | dict) for part in level):
        raise Rejected(f"malformed bytes where a program should be: its notes nest more than {MAX_NOTES_DEPTH} deep")


def _parts(whole: Any) -> Iterable[Any]:
    if isinstance(whole, dict):
        return chain(whole.keys(), whole.values())
    return whole if isinstance(whole, list | tuple) else ()


# ---- program -> core -------------------------------------------------------------------------------------------------


def _encode_core(program: Program) -> bytes:
    table = TypeTable()
    pools = program.pools
    core = _Core(
        program.name,
        [],
        table.index(program.state),
        list(program.initial),
        [_Function(f.name, table.index(f.domain), table.index(f.codomain), list(f.code)) for f in program.functions],
        [
            _Method(
                method.name,
                method.kind.value,
                [_parameter(parameter, table) for parameter in method.parameters],
                table.index(method.result),
                list(method.refusals),
                list(method.code),
            )
            for method in program.methods
        ],
        _Pools(
            [table.index(type_) for type_ in pools.types],
            list(pools.labels),
            [list(shape) for shape in pools.shapes],
            [(table.index(constant.type), encode(constant.type, constant.value)) for constant in pools.constants],
            [(place.slot, list(place.steps)) for place in pools.places],
            [(refusal.name, table.index(refusal.payload)) for refusal in pools.refusals],
        ),
        list(program.invariants),
        list(program.hidden),
    )
    core.types = [msgspec.Raw(encode_raw(row)) for row in table.rows]
    if core.hidden:
        return msgspec.msgpack.encode(core)
    return msgspec.msgpack.encode(astuple(core)[: -1 if core.invariants else -2])


def _parameter(parameter: Parameter, table: TypeTable) -> _Parameter:
    default = None if parameter.default is None else encode(parameter.default.type, parameter.default.value)
    return _Parameter(parameter.name, table.index(parameter.type), default)


# ---- core -> program -------------------------------------------------------------------------------------------------


def _program(core: _Core, notes: dict[str, Any]) -> Program:
    types = types_from_rows([decode_raw(bytes(row)) for row in core.types])

    def type_at(index: int) -> Type:
        if not 0 <= index < len(types):
            raise Rejected(f"there is no type {index} in the table: it has {len(types)}")
        return types[index]

    def record_at(index: int) -> Record:
        type_ = type_at(index)
        if not isinstance(type_, Record):
            raise Rejected(f"the payload of a refusal is a record, not {type_!r}")
        return type_

    def constant(index: int, data: bytes) -> ConstantValue:
        type_ = type_at(index)
        # Decoding a map whose keys are lists would be a fault of Python's, not a rejection.
        check_well_formed(type_, lambda reason: Rejected(f"a constant: {reason}"))
        return ConstantValue(type_, decode(type_, data))

    pools = core.pools
    return Program(
        name=core.name,
        state=type_at(core.state),
        initial=_code(core.initial),
        functions=tuple(
            Function(f.name, type_at(f.domain), type_at(f.codomain), _code(f.code)) for f in core.functions
        ),
        methods=tuple(
            Method(
                method.name,
                _kind(method.kind),
                tuple(
                    Parameter(p.name, type_at(p.type), None if p.default is None else constant(p.type, p.default))
                    for p in method.parameters
                ),
                type_at(method.result),
                tuple(method.refusals),
                _code(method.code),
            )
            for method in core.methods
        ),
        pools=Pools(
            types=tuple(type_at(index) for index in pools.types),
            labels=tuple(pools.labels),
            shapes=tuple(tuple(shape) for shape in pools.shapes),
            constants=tuple(constant(index, data) for index, data in pools.constants),
            places=tuple(_place(slot, steps) for slot, steps in pools.places),
            refusals=tuple(Refusal(name, record_at(index)) for name, index in pools.refusals),
        ),
        notes=notes,
        invariants=tuple(core.invariants),
        hidden=tuple(core.hidden),
    )


def _code(numbers: Sequence[int]) -> tuple[int, ...]:
    if numbers and min(numbers) < 0:
        raise Rejected("code is made of numbers from 0 on")
    return tuple(numbers)


def _place(slot: int, steps: Iterable[str | None]) -> Place:
    if slot < 0:
        raise Rejected("a place is in a slot from 0 on")
    return Place(slot, tuple(steps))


def _kind(name: str) -> MethodKind:
    try:
        return MethodKind(name)
    except ValueError:
        raise Rejected(f"{name[:40]!r} is not a kind of method: command or query") from None
