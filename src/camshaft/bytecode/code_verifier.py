"""The verifier's pass over one piece of code, on the machine that holds types: one rule for each instruction.

Rule: `Never` joins with every type, since nothing arrives; apart from that, paths that meet must agree exactly.

`data_rules` and `control_rules` have the rules.
"""

from __future__ import annotations

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

_RULES: Final = DATA_RULES | CONTROL_RULES


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
            instruction = INSTRUCTIONS.get(code[position])
            if instruction is None:
                self._reject(f"there is no instruction {code[position]}")
            count = len(instruction.operands)
            operands = code[position + 1 : position + 1 + count]
            if len(operands) < count:
                self._reject(f"{instruction.mnemonic} stands at the end without its operands")
            self._charge(instruction.cost)
            primitive = PRIMITIVES_BY_OPCODE.get(instruction.opcode)
            if primitive is not None:
                self._primitive(primitive)
            elif instruction.opcode in QUESTIONS_BY_OPCODE:
                self._ask(QUESTIONS_BY_OPCODE[instruction.opcode])
            else:
                resolved = [
                    self._look_up(kind, index) for kind, index in zip(instruction.operands, operands, strict=True)
                ]
                _RULES[instruction.opcode](self, *resolved)
            self._opcodes.append(instruction.opcode)
            self._registers.append(self._register)
            position += 1 + count
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
