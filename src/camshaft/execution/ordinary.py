"""Ordinary integers: what speculative code takes for granted, and why that goes on to hold.

An integer may have 4,096 bits, and hardly any has more than 64. Code that knows nothing of the integers that it finds
has to look at each sum for its size; code that knows them to be ordinary can see that no sum of a few of them comes
near the limit. Speculative code checks integers where a step is given them and where it stores what may not be
ordinary; when a check fails it takes back what it did and raises `NotOrdinary`. What then happens is in `speculation`.

Why it is sound. Let h be the largest magnitude of an integer in a state, at least 2**1024. Every integer that code
finds in a field or a container, its own local ones included, is within h. It puts an integer there only where that is
within h + 2**256, whatever h is; so h grows by at most 2**256 each time. A step is charged for each time and a machine
lives for fewer than 2**64 steps of fewer than 2**64 units: from 2**1024 on, h stays below `HULL`, 2**2048. Bounds are
reckoned with `HULL` in the place of h. What holds of `HULL` holds of every smaller h because each side of them is kept
as a multiple of `HULL` and a rest below 2**256, rounded outward: then it says the same of h.
"""

from __future__ import annotations

from typing import Any, Final

from camshaft.bytecode.program import Program
from camshaft.execution.bounds import Assumptions, Bounds

ORDINARY: Final = 2**1024
"""The magnitude up to which integers are ordinary when a state comes from elsewhere, or where code looks at one."""
HULL: Final = 2**2048
REST: Final = 2**256
"""The magnitude up to which an argument is ordinary, and by which integers in a state may grow unseen each time."""


class NotOrdinary(Exception):
    """An integer is not what speculative code takes for granted; the state is as it was."""


def _outward(high: int) -> int:
    """The least side of that form which is not below a high one."""
    if high <= REST:
        return max(high, -REST)
    if high <= ORDINARY:
        return HULL
    multiple, rest = divmod(high + REST, HULL)
    if multiple >= 1 and rest <= 2 * REST:
        return high
    return max(2, -(-high // HULL)) * HULL


def rounded(bounds: Bounds) -> Bounds:
    """Bounds whose sides are multiples of `HULL`, and rests."""
    return Bounds(-_outward(-bounds.low), _outward(bounds.high))


def stays_ordinary(bounds: Bounds) -> tuple[bool, bool]:
    """Whether an integer within bounds, without a base, may be put into a container: whether its low side says so, and
    its high side."""
    return _outward(-bounds.low) <= HULL + REST, _outward(bounds.high) <= HULL + REST


SPECULATIVE: Final = Assumptions(
    stored=Bounds(-HULL, HULL),
    argument=Bounds(-REST, REST),
    step=2**64 * HULL,
    rounded=rounded,
    stays=stays_ordinary,
    speculative=True,
)


def suits(program: Program) -> bool:
    """Whether a program may be speculative code: its constants have ordinary integers only."""
    return all(is_ordinary(constant.value) for constant in program.pools.constants)


def is_ordinary(value: Any) -> bool:
    """Whether all integers in a value are ordinary."""
    pending = [value]
    while pending:
        match pending.pop():
            case bool() | str() | bytes() | float():
                pass
            case int() as number:
                if not -ORDINARY <= number <= ORDINARY:
                    return False
            case dict() as entries:
                pending.extend(entries)
                pending.extend(entries.values())
            case several:
                pending.extend(several)
    return True
