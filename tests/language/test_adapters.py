"""What may be an adapter, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import camshaft as cam
from camshaft.language.compile import CompiledFile, CompileError, compile_adapter, compile_file
from camshaft.language.diagnostics import Code
from generators import till_v3, till_v4

HEAD = """
from camshaft import Machine, Refusal, adapter

class Full(Refusal):
    most: int

class Shut(Refusal):
    why: str

class OldBox(Machine, name="box"):
    n: int = 0
    def put(self, count: int) -> int:
        if self.n > 9:
            raise Full(most=9)
        self.n += count
        return self.n
    @property
    def size(self) -> int:
        return self.n

class Box(Machine):
    count: int = 0
    def put(self, count: int, label: str) -> int:
        if label == "":
            raise Shut(why="no label")
        self.count += count
        return self.count
    def _hidden(self) -> int:
        return self.count

class Other(Machine):
    n: int = 0
    def put(self, count: int) -> int:
        return count

def helper(count: int) -> int:
    return count + 1
"""


def compiled(directory: Path, text: str) -> CompiledFile:
    file = directory / "boxes.py"
    file.write_text(f"{HEAD}\n\n{text}\n")
    return compile_file(file)


@pytest.mark.parametrize(
    "text",
    [
        "@adapter(OldBox.put)\ndef put(new: Box, count: int) -> int:\n    return new.put(helper(count), 'x')",
        "@adapter(OldBox.put)\ndef any_name(box: Box, count: int) -> int:\n    return box.put(count, label='x')",
        "@adapter(OldBox.put)\ndef put(self: Box, count: int) -> int:\n    return self.put(count, 'x')",
        "@adapter(OldBox.put)\ndef put(new: Box, count: int) -> int:\n    raise Full(most=count)",
        "@adapter(OldBox.size)\ndef size(new: Box) -> int:\n    return new.put(0, 'x')",
        "@adapter(Shut)\ndef told(refused: Shut) -> Full:\n    return Full(most=len(refused.why))",
        "@adapter(Shut)\ndef told(s: Shut) -> Full:\n    if s.why == 'x':\n        return Full(1)\n    return Full(2)",
    ],
)
def test_what_may_be_an_adapter(text: str, tmp_path: Path) -> None:
    (adapter,) = compiled(tmp_path, text).adapters
    assert [each.name for each in adapter.program.functions[: adapter.imports]] in (["put"], [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "@adapter(OldBox.put)\ndef put(new: Box, count: str) -> int:\n    return 1",
            r"`put` serves OldBox.put, which takes \(count: int\) and gives int, and it takes or gives something else",
        ),
        ("@adapter(OldBox.put)\ndef put(new: Box, amount: int) -> int:\n    return 1", "something else"),
        ("@adapter(OldBox.put)\ndef put(new: Box, count: int) -> str:\n    return ''", "something else"),
        ("@adapter(OldBox.put)\ndef put(new: Box) -> int:\n    return 1", "something else"),
        (
            "@adapter(OldBox.put)\ndef put(new: Other, count: int) -> int:\n    return 1",
            "not two versions of one machine",
        ),
        ("@adapter(Box.put)\ndef put(new: Box, count: int, label: str) -> int:\n    return 1", "not two versions"),
        (
            "@adapter(OldBox.put)\ndef put(count: int) -> int:\n    return 1",
            "does not take the new version's machine first",
        ),
        ("@adapter(OldBox.put)\ndef put() -> int:\n    return 1", "does not take the new version's machine first"),
        ("@adapter(Box._hidden)\ndef put(new: Box) -> int:\n    return 1", "no method that clients of a machine call"),
        (
            "@adapter(helper)\ndef put(new: Box, count: int) -> int:\n    return 1",
            "no method that clients of a machine call",
        ),
        (
            "@adapter(OldBox.put)\ndef put(new: Box, count: int) -> int:\n    return new.count",
            "an adapter sees no state",
        ),
        (
            "@adapter(Shut)\ndef told(refused: Full) -> Full:\n    return refused",
            "does not take Shut and give a refusal",
        ),
        ("@adapter(Shut)\ndef told(refused: Shut) -> int:\n    return 1", "does not take Shut and give a refusal"),
        (
            "@adapter(Shut)\ndef told(refused: Shut, more: int) -> Full:\n    return Full(1)",
            "does not take Shut and give",
        ),
    ],
)
def test_what_is_no_adapter_is_told_why(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(CompileError, match=message) as caught:
        compiled(tmp_path, text)
    assert {one.code for one in caught.value.diagnostics} == {Code.ADAPTER}


@pytest.mark.parametrize(
    "body",
    [
        "new.count = 1\n    return 1",
        "return new._hidden()",
        "other = new\n    return 1",
        "self = 1\n    return 1",
        "return new.gone()",
    ],
)
def test_an_adapter_has_nothing_of_the_machine_but_its_methods(body: str, tmp_path: Path) -> None:
    with pytest.raises(CompileError):
        compiled(tmp_path, f"@adapter(OldBox.put)\ndef put(new: Box, count: int) -> int:\n    {body}")


def test_a_machine_cannot_call_an_adapter(tmp_path: Path) -> None:
    text = (
        "@adapter(Shut)\ndef told(refused: Shut) -> Full:\n    return Full(1)\n\n"
        "class Caller(Machine):\n    def go(self) -> None:\n        told(Shut('x'))"
    )
    with pytest.raises(CompileError, match="only clients of an old version run it"):
        compiled(tmp_path, text)


def test_an_adapter_is_a_plain_function() -> None:
    till = till_v4.Till()
    assert till_v4.pay(till, 5) == 5
    assert till_v4.bill(till) == till_v3.Bill(note="not a word", cents=5, by=None)
    with pytest.raises(till_v4.NotEnough) as refused:
        till_v4.take(till, 7)
    assert till_v4.not_enough(refused.value) == till_v3.TooLittle(wanted=7, left=5)
    assert compile_adapter(till_v4.pay) is compile_adapter(till_v4.pay)


def test_what_is_served_is_a_method_or_a_refusal() -> None:
    wrong: Any
    for wrong in (3, till_v3.Till, "pay", None):
        with pytest.raises(TypeError, match="an adapter serves a method of the old version"):
            cam.adapter(wrong)
    with pytest.raises(TypeError, match=r"an adapter is a function with `@adapter"):
        compile_adapter(till_v4.cents)
