"""Where an error happened, read from the traceback of generated code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from camshaft.bytecode.line_map import LineMap, line_map
from camshaft.category.assembler import FunctionSource, MethodSource, ProgramSource, assemble
from camshaft.category.terms import Fork
from camshaft.errors import DividedByZero, MissingKey, Refused, Trap, Where
from camshaft.execution.support import as_trap
from camshaft.execution.whereabouts import frame_name, whereabouts
from camshaft.values.types import UNIT

NOTHING = Fork(())
SOURCE = """\
def helper(d, k):
    return (
        d
        [k]
    )

def method(d, k):
    try:

        return helper(d, k) // k
    except (KeyError, ZeroDivisionError) as error:
        raise as_trap(error) from None

def refuse():
    raise Refused("No", ())
"""

# What whereabouts asks of a program: which lines the code of a name has.
LINES = line_map(
    replace(
        assemble(
            ProgramSource(
                "cart",
                UNIT,
                NOTHING,
                (FunctionSource("helper", UNIT, UNIT, NOTHING),),
                (MethodSource("method", (), UNIT, NOTHING), MethodSource("refuse", (), UNIT, NOTHING)),
            )
        ),
        notes={
            "file": "cart.py",
            "lines": {"function helper": [[0, 3]], "method method": [[0, 10]], "method refuse": [[0, 15]]},
        },
    )
)


def generated(name: str, file: str) -> Callable[..., Any]:
    """A function that was compiled under a file name."""
    namespace: dict[str, Any] = {"as_trap": as_trap, "Refused": Refused}
    exec(compile(SOURCE, file, "exec"), namespace)
    function: Callable[..., Any] = namespace[name]
    return function


def test_the_innermost_frame_of_a_machine_is_the_place() -> None:
    with pytest.raises(MissingKey) as error:
        generated("method", frame_name("cart"))({}, 1)
    assert whereabouts(error.value, LINES) == Where("cart", "helper", 3, "cart.py")


def test_what_a_trap_is_made_from_is_the_place_and_not_where_it_is_made() -> None:
    with pytest.raises(DividedByZero) as error:
        generated("method", frame_name("cart"))({0: 5}, 0)
    assert whereabouts(error.value, LINES) == Where("cart", "method", 10, "cart.py")


def test_a_refusal_has_a_place() -> None:
    with pytest.raises(Refused) as error:
        generated("refuse", frame_name("cart"))()
    assert whereabouts(error.value, LINES) == Where("cart", "refuse", 15, "cart.py")


def test_code_whose_lines_are_its_own_is_no_place() -> None:
    with pytest.raises(MissingKey) as error:
        generated("method", "<camshaft>")({}, 1)
    assert whereabouts(error.value, LINES) is None


def test_a_place_that_is_known_already_stays() -> None:
    with pytest.raises(Refused) as error:
        generated("refuse", frame_name("cart"))()
    error.value.where = Where("cart", "remove", 7)
    assert whereabouts(error.value, LINES) == Where("cart", "remove", 7)


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert whereabouts(Trap("new"), LINES) is None


def test_a_failure_while_another_is_handled_has_its_own_place() -> None:
    method, refuse = generated("method", frame_name("cart")), generated("refuse", frame_name("till"))
    with pytest.raises(Refused) as error:
        _while_handling(method, refuse)
    assert whereabouts(error.value, LINES) == Where("till", "refuse", 15, "cart.py")


def _while_handling(first: Callable[..., Any], second: Callable[..., Any]) -> None:
    try:
        first({}, 1)
    except KeyError:
        second()


def test_a_line_that_the_program_does_not_have_is_none() -> None:
    with pytest.raises(MissingKey) as error:
        generated("method", frame_name("cart"))({}, 1)
    assert whereabouts(error.value, LineMap("cart.py")) is None


def test_a_function_within_a_class_goes_by_its_own_name() -> None:
    function: Any = generated("refuse", frame_name("cart"))
    function.__code__ = function.__code__.replace(co_qualname="Cart.refuse")
    with pytest.raises(Refused) as error:
        function()
    assert str(whereabouts(error.value, LINES)) == "cart.py line 15, in refuse"
