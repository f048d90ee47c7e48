"""How code nests, and what can be told from that alone."""

from __future__ import annotations

import pytest

import camshaft as cam
from camshaft.bytecode.verifier import verify
from camshaft.execution.structure import sets_an_integer_in_a_loop
from camshaft.language.programs import compile_machine

SETTING = {
    "for each in self.items:\n            n += each": True,
    "while n < 10:\n            n += 1": True,
    "for each in self.items:\n            if each > n:\n                n = each\n                break": True,
    "for each in self.items:\n            self.total += each + n": False,
    "for each in self.items:\n            names.append(str(each + n))": False,
    "if self.total > n:\n            n = self.total": False,
    "n += 1\n        n += self.total": False,
}


@pytest.mark.parametrize("body", SETTING)
def test_local_integers_that_a_loop_sets_are_found(body: str) -> None:
    (reckoner,) = cam.compile_source(
        "from camshaft import Machine\n\n"
        "class Reckoner(Machine):\n"
        "    total: int = 0\n"
        "    items: list[int] = []\n\n"
        "    def reckon(self) -> int:\n"
        "        n = 0\n"
        "        names: list[str] = []\n"
        f"        {body}\n"
        "        self.total += n + len(names)\n"
        "        return n\n"
    )
    code = verify(compile_machine(reckoner).program).methods["reckon"].code
    assert sets_an_integer_in_a_loop(code) is SETTING[body]
