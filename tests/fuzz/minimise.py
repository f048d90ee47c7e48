"""A program that fails, made smaller while it still fails in the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.program import Program
from fuzz.judge import Failure, judge
from generators.mutations import declared_right, flat, instructions

INPUTS = 20
"""With how many seeds of inputs a smaller program is tried."""


def fails_alike(kind: str) -> Callable[[Program], bool]:
    """Whether a program fails in this way, on some of the inputs that are tried."""

    def fails(program: Program) -> bool:
        for seed in range(INPUTS):
            try:
                if judge(encode_program(program), Random(seed), Counter()) is None:
                    return False
            except Failure as failure:
                if failure.kind == kind:
                    return True
        return False

    return fails


def minimised(program: Program, fails: Callable[[Program], bool]) -> Program:
    """A program for which `fails` holds and from which nothing can be left out; the same where it never held."""
    shrunk = fails(program)
    while shrunk:
        shrunk = False
        for smaller in _smaller(program):
            if fails(smaller):
                program, shrunk = smaller, True
                break
    return program


def _smaller(program: Program) -> Iterator[Program]:
    for at in range(len(program.methods)):
        yield replace(program, methods=(*program.methods[:at], *program.methods[at + 1 :]))
    for at in reversed(range(len(program.functions))):
        yield replace(program, functions=(*program.functions[:at], *program.functions[at + 1 :]))
    for owner in range(len(program.methods)):
        method = program.methods[owner]
        for code in _shorter(method.code):
            methods = (*program.methods[:owner], replace(method, code=code), *program.methods[owner + 1 :])
            yield declared_right(replace(program, methods=methods))
    for owner in range(len(program.functions)):
        function = program.functions[owner]
        for code in _shorter(function.code):
            functions = (*program.functions[:owner], replace(function, code=code), *program.functions[owner + 1 :])
            yield declared_right(replace(program, functions=functions))


def _shorter(code: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    parts = instructions(code)
    length = len(parts)
    while length:
        for start in range(len(parts) - length + 1):
            yield flat([*parts[:start], *parts[start + length :]])
        length //= 2
    for left in range(len(parts)):  # a construct loses its opening and its end
        for right in range(left + 1, len(parts)):
            if len(parts) < 60:
                yield flat(part for at, part in enumerate(parts) if at not in (left, right))
