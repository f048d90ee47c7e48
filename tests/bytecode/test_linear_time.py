"""Hostile programs are judged in time linear in their bytes, whether they are accepted or rejected.

Each shape is made in two sizes, one sixteen times the other. Times below five thousandths of a second count as that:
what is compared then is the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from camshaft.bytecode.instructions import MNEMONICS
from camshaft.bytecode.verifier import load
from camshaft.errors import Rejected

LARGER = 16
WIDE = 4_000
UNIT_ROW, INT_ROW = [3, [], []], [0]
WIDE_ROW = [3, [str(index) for index in range(WIDE)], [1] * WIDE]
NOTHING = [0, b"\x90"]
FIRST_ROWS = [UNIT_ROW, INT_ROW]


def packed(
    rows: list[Any], *, functions: Any = (), methods: Any = (), types: Any = (), labels: Any = (), shapes: Any = (),
    constants: Any = (NOTHING,), places: Any = (), refusals: Any = (),
) -> bytes:  # fmt: skip
    """The bytes of a program whose state is unit; types are rows of its table, and `constants` begins with unit."""
    pools = [types, labels, shapes, constants, places, refusals]
    core = ["m", rows, 0, code("CONST 0"), functions, methods, pools]
    return msgspec.msgpack.encode(["camshaft", 1, msgspec.msgpack.encode(core), {}])


def code(text: str) -> list[int]:
    """Code from mnemonics and numbers."""
    return [int(word) if word.isdigit() else MNEMONICS[word].opcode for word in text.split()]


def method(text: str, refusals: list[str] | None = None) -> list[Any]:
    """A query without parameters that gives unit."""
    return ["q", "query", [], 0, refusals or [], code(text)]


def names(count: int) -> list[str]:
    return [f"n{index:07}" for index in range(count)]


WIDE_VALUE = [2, msgspec.msgpack.encode([0] * WIDE)]
REJECTIONS = {
    "arrays within arrays": "malformed",
    "arrays within arrays in the notes": "nested too deep",
    "arrays within arrays in the type table": "nested too deep",
    "a count beyond what is there": "malformed",
    "a record with a label twice": "distinct",
    "a record whose last label is its first": "distinct",
    "a record beyond the limit": "at most 10000",
    "types that refer to themselves": "refers to type 0",
    "types that refer forward": "refers to type 1",
    "types that double": "at most 10000",
    "many types that nothing uses": "not the canonical",
    "many types of many fields": "not the canonical",
    "blocks that are opened": "nest deeper",
}
"""What a shape is rejected for; the others are programs."""
SHAPES: dict[str, tuple[Callable[[int], bytes], int]] = {
    # Bytes that are no program.
    "arrays within arrays": (lambda n: b"\x91" * n, 50_000),
    "arrays within arrays in the notes": (lambda n: b"\x94\xa8camshaft\x01\xc4\x00\x81\xa1n" + b"\x91" * n, 50_000),
    "arrays within arrays in the type table": (lambda n: packed([msgspec.Raw(b"\x91" * n + b"\x00")]), 50_000),
    "a count beyond what is there": (lambda n: b"\xdd\xff\xff\xff\xff" + b"\x00" * n, 50_000),
    # Tables of types.
    "a record with a label twice": (lambda n: packed([*FIRST_ROWS, [3, ["a"] * n, [1] * n]]), 2_000),
    "a record whose last label is its first": (
        lambda n: packed([*FIRST_ROWS, [3, [*names(n), names(1)[0]], [1] * (n + 1)]]), 2_000,
    ),
    "a record beyond the limit": (lambda n: packed([*FIRST_ROWS, [3, names(n), [1] * n]]), 10_000),
    "types that refer to themselves": (lambda n: packed([[5, index] for index in range(n)]), 2_000),
    "types that refer forward": (lambda n: packed([[5, index + 1] for index in range(n)]), 2_000),
    "types that double": (lambda n: packed([*FIRST_ROWS, *([3, ["0", "1"], [k, k]] for k in range(1, n))]), 2_000),
    "many types that nothing uses": (lambda n: packed([*FIRST_ROWS, *([3, [name], [1]] for name in names(n))]), 2_000),
    "many types of many fields": (
        lambda n: packed([*FIRST_ROWS, *([3, [*names(500), f"x{k}"], [1] * 501] for k in range(n))]), 20,
    ),
    # Pools that name one large type again and again, in a byte or a few.
    "a wide type in the pool": (lambda n: packed([*FIRST_ROWS, WIDE_ROW], types=[2] * n), 2_000),
    "empty lists of a wide type": (
        lambda n: packed([UNIT_ROW, INT_ROW, WIDE_ROW, [5, 2]], constants=[NOTHING, *[[3, b"\x90"]] * n]), 2_000,
    ),
    "refusals of a wide type": (
        lambda n: packed([*FIRST_ROWS, WIDE_ROW], refusals=[[name, 2] for name in names(n)]), 2_000,
    ),
    "parameters of a wide type": (
        lambda n: packed(
            [*FIRST_ROWS, WIDE_ROW],
            methods=[[name, "query", [["p", 2, None]], 0, [], code("CONST 0")] for name in names(n)],
        ),
        60,
    ),
    "functions from a wide type": (
        lambda n: packed([*FIRST_ROWS, WIDE_ROW], functions=[[name, 2, 0, code("CONST 0")] for name in names(n)]), 200,
    ),
    # Code.
    "code that pushes and pops": (lambda n: packed([UNIT_ROW], methods=[method("CONST 0 " + "PUSH POP " * n)]), 1_500),
    "blocks that are opened": (lambda n: packed([UNIT_ROW], methods=[method("BLOCK " * n)]), 10_000),
    "blocks one after the other": (
        lambda n: packed([UNIT_ROW], methods=[method("CONST 0 " + "BLOCK END " * n)]), 1_500,
    ),
    "exits of one block": (
        lambda n: packed([UNIT_ROW], methods=[method("BLOCK " + "CONST 0 EXIT 0 " * n + "CONST 0 END")]), 1_500,
    ),
    "arms": (
        lambda n: packed(
            [UNIT_ROW, [4, names(n), [0] * n]],
            types=[1], labels=names(n), methods=[
                method("CONST 0 INJECT 0 0 CASE " + " ".join(f"ARM {index}" for index in range(n)) + " END"),
            ],
        ),
        500,
    ),
    "a chain of calls": (
        lambda n: packed(
            [UNIT_ROW],
            functions=[
                [name, 0, 0, code(f"CALL {at - 1}" if at % 90 else "CONST 0")] for at, name in enumerate(names(n))
            ],
        ),
        200,
    ),
    "a wide record that is taken apart and made": (
        lambda n: packed(
            [*FIRST_ROWS, WIDE_ROW], constants=[NOTHING, WIDE_VALUE], shapes=[WIDE_ROW[1]],
            methods=[method(f"CONST 1 {f'UNPACK {WIDE} CONS 0 ' * n} CONST 0")],
        ),
        20,
    ),
    "a wide record in local slots": (
        lambda n: packed(
            [*FIRST_ROWS, WIDE_ROW], types=[2], methods=[method(f"CONST 0 {'LOCALS 0 END ' * n}")],
        ),
        20,
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_hostile_program_is_judged_in_linear_time(shape: str) -> None:
    make, size = SHAPES[shape]
    small, large = make(size), make(LARGER * size)

    def seconds(data: bytes) -> float:
        started = time.process_time()
        if shape in REJECTIONS:
            with pytest.raises(Rejected, match=REJECTIONS[shape]):
                load(data)
        else:
            load(data)
        return time.process_time() - started

    before = min(seconds(small) for _ in range(3))
    # Six times what is linear, for the noise of a shared machine; what is quadratic takes sixteen times as long.
    assert min(seconds(large) for _ in range(2)) < 6 * LARGER * max(before, 0.005)


def test_the_largest_pool_of_the_largest_type_is_judged_in_seconds() -> None:
    data = packed([*FIRST_ROWS, WIDE_ROW], types=[2] * 500_000)
    started = time.process_time()
    load(data)
    assert time.process_time() - started < 8
