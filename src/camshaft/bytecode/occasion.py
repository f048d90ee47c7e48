"""The occasion of a step: when it happens, at which instance, and its random numbers. What a step may ask of it.

A step gets its occasion from whoever runs it, as it gets its arguments: from the journal, where the time and the seed
of each batch stand. So a replay asks again and is told the same.

Rule: nothing here reads a clock or a source of randomness.

The random numbers of a seed are counted: the n-th draw is SHAKE-256 of the seed and of n in eight bytes, as many bytes
as are needed. A hash gives every implementation the same numbers for ever, which no generator of a library promises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import shake_256
from typing import Any, Final, NamedTuple

from camshaft.bytecode.effects import DRAWS_SLOT, OCCASION_SLOT, Effects
from camshaft.errors import BadValue
from camshaft.values.types import FLOAT, INT, STR, TIME, Type

_FIRST_OPCODE: Final = 32


class Draws:
    """The random numbers of a seed, one after the other. `count`: how many draws there were.

    They are as unpredictable as the seed: whoever can read it, as from a journal, can tell them.
    """

    __slots__ = ("count", "seed")

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self.count = 0

    def random(self) -> float:
        """A float in [0, 1): the first 53 bits of a draw, as a fraction."""
        return (int.from_bytes(self._bytes(8), "big") >> 11) * 2.0**-53

    def between(self, start: int, stop: int) -> int:
        """An integer in [start, stop), each as likely as any other.

        Each draw gives the fewest bits that can hold the last offset from `start`; one that is beyond it is thrown
        away. A remainder would make small numbers likelier, if only by a little.

        Raises:
            BadValue: there is none.
        """
        last = stop - start - 1
        if last < 0:
            raise BadValue(f"no integer is at least {_shown(start)} and below {_shown(stop)}")
        bits = last.bit_length()
        count = (bits + 7) // 8
        while True:
            offset = int.from_bytes(self._bytes(count), "big") >> (8 * count - bits)
            if offset <= last:
                return start + offset

    def uuid(self) -> str:
        """A UUID of version 4 (RFC 9562): 122 of a draw's 128 bits are random, the others say that they are."""
        bits = int.from_bytes(self._bytes(16), "big")
        bits = bits & ~(0xF << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def _bytes(self, count: int) -> bytes:
        drawn = shake_256(self.seed + self.count.to_bytes(8, "big")).digest(count)
        self.count += 1
        return drawn


class Occasion(NamedTuple):
    """What surrounds one step: its time in microseconds since 1970, UTC; the key of the instance's address, "" for the
    one without a key; the random numbers that it draws."""

    time_us: int
    key: str
    draws: Draws


def entry_seed(batch_seed: bytes, index: int) -> bytes:
    """The seed of an entry: that of its batch, and its index in the batch in eight bytes."""
    return batch_seed + index.to_bytes(8, "big")


@dataclass(frozen=True, slots=True)
class Question:
    """What a step can ask of its occasion: an instruction, in one row.

    `operands` and `result` are types. `answer` takes the occasion and the operands; `text` is the same as generated
    Python, the occasion in `o` and the operands in braces. The time and the key are the same all through a step; a draw
    is another one each time, so that it is kept in its place and never left out.
    """

    opcode: int
    name: str
    operands: tuple[Type, ...]
    result: Type
    answer: Callable[..., Any]
    text: str
    cost: int
    summary: str
    draws: bool = False
    traps: frozenset[str] = frozenset()

    @property
    def effects(self) -> Effects:
        """Reading the occasion, or reading and moving on in its random numbers."""
        if not self.draws:
            return Effects(reads=frozenset({OCCASION_SLOT}), traps=self.traps)
        return Effects(reads=frozenset({DRAWS_SLOT}), writes=frozenset({DRAWS_SLOT}), traps=self.traps)


# A draw costs about as much time as twenty units of other code.
_ROWS: Final = (
    Question(
        _FIRST_OPCODE,
        "now",
        (),
        TIME,
        lambda occasion: occasion.time_us,
        "o.time_us",
        1,
        "the time of the step: that of its entry in the journal",
    ),
    Question(
        _FIRST_OPCODE + 1,
        "key",
        (),
        STR,
        lambda occasion: occasion.key,
        "o.key",
        1,
        "the key of the instance's address, the empty text where it has none",
    ),
    Question(
        _FIRST_OPCODE + 2,
        "random",
        (),
        FLOAT,
        lambda occasion: occasion.draws.random(),
        "o.draws.random()",
        20,
        "a random float in [0, 1): 53 bits as a fraction",
        draws=True,
    ),
    Question(
        _FIRST_OPCODE + 3,
        "random_between",
        (INT, INT),
        INT,
        lambda occasion, start, stop: occasion.draws.between(start, stop),
        "o.draws.between({0}, {1})",
        20,
        "a random integer from the first on and below the second, each as likely as any other",
        draws=True,
        traps=frozenset({"ValueError"}),
    ),
    Question(
        _FIRST_OPCODE + 4,
        "uuid",
        (),
        STR,
        lambda occasion: occasion.draws.uuid(),
        "o.draws.uuid()",
        20,
        "a random UUID of version 4, as text in lower case with hyphens",
        draws=True,
    ),
)

QUESTIONS: Final[dict[str, Question]] = {question.name: question for question in _ROWS}
"""Every question by its name."""
QUESTIONS_BY_OPCODE: Final[dict[int, Question]] = {question.opcode: question for question in _ROWS}


def _shown(number: int) -> str:
    return str(number) if number.bit_length() < 64 else f"an integer of {number.bit_length()} bits"
