"""Machines from a text: compiled, used and refused like those of a file."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

import camshaft as cam
from camshaft.language.compile import CompileError, compile_machine, compile_migration

COUNTER = """\
from dataclasses import dataclass

from camshaft import Machine, Refusal

STEP = 2


@dataclass(frozen=True)
class Seen:
    count: int


class TooFar(Refusal):
    count: int


def doubled(n: int) -> int:
    return n * STEP


class Counter(Machine):
    count: int = 0

    def incr(self, by: int = 1) -> Seen:
        self.count += doubled(by)
        if self.count > 10:
            raise TooFar(self.count)
        return Seen(self.count)
"""


def test_a_text_gives_its_machines_and_they_run() -> None:
    (counter,) = cam.compile_source(COUNTER)
    simulated: object = cam.simulate(counter)
    assert simulated.incr(by=3).count == 6  # type: ignore[attr-defined]  # a text has no types for mypy
    with cam.Node() as node:
        node.deploy(counter)
        instance: object = node.instance(counter)
        assert instance.incr().count == 2  # type: ignore[attr-defined]
        with pytest.raises(cam.Refusal, match="count=12"):
            instance.incr(5)  # type: ignore[attr-defined]


def test_two_texts_of_one_name_do_not_meet_and_one_migrates_to_the_other() -> None:
    (first,) = cam.compile_source(COUNTER, name="counter_text")
    text = (
        f"from camshaft import Machine, migration\nimport {first.__module__} as old\n\n\n"
        "class Counter(Machine):\n    count: int = 0\n    old: int = 0\n\n\n"
        "@migration\ndef split(was: old.Counter) -> Counter:\n    return Counter(count=old.doubled(was.count), old=1)\n"
    )
    (second,) = cam.compile_source(text, name="counter_text")
    assert second.__module__ != first.__module__
    migration = compile_migration(vars(sys.modules[second.__module__])["split"])
    assert migration.old.cls is first
    assert migration.new.cls is second


def test_a_refused_text_is_shown_and_leaves_nothing_behind() -> None:
    before = set(sys.modules)
    with pytest.raises(CompileError) as refused:
        cam.compile_source(COUNTER.replace("self.count += doubled(by)", "self.cuont += doubled(by)"), name="typo")
    assert "  --> <typo>:25:9 in Counter.incr\n25 |         self.cuont += doubled(by)" in str(refused.value)
    with pytest.raises(CompileError, match=r"CAM001[^$]*<typo>:2:"):
        cam.compile_source("x = 1\nclass\n", name="typo")
    with pytest.raises(CompileError, match=r"CAM002[^$]*ZeroDivisionError[^$]*<typo>:1:1"):
        cam.compile_source("x = 1 // 0\n", name="typo")
    with pytest.raises(CompileError, match=r"CAM032[^$]*there is no machine"):
        cam.compile_source("", name="typo")
    assert set(sys.modules) == before


def test_a_trap_of_a_text_shows_its_line() -> None:
    (box,) = cam.compile_source(
        "from camshaft import Machine\n\n\n"
        "class Box(Machine):\n    def f(self, n: int) -> int:\n        return 1 // n\n",
        name="lined_text",
    )
    simulated: object = cam.simulate(box, backend="interpreter")
    with pytest.raises(cam.DividedByZero) as trapped:
        simulated.f(0)  # type: ignore[attr-defined]
    assert trapped.value.__notes__ == ["at <lined_text> line 6, in f"]


def test_what_exec_made_without_a_text_is_refused_and_told_of_compile_source() -> None:
    module = ModuleType("made_by_exec")
    sys.modules[module.__name__] = module
    try:
        exec(COUNTER, vars(module))
        with pytest.raises(CompileError, match=r"CAM004[^$]*camshaft\.compile_source"):
            compile_machine(module.Counter)
    finally:
        del sys.modules[module.__name__]
