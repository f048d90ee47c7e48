"""Groups of items within dicts, lists and names, as services have them: the same as in Python, or refused."""

from __future__ import annotations

import copy
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, note, settings

from generators.differential import agree, call
from generators.group_machine import HEAD, fields
from generators.group_programs import group_programs
from generators.python_programs import Statement, accepted


@given(group_programs())
@settings(max_examples=settings().max_examples // 10)  # each is compiled several times
def test_what_is_within_other_things_is_what_python_means(statements: list[Statement]) -> None:
    with TemporaryDirectory() as directory:
        compiled = accepted(copy.deepcopy(statements), Path(directory), HEAD)
        note((Path(directory) / "box.py").read_text().partition('Item("l1")})}\n')[2])
    (box,) = compiled.machines
    names = getattr(box.cls, "run").__globals__  # noqa: B009  # mypy knows no method of it
    item, group = names["Item"], names["Group"]
    agree(
        box.cls,
        call("run", 0, item("given", 20), group(item("lent", 1), [item("lent0", 1), item("lent1", 2)])),
        call("run", 2, item("given"), group(item("lent", 1), [item("lent0", 1), item("lent1", 2)])),
        call("run", 1, item("g", 5), group(item("lent", 1), [], {1: item("lent2")})),
        **fields(item, group),
    )
