"""Functions with hundreds of variables, and branches and loops deep within each other: their types stay flat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from camshaft.bytecode.verifier import verify
from camshaft.category import Morphism, morphism
from camshaft.category import morphisms as m
from camshaft.category.assembler import assemble
from camshaft.execution.interpreter import Interpreter
from camshaft.values.types import INT, UNIT, List


def variables(count: int, first: Any) -> list[Any]:
    """So many values, each made of two before it, so that none is written where it is used."""
    made = [first]
    for _ in range(count):
        made.append((made[-1] + made[len(made) // 2]) % 97)
    return made


def total(values: list[Any]) -> Any:
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result % 97


def run(made: Morphism, *arguments: Any) -> Any:
    """What a morphism named f gives, as a query of a machine without state."""
    verified = verify(assemble(m.program("deep", UNIT, (), made)))
    assert max(type_.depth for type_ in verified.methods["f"].code.registers) < 25
    return Interpreter(verified).step("f", arguments, ())[0]


@pytest.mark.parametrize("count", [1, 15, 16, 17, 100, 500])
def test_a_function_of_many_variables_is_what_python_says(count: int) -> None:
    @morphism(INT, name="f")
    def f(x: Any) -> Any:
        return total(variables(count, x))

    assert run(f, 5) == total(variables(count, 5))


@pytest.mark.parametrize("count", [1, 3, 7])
def test_branches_nest_thirty_deep_with_variables_in_each(count: int) -> None:
    def branch(depth: int, x: Any, decide: Callable[[Any, Any, Any], Any]) -> Any:
        made = variables(count, x)
        inner = decide(made[-1] > 20, lambda: branch(depth - 1, made[-1], decide) if depth else x, lambda: made[0])
        return total([*made, inner])

    @morphism(INT, name="f")
    def f(x: Any) -> Any:
        return branch(30, x, m.if_)

    for x in (0, 5, 90):
        assert run(f, x) == branch(30, x, lambda condition, then, otherwise: then() if condition else otherwise())


@pytest.mark.parametrize("count", [1, 3, 7])
def test_loops_nest_fifteen_deep_with_variables_in_each(count: int) -> None:
    def loop(depth: int, x: Any, items: Any, each: Callable[[Any, Any], Any], length: Callable[[Any], Any]) -> Any:
        made = variables(count, x)

        def body(item: Any) -> Any:
            inner = loop(depth - 1, made[-1] + item, items, each, length) if depth else item
            return total([*made, inner, item])

        return length(each(items, body)) + made[-1]

    @morphism(INT, List(INT), name="f")
    def f(x: Any, items: Any) -> Any:
        return loop(14, x, items, m.map_each, m.length) % 1_000

    def each(items: list[int], body: Callable[[int], int]) -> list[int]:
        return [body(item) for item in items]

    assert run(f, 5, [3]) == loop(14, 5, [3], each, len) % 1_000
