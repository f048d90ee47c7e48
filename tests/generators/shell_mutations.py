"""Programs changed at random around their code: pools, heads of methods and functions, the state, names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from camshaft.bytecode.instructions import Operand
from camshaft.bytecode.program import (
    ConstantValue,
    Function,
    Method,
    MethodKind,
    Parameter,
    Place,
    Program,
    Refusal,
)
from camshaft.values.types import UNIT, Record, Type, is_storable
from generators import samples

POOLED = {
    Operand.TYPE: "types",
    Operand.LABEL: "labels",
    Operand.SHAPE: "shapes",
    Operand.CONSTANT: "constants",
    Operand.PLACE: "places",
    Operand.REFUSAL: "refusals",
}
"""The pool that an operand indexes."""


def shell_changed(random: Random, program: Program) -> Program:
    """The program with one change outside of its code."""
    return random.choice(_CHANGES)(random, program)


def has_domain(method: Method) -> bool:
    """Whether the parameters of a method make a record: their names are distinct."""
    return len({parameter.name for parameter in method.parameters}) == len(method.parameters)


def _pool_entry(random: Random, program: Program) -> Program:
    pools = program.pools
    kind = random.choice(list(POOLED))
    name = POOLED[kind]
    pool = list(getattr(pools, name))
    new = _entry(random, kind, program)
    if pool and random.random() < 0.8:
        pool[random.randrange(len(pool))] = new
    else:
        pool.append(new)
    return replace(program, pools=replace(pools, **{name: tuple(pool)}))


def _entry(random: Random, kind: Operand, program: Program) -> Any:
    pools, pick = program.pools, random.choice
    match kind:
        case Operand.TYPE:
            return _type(random, program)
        case Operand.LABEL:
            return pick((*pools.labels, "0", "1", "a", "KeyError", "AssertionError"))
        case Operand.SHAPE:
            return tuple(pick((*pools.labels, "0", "1", "a")) for _ in range(random.randint(0, 3)))
        case Operand.CONSTANT:
            type_ = pick(pools.constants).type if pools.constants else _type(random, program)
            return ConstantValue(type_, samples.value(random, type_) if is_storable(type_) else 0)
        case Operand.PLACE:
            place = pick(pools.places) if pools.places else Place(0)
            steps = list(place.steps)
            if steps and random.random() < 0.5:
                steps.pop()
            if random.random() < 0.7:
                steps.append(pick((None, None, *pools.labels, "0")))
            return Place(pick((place.slot, place.slot, 0, 1, 2)), tuple(steps))
        case _:
            if not pools.refusals:
                return Refusal("Sorry", program.state if isinstance(program.state, Record) else UNIT)
            return replace(pick(pools.refusals), name=pick(("Sorry", "Full", "not a name")))


def _type(random: Random, program: Program) -> Type:
    known = (program.state, *program.pools.types, *(constant.type for constant in program.pools.constants))
    return samples.new_type(random, known)


def _method_head(random: Random, program: Program) -> Program:
    if not program.methods:
        return program
    at = random.randrange(len(program.methods))
    method = program.methods[at]
    match random.randrange(6):
        case 0:
            changed = replace(method, result=_type(random, program))
        case 1:
            other = MethodKind.QUERY if method.kind is MethodKind.COMMAND else MethodKind.COMMAND
            changed = replace(method, kind=other)
        case 2:
            parameter = Parameter(random.choice(("a", "b", "x")), _type(random, program))
            changed = replace(method, parameters=(*method.parameters, parameter))
        case 3:
            changed = replace(method, parameters=method.parameters[:-1])
        case 4:
            changed = replace(method, refusals=(*method.refusals, "Sorry"))
        case _:
            changed = replace(method, name=random.choice((method.name, "a b", "", "x" * 101, "twice")))
    return replace(program, methods=(*program.methods[:at], changed, *program.methods[at + 1 :]))


def _function_head(random: Random, program: Program) -> Program:
    if not program.functions:
        return program
    at = random.randrange(len(program.functions))
    function = program.functions[at]
    match random.randrange(4):
        case 0:
            changed = [replace(function, domain=_type(random, program))]
        case 1:
            changed = [replace(function, codomain=_type(random, program))]
        case 2:
            changed = [replace(function, name=random.choice((function.name, "", "no name")))]
        case _:
            changed = []
    return replace(program, functions=(*program.functions[:at], *changed, *program.functions[at + 1 :]))


def _function_of_method(random: Random, program: Program) -> Program:
    """Make the code of a method a function, which other changes may call."""
    methods = [method for method in program.methods if has_domain(method)]
    if not methods:
        return program
    method = random.choice(methods)
    made = Function(f"f{len(program.functions)}", method.domain, method.result, method.code)
    return replace(program, functions=(*program.functions, made))


def _state(random: Random, program: Program) -> Program:
    return replace(program, state=_type(random, program))


def _rename(random: Random, program: Program) -> Program:
    return replace(program, name=random.choice((program.name, "Upper", "", "a" * 65)))


_CHANGES: tuple[Callable[[Random, Program], Program], ...] = (
    _pool_entry,
    _pool_entry,
    _pool_entry,
    _method_head,
    _function_head,
    _function_of_method,
    _state,
    _rename,
)
