"""The methods of a simulation: generated functions that check their arguments first.

The checks are lines of the function itself, since a function around it would cost more than most steps do. What they
let through without a closer look is what nearly all arguments are.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from camshaft.bytecode.occasion import Occasion
from camshaft.execution.bounds import CAP
from camshaft.execution.compiled_method import CompiledMethod
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import DEFAULT_FUEL
from camshaft.execution.ordinary import REST, NotOrdinary, is_ordinary
from camshaft.execution.statements import NOT_KNOWN, Written
from camshaft.execution.support import SMALL
from camshaft.language.pytypes import PyBool, PyInt, PyStr, PyType
from camshaft.language.unit import Signature

Check = Callable[[Any], Any]
_TYPES: Final = {"type": type, "int": int, "str": str, "bool": bool}
"""Built-in names that every call looks up: CPython finds them faster in the namespace of the function itself."""
_LIMIT: Final = re.compile(r"\bn(\d+)\b")
_TOGETHER: Final = 3
"""How many arguments one condition looks at: CPython compares integers fast only where the jump behind it is short."""


def checked_function(
    compiled: Compiled,
    method: CompiledMethod,
    found: Signature,
    original: Callable[..., Any],
    checks: list[Check],
    occasion_of: Callable[[Any], Occasion],
    instead: Callable[..., Any] | None,
) -> Callable[..., Any]:
    """The generated function with its arguments checked first, under the author's names for them.

    `occasion_of` an object: what a step of it that begins now is told. `instead`: for speculative code, what is called
    where an integer is not ordinary, with the occasion as far as there is one, how many numbers were drawn before the
    step, and the same arguments.
    """
    speculative = instead is not None
    parameters = ["s", *(f"p{index}" for index in range(len(found.parameters)))]
    kept: list[str] = []
    looks: list[_Look | str] = []
    scope: dict[str, Any] = {"MOST": REST if speculative else CAP, "instead": instead, **_TYPES}
    given = [*(("o", "drawn") if method.takes_occasion else ("None", "0")), *parameters]
    for index, (one, check) in enumerate(zip(found.parameters, checks, strict=True)):
        name = f"p{index}"
        scope[f"check{index}"] = _speculative(check, one.type) if speculative else check
        check_it = f"{name} = check{index}({name})"
        look = _look(one.type, name, check_it)
        if look is None:
            # The argument as it was given: making it a value a second time would not do. All of them are kept before
            # the first is looked at, since that may be where the step is given up.
            given[index + 3] = f"q{index}"
            kept.append(f"q{index} = {name}")
        looks.append(look or check_it)
    head = _looked_at(looks)
    left = DEFAULT_FUEL - method.cost
    if method.takes_fuel:
        scope["fuel"] = left
        if not method.keeps_fuel:
            head.append(f"fuel = {left}")
    head = [*kept, *head]
    if method.takes_occasion:
        head = ["o, drawn = None, 0", *head, "o = occasion_of(s)", "drawn = o.draws.count"]
        scope["occasion_of"] = occasion_of
    # How many rounds there is fuel for is known here: a number in the place of its name.
    body = [(_LIMIT.sub(lambda found: str(left // int(found[1])), line), at) for line, at in method.body]
    lines: list[Written] = [(f"def m({', '.join(parameters)}):", NOT_KNOWN)]
    sources = (method.source, *compiled.function_sources)
    if speculative and (head or any("NotOrdinary" in source for source in sources)):
        lines.append((" try:", NOT_KNOWN))
        lines += [(f"  {line}", NOT_KNOWN) for line in head]
        lines += [(f" {line}", at) for line, at in body]
        # Behind the handler, so that what fails there was not raised while something else was handled.
        lines.append((" except NotOrdinary: pass", NOT_KNOWN))
        lines.append((f" return instead({', '.join(given)})", NOT_KNOWN))
    else:
        lines += [(f" {line}", NOT_KNOWN) for line in head]
        lines += body
    function: Any = compiled.define("m", lines, method.code, scope)
    _look_like(function, original, found)
    checked: Callable[..., Any] = function
    return checked


def _look_like(function: Any, original: Callable[..., Any], found: Signature) -> None:
    """Give a generated function the names, defaults and documentation of the author's."""
    names = ("self", *(one.name for one in found.parameters))
    code = function.__code__
    function.__code__ = code.replace(co_varnames=(*names, *code.co_varnames[len(names) :]))
    defaults = [one.default for one in inspect.signature(original).parameters.values()]
    function.__defaults__ = tuple(each for each in defaults if each is not inspect.Parameter.empty) or None
    function.__name__ = original.__name__
    function.__qualname__ = original.__qualname__  # which Python names where the arguments do not fit
    function.__doc__ = original.__doc__


@dataclass(frozen=True, slots=True)
class _Look:
    """How an argument is looked at: the condition under which it needs a closer look, and that look."""

    is_odd: str
    closer: str


def _look(type_: PyType, name: str, check: str) -> _Look | None:
    """None: the argument always has to be checked."""
    match type_:
        case PyInt():
            other = f"type({name}) is not int"
            odd = f"{other} or {name} > {SMALL} or {name} < -{SMALL}"
            return _Look(odd, f"if {other} or {name} > MOST or {name} < -MOST: {check}")
        case PyBool():
            odd = f"type({name}) is not bool"
            return _Look(odd, f"if {odd}: {check}")
        case PyStr():
            odd = f"type({name}) is not str or not {name}.isascii()"
            return _Look(odd, f"if {odd}: {check}")
        case _:
            return None


def _looked_at(looks: list[_Look | str]) -> list[str]:
    """The lines that look at all arguments in their order: one condition for as many as can be passed together."""
    lines: list[str] = []
    for quick, group in groupby(looks, lambda look: isinstance(look, _Look)):
        if not quick:
            lines += [str(check) for check in group]
            continue
        together = [look for look in group if isinstance(look, _Look)]
        for first in range(0, len(together), _TOGETHER):
            some = together[first : first + _TOGETHER]
            lines.append(f"if {' or '.join(look.is_odd for look in some)}:")
            lines += [f" {look.closer}" for look in some]
    return lines


def _speculative(check: Check, type_: PyType) -> Check:
    """The check, and whether the argument is ordinary."""

    def checked(argument: object) -> Any:
        value = check(argument)
        if not (-REST <= value <= REST if isinstance(type_, PyInt) else is_ordinary(value)):
            raise NotOrdinary
        return value

    return checked
