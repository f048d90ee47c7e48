"""Hidden methods: plain Python, no part of the interface, and what cannot be one."""

from __future__ import annotations

import pytest

import camshaft as cam
from camshaft import CompileError, compile_machine, compile_source, simulate
from generators.meters import Meter2

LAMP = """
from camshaft import Machine, hidden, invariant

class Lamp(Machine):
    is_on: bool = False

    def switch(self) -> None:
        self.is_on = not self.is_on

    {decorator}
    def ok(self) -> bool:
        return True
"""


def test_hidden_methods_are_methods_in_plain_python_and_in_a_simulation() -> None:
    for meter in (Meter2(), simulate(Meter2)):
        meter.tick("attic")
        assert meter.total() == 1
        meter.clear()
        assert meter.total() == 0


def test_they_are_part_of_the_program_and_of_its_origin() -> None:
    assert compile_machine(Meter2).program.hidden == ("clear", "total")
    plain, marked = (
        compile_machine(cls).program
        for decorator in ("", "@hidden")
        for cls in compile_source(LAMP.format(decorator=decorator))
    )
    assert plain.origin != marked.origin
    assert plain.methods == marked.methods


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("@hidden", "@invariant\n    @hidden"), "`ok` is marked with `@hidden`, and is an invariant"),
        (("def ok", "def _ok"), "`_ok` is marked with `@hidden`, and is a helper"),
    ],
)
def test_what_cannot_be_hidden_is_refused(change: tuple[str, str], said: str) -> None:
    source = LAMP.format(decorator="@hidden")
    assert change[0] in source
    with pytest.raises(CompileError, match=said):
        compile_source(source.replace(*change))


def test_a_proxy_has_no_hidden_methods() -> None:
    with cam.Node() as node:
        node.deploy(Meter2)
        meter = node.instance(Meter2)
        meter.tick("attic")
        with pytest.raises(AttributeError, match="`clear` is hidden: adapters call it"):
            meter.clear()
