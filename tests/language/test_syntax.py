"""The nodes of a tree are those of `ast.walk`, in its order, without contexts and operators."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from camshaft.language import syntax

FILES = sorted(Path(syntax.__file__).parent.glob("*.py"))
LEFT_OUT = ast.expr_context | ast.operator | ast.boolop | ast.unaryop | ast.cmpop


@pytest.mark.parametrize("file", FILES[::10], ids=lambda file: file.stem)
def test_the_nodes_are_those_of_walk_without_contexts_and_operators(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    expected = [node for node in ast.walk(tree) if not isinstance(node, LEFT_OUT)]
    assert syntax.nodes_of(tree) == expected


def test_fields_that_hold_no_nodes_are_none_of_these() -> None:
    source = (
        "from a import b as c\nglobal_ = {**d, 'e': None}\nf'{x!r:>5}'\nmatch x:\n    case {'k': 1, **rest}: pass\n"
        "    case C(y=2) | [*_]: pass\ndef f(p: int = 3, *, q: str) -> None:\n    global g\n"
    )
    tree = ast.parse(source)
    assert syntax.nodes_of(tree) == [node for node in ast.walk(tree) if not isinstance(node, LEFT_OUT)]


def test_the_children_of_a_node_are_worked_out_once() -> None:
    tree = ast.parse("x = 1")
    assert syntax.children(tree) is syntax.children(tree)
