"""An empty container's type is seen where something is put into it, before it is read."""

from __future__ import annotations

import pytest

from camshaft import Machine, compile_source, simulate
from camshaft.language.diagnostics import CompileError

HEAD = """
from camshaft import Machine

class Box(Machine):
    words: list[str] = ["a", "b", "a"]

    def go(self, n: int) -> {result}:
"""


def _box(result: str, *lines: str) -> type[Machine]:
    text = HEAD.format(result=result) + "".join(f"        {line}\n" for line in lines)
    (box,) = compile_source(text)
    return box


@pytest.mark.parametrize(
    ("result", "lines", "gives"),
    [
        ("list[int]", ["xs = []", "xs.append(n)", "return xs"], [2]),
        ("list[int]", ["xs = list()", "xs.insert(0, n)", "return xs"], [2]),
        ("list[str]", ["xs = []", "xs += self.words", "return xs"], ["a", "b", "a"]),
        ("list[int]", ["xs = []", "if n > 2:", "    return xs", "xs.append(n)", "return xs"], [2]),
        (
            "dict[str, int]",
            ["d = {}", "for w in self.words:", "    d[w] = d.get(w, 0) + n", "return d"],
            {"a": 4, "b": 2},
        ),
        (
            "dict[str, list[int]]",
            ["d = {}", "for w in self.words:", "    d.setdefault(w, []).append(n)", "return d"],
            {"a": [2, 2], "b": [2]},
        ),
        (
            "int",
            [
                "seen = set()",
                "for w in self.words:",
                "    if w not in seen:",
                "        seen.add(w)",
                "return len(seen)",
            ],
            2,
        ),
    ],
)
def test_the_type_is_that_of_what_is_put_in(result: str, lines: list[str], gives: object) -> None:
    box = _box(result, *lines)
    for one in (box(), simulate(box)):
        go = getattr(one, "go")  # noqa: B009  # mypy knows no method of it
        assert go(2) == gives


@pytest.mark.parametrize(
    "lines",
    [
        ["xs = []", "return 1"],
        ["xs = []", "k = len(xs)", "return k"],
        ["d = {}", "d[0.5] = n", "return n"],
        ["s = set()", "s.add([n])", "return n"],
        ["xs = []", "xs.append([])", "return n"],
    ],
)
def test_what_never_shows_a_type_is_refused(lines: list[str]) -> None:
    with pytest.raises(CompileError) as caught:
        _box("int", *lines)
    assert {found.code.number for found in caught.value.diagnostics} == {"CAM025"}
