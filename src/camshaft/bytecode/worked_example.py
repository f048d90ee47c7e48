"""The counter's bytes, explained one by one for `docs/bytecode.md`.

The pieces are encoded one after the other and must add up to the encoding of the whole: an explanation that is wrong
about a byte does not get written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import msgspec

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.instructions import INSTRUCTIONS
from camshaft.bytecode.program import Code
from camshaft.bytecode.text import assemble_text

COUNTER: Final = """\
camshaft 1
machine counter
state {count: Int}

initial
    CONST 0
    CONS {count}

command incr() -> ()
    PUSH
    GET self.count
    SWAP
    CONST 1
    ADD
    CAP
    PUT self.count

query value() -> Int
    GET self.count
"""

_ID: Final = """\
The id of the program is the SHA-256 of the same without its last byte, the notes, and with `93` for `94`, since the
array has three elements then:"""

_Pieces: TypeAlias = Iterator[tuple[bytes, str]]
_SEPARATOR: Final = " · "


def worked_example() -> str:
    """The text of the counter, and its bytes with what each means, as Markdown."""
    program = assemble_text(COUNTER)
    data = encode_program(program)
    pieces = list(_container(data))
    assert b"".join(piece for piece, _ in pieces) == data, "the pieces are not the whole"
    lines = []
    at = 0
    for piece, meaning in pieces:
        lines.append(f"{at:4}  {piece.hex(' '):38}  {meaning}")
        at += len(piece)
    return "\n\n".join(
        (
            f"```\n{COUNTER}```",
            f"Its {len(data)} bytes, with the position of the first of each line:",
            "\n".join(["```", *lines, "```"]),
            _ID,
            f"```\n{program_id(program)}\n```",
        )
    )


def _container(data: bytes) -> _Pieces:
    magic, version, core, notes = msgspec.msgpack.decode(data)
    yield b"\x94", "an array of four"
    yield _encoded(magic), f'the word "{magic}"'
    yield _encoded(version), "the format version"
    yield b"\xc4" + bytes([len(core)]), f"a binary of {len(core)} bytes, the core:"
    yield from _core(msgspec.msgpack.decode(core))
    yield _encoded(notes), "the notes: an empty map"


def _core(core: list[Any]) -> _Pieces:
    name, types, state, initial, functions, methods, pools = core
    yield b"\x97", "  an array of seven"
    yield _encoded(name), f'  the name "{name}"'
    yield _array(types), f"  {len(types)} types:"
    meanings = ("Int", "a record, count: type 0", "a record without fields: unit")
    for index, (row, meaning) in enumerate(zip(types, meanings, strict=True)):
        yield _encoded(row), f"    type {index}: {meaning}"
    yield _encoded(state), f"  the state is of type {state}"
    yield _encoded(initial), f"  the initial state: {_shown(initial)}"
    yield _array(functions), "  no functions"
    yield _array(methods), f"  {len(methods)} methods:"
    for method in methods:
        yield from _method(method)
    yield from _pools(pools)


def _method(method: list[Any]) -> _Pieces:
    name, kind, parameters, result, refusals, code = method
    yield b"\x96", "    an array of six"
    yield _encoded(name), f'    the name "{name}"'
    yield _encoded(kind), f'    "{kind}"'
    yield _encoded(parameters), "    no parameters"
    yield _encoded(result), f"    the result is of type {result}"
    yield _encoded(refusals), "    no refusals"
    half = len(code) // 2 if len(code) > 8 else len(code)
    encoded = _encoded(code)
    # Every number of this code is one byte long: byte n + 1 of its encoding is number n.
    yield encoded[: half + 1], f"    code: {_shown(code)}"
    if half < len(code):
        yield encoded[half + 1 :], "    …"


def _pools(pools: list[Any]) -> _Pieces:
    types, labels, shapes, constants, places, refusals = pools
    yield b"\x96", "  six pools"
    yield _encoded(types), "    types: none"
    yield _encoded(labels), "    labels: none"
    yield _encoded(shapes), '    shapes: 0 is {"count"}'
    yield _array(constants), f"    {len(constants)} constants:"
    for index, constant in enumerate(constants):
        yield _encoded(constant), f"      constant {index}: of type {constant[0]}, a binary: {constant[1].hex()}"
    yield _encoded(places), "    places: 0 is in slot 0, the field count"
    yield _encoded(refusals), "    refusals: none"


def _encoded(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)


def _array(values: list[Any]) -> bytes:
    return bytes([0x90 + len(values)])


def _shown(code: Code) -> str:
    shown = []
    position = 0
    while position < len(code):
        row = INSTRUCTIONS[code[position]]
        end = position + 1 + len(row.operands)
        shown.append(" ".join([row.mnemonic, *map(str, code[position + 1 : end])]))
        position = end
    return _SEPARATOR.join(shown)
