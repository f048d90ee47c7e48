"""The machine on types: a register, a stack and slots that hold types in the place of values.

`data_rules` and `control_rules` have the rules; this is what they have in common: taking operands, opening and
ending constructs, joining paths, and the bounds on all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from camshaft.bytecode.effects import PURE, Effects
from camshaft.bytecode.instructions import Op, Operand
from camshaft.bytecode.program import Pools
from camshaft.bytecode.verified import Signature
from camshaft.errors import Rejected
from camshaft.values.type_trees import check_size
from camshaft.values.types import (
    NEVER,
    Record,
    Type,
    join,
)

MAX_CODE: Final = 1_000_000
MAX_NESTING: Final = 80
"""How deep constructs may nest: CPython compiles nothing that is indented a hundred times."""
MAX_LOOP_NESTING: Final = 16
"""How deep EACH, MAP and BLOCK may nest: CPython refuses the 21st loop within a loop."""
MAX_STACK: Final = 10_000
MAX_SLOTS: Final = 10_000
MAX_WORK: Final = 5_000_000
MAX_COST: Final = 2**62
"""Where the static cost of code is no longer counted: far beyond any budget."""


_LOOP_LIKE: Final = frozenset({Op.EACH, Op.MAP, Op.WHILE, Op.BLOCK})


@dataclass(slots=True)
class Frame:
    """An open construct. `result` is the join of the paths that have reached its end so far."""

    op: int
    start: int
    stack: int
    slots: int
    cost: int = 0
    entered: Type = NEVER
    result: Type = NEVER
    longest_arm: int = 0
    arms: dict[str, int] = field(default_factory=dict)
    pending: list[int] = field(default_factory=list)
    """The steps whose argument is the position of this construct's end."""
    exits: list[int] = field(default_factory=list)
    around: Any = None
    """Of CURRY: what is set aside while its code is checked by itself."""


@dataclass(slots=True)
class Work:
    """What checking the code of one program has taken so far, beyond a step for each instruction."""

    done: int = 0


class AbstractMachine:
    """The state of the pass over one piece of code, and what its rules are made of."""

    def __init__(
        self,
        where: str,
        domain: Type,
        slots: tuple[Type, ...],
        pools: Pools,
        functions: Sequence[Signature],
        work: Work,
    ) -> None:
        self._where = where
        self._domain = domain
        self._pool_of: dict[Operand, Sequence[Any]] = {
            Operand.TYPE: pools.types,
            Operand.LABEL: pools.labels,
            Operand.SHAPE: pools.shapes,
            Operand.CONSTANT: pools.constants,
            Operand.REFUSAL: pools.refusals,
            Operand.PLACE: pools.places,
            Operand.FUNCTION: functions,
        }
        self._register = domain
        self._stack: list[Type] = []
        self._slots = list(slots)
        self._frames = [Frame(0, 0, 0, len(slots))]
        self._steps: list[tuple[int, Any]] = []
        self._opcodes: list[int] = []
        self._registers: list[Type] = []
        self._at = 0
        self._has_state = bool(slots)
        self._row = PURE
        self._call_depth = 0
        self._work = work

    def _reject(self, reason: str) -> NoReturn:
        raise Rejected(f"{self._where}, instruction {self._at}: {reason}")

    def _look_up(self, kind: Operand, index: int) -> Any:
        pool = self._pool_of.get(kind)
        if pool is None:
            return index  # a count or a depth, which is its own meaning
        if index < len(pool):
            return (index, pool[index]) if kind is Operand.FUNCTION else pool[index]
        if kind is Operand.FUNCTION:
            self._reject(f"there is no function {index} before this code")
        self._reject(f"there is no {kind.value} {index} in the pool: it has {len(pool)}")

    def _emit(self, opcode: int, argument: Any = None) -> None:
        self._steps.append((int(opcode), argument))  # a plain int: an execution compares it in its innermost loop

    def _patch(self, steps: list[int], argument: Any) -> None:
        for step in steps:
            self._steps[step] = (self._steps[step][0], argument)

    def _pop(self) -> Type:
        if len(self._stack) <= self._frames[-1].stack:
            self._reject("the stack is empty here")
        return self._stack.pop()

    def _push(self, type_: Type) -> None:
        if len(self._stack) >= MAX_STACK:
            self._reject(f"the stack grows beyond {MAX_STACK}")
        self._stack.append(type_)

    def _record(self, what: str) -> Record:
        if not isinstance(self._register, Record):
            self._reject(f"{what} needs a record, but the register holds {self._register!r}")
        return self._register

    def _operands(self, count: int) -> tuple[Type, ...]:
        if count == 0:
            return ()
        if count == 1:
            return (self._register,)
        kept = len(self._stack) - count + 1
        if kept < self._frames[-1].stack:
            self._reject("the stack is empty here")
        taken = (*self._stack[kept:], self._register)
        del self._stack[kept:]
        return taken

    def _made(self, type_: Type) -> Type:
        """A type that this code makes: bounded like those that it declares."""
        # Made of well-formed types, so only its size is in question; a type may be as large as all code before it.
        check_size(type_, lambda reason: Rejected(f"{self._where}, instruction {self._at}: {reason}"))
        return type_

    def _charge(self, units: int) -> None:
        """Add to the static cost of the path that is being checked."""
        frame = self._frames[-1]
        frame.cost = min(frame.cost + units, MAX_COST)

    def _spend(self, work: int) -> None:
        """Bound the whole pass: some rules take time in the size of a type, which code can name again and again."""
        self._work.done += work
        if self._work.done > MAX_WORK:
            self._reject("checking this code takes too much work: it takes large records apart too often")

    def _open(self, op: Op) -> Frame:
        if len(self._frames) > MAX_NESTING:
            self._reject(f"constructs nest deeper than {MAX_NESTING}")
        if op in _LOOP_LIKE and sum(frame.op in _LOOP_LIKE for frame in self._frames) >= MAX_LOOP_NESTING:
            self._reject(f"loops and blocks nest deeper than {MAX_LOOP_NESTING}")
        frame = Frame(op, self._at, len(self._stack), len(self._slots), entered=self._register)
        self._frames.append(frame)
        return frame

    def _joined(self, frame: Frame, type_: Type) -> None:
        joined = join(frame.result, type_)
        if joined is None:
            self._reject(f"one path ends with {frame.result!r}, another with {type_!r}")
        frame.result = joined

    def _end_arm(self, frame: Frame) -> None:
        if len(self._stack) != frame.stack:
            self._reject(f"{len(self._stack) - frame.stack} values are left on the stack")
        self._joined(frame, self._register)
        frame.longest_arm = max(frame.longest_arm, frame.cost)
        frame.cost = 0

    def _curried(self) -> int:
        """Where the frames of this function begin: it runs when what was around the place of its making may be gone."""
        return max((index for index, frame in enumerate(self._frames) if frame.op == Op.CURRY), default=0)

    def _own_frames(self) -> list[Frame]:
        return self._frames[self._curried() :]

    def _loop_depth(self) -> int:
        return sum(frame.op in (Op.EACH, Op.MAP, Op.WHILE) for frame in self._own_frames())

    def _does(self, row: Effects) -> None:
        """Add to what this code may do."""
        if row is PURE:
            return
        self._spend(len(row.refuses))
        if not row <= self._row:
            self._spend(len(self._row.refuses))
            self._row |= row
