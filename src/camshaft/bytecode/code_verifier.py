"""The verifier's pass over one piece of code, on the machine that holds types: one rule for each instruction.

Rule: `Never` joins with every type, since nothing arrives; apart from that, paths that meet must agree exactly.

`data_rules` and `control_rules` have the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from camshaft.bytecode.abstract_machine import MAX_CODE
from camshaft.bytecode.control_rules import CONTROL_RULES, ControlRules
from camshaft.bytecode.data_rules import DATA_RULES, DataRules
from camshaft.bytecode.instructions import INSTRUCTIONS
from camshaft.bytecode.occasion import QUESTIONS_BY_OPCODE
from camshaft.bytecode.primitives import PRIMITIVES_BY_OPCODE
from camshaft.bytecode.program import Code
from camshaft.bytecode.verified import VerifiedCode
from camshaft.errors import Rejected


def _rule(opcode: int) -> Callable[..., None]:
    """What the verifier does for an instruction, given itself and the instruction's operands from their pools."""
    primitive, question = PRIMITIVES_BY_OPCODE.get(opcode), QUESTIONS_BY_OPCODE.get(opcode)
    if primitive is not None:
        return lambda verifier: verifier._primitive(primitive)
    if question is not None:
        return lambda verifier: verifier._ask(question)
    return (DATA_RULES | CONTROL_RULES)[opcode]


_ROWS: Final = {opcode: (row, row.operands, _rule(opcode)) for opcode, row in INSTRUCTIONS.items()}


class CodeVerifier(DataRules, ControlRules):
    """Verifies one piece of code; use once."""

    def run(self, code: Code) -> VerifiedCode:
        """The verified code.

        Raises:
            Rejected: what is wrong, and at which instruction.
        """
        if len(code) > MAX_CODE:
            raise Rejected(f"{self._where}: the code has {len(code)} numbers; at most {MAX_CODE} are allowed")
        self._at = 0
        position = 0
        while position < len(code):
            opcode = code[position]
            if opcode not in _ROWS:
                self._reject(f"there is no instruction {opcode}")
            instruction, kinds, rule = _ROWS[opcode]
            following = position + 1 + len(kinds)
            if following > len(code):
                self._reject(f"{instruction.mnemonic} stands at the end without its operands")
            self._charge(instruction.cost)
            if kinds:
                rule(self, *map(self._look_up, kinds, code[position + 1 : following]))
            else:
                rule(self)
            self._opcodes.append(opcode)
            self._registers.append(self._register)
            position = following
            self._at += 1
        if len(self._frames) != 1:
            self._reject(f"{len(self._frames) - 1} constructs are still open at the end")
        if self._stack:
            self._reject(f"{len(self._stack)} values are left on the stack at the end")
        return VerifiedCode(
            self._where,
            self._domain,
            self._register,
            self._row,
            self._frames[0].cost,
            self._call_depth,
            tuple(self._steps),
            tuple(self._opcodes),
            tuple(self._registers),
        )
