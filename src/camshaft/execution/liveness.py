"""Whether a local slot is still read after an instruction: where it is not, what it holds is moved and not copied."""

from __future__ import annotations

from typing import Final

from camshaft.bytecode.instructions import OPENERS, Op
from camshaft.bytecode.verified import VerifiedCode

_PLACED: Final = frozenset({Op.GET, Op.PUT, Op.DELETE, Op.APPEND})
_LOOPS: Final = frozenset({Op.EACH, Op.MAP, Op.WHILE})
_NEVER_SET: Final = 1 << 30
_LOOKAHEAD: Final = 2_000
"""Instructions that are looked at before the answer is that the slot may be read: keeps hostile code linear."""


def is_read_after(code: VerifiedCode, ends: dict[int, list[int]], openers: dict[int, int], at: int, slot: int) -> bool:
    """Whether a slot of that number may be read after the instruction at a position, before it is set as a whole.

    `ends` leads from what opens a construct to where its parts and it itself end, `openers` back from each.
    """
    pending = [at + 1]
    seen: set[int] = set()
    looked_at = 0
    while pending:
        position = pending.pop()
        depth, may_have_left = 0, False
        set_at = _NEVER_SET
        while position < len(code.opcodes):
            looked_at += 1
            if looked_at > _LOOKAHEAD:
                return True
            opcode = code.opcodes[position]
            if opcode in OPENERS:
                depth += 1
            elif opcode == Op.EXIT:
                may_have_left = True
            elif opcode in (Op.ELSE, Op.ARM) and depth == 0:
                # The other branches of the construct that the instruction is in do not run.
                position = ends[openers[position]][-1]
                continue
            elif opcode in (Op.ELSE, Op.ARM, Op.DO) and depth:
                set_at = _NEVER_SET if set_at == depth else set_at
            elif opcode == Op.END and depth:
                set_at = _NEVER_SET if set_at == depth else set_at
                depth -= 1
            elif opcode == Op.END and code.opcodes[openers[position]] in _LOOPS and openers[position] not in seen:
                seen.add(openers[position])
                pending.append(openers[position] + 1)
            elif opcode in _PLACED and code.steps[position][1].slot == slot:
                is_whole = opcode == Op.PUT and not code.steps[position][1].path
                if not is_whole and set_at > depth:
                    return True
                if is_whole and depth == 0 and not may_have_left:
                    break
                if is_whole and depth:
                    # Up to the end of this part of the construct, it was set on each way here.
                    set_at = min(set_at, depth)
            position += 1
    return False
