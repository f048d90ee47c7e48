"""A program's origin: the SHA-256 of its typed source tree, without formatting, comments and docstrings.

A newer compiler gives other bytecode and the same origin, so it recognises what an older one compiled. The dump of the
tree is our own: `ast.dump` differs between versions of Python. It covers the class and all of the project that its
meaning depends on: the classes of its values and refusals, the types that its aliases stand for, the constants it uses.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from camshaft.language.machine import Machine
from camshaft.language.pytypes import PyMachine, shown
from camshaft.language.unit import Unit

_FORMAT: Final = "camshaft-origin-1"
_IGNORED: Final = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_INNER: Final = (ast.AST, list)


def origin_of(unit: Unit, machine: PyMachine, name: str) -> str:
    """The origin of a machine that was compiled without a problem, 64 hex digits."""
    digest = hashlib.sha256()
    for line in _lines(unit, machine, name):
        digest.update(line.encode("utf-8", "backslashreplace"))
        digest.update(b"\n")
    return digest.hexdigest()


def _lines(unit: Unit, machine: PyMachine, name: str) -> Iterator[str]:
    yield _FORMAT
    yield name
    yield dump(unit.annotations.define(machine.cls)[1])
    for field in machine.fields:
        yield f"field {field.name}: {shown(field.type)} = {field.default!r}"
    for signature in unit.signatures.values():
        parameters = ", ".join(f"{one.name}: {shown(one.type)} = {one.default!r}" for one in signature.parameters)
        yield f"method {signature.name}({parameters}) -> {shown(signature.result)}"
    yield from sorted(_definitions(unit, machine))
    yield from sorted(f"enum {one.cls.__qualname__} {one.members!r}" for one in unit.annotations.enums)
    yield from sorted(_functions(unit))
    for constant, value in sorted(unit.constants.items()):
        yield f"constant {constant} = {value!r}"


def _functions(unit: Unit) -> Iterator[str]:
    for function in unit.program.lowered:
        signature = function.signature
        if signature.standing is not None:
            continue  # the same source as the method that it is a version of
        parameters = ", ".join(f"{one.name}: {shown(one.type)} = {one.default!r}" for one in signature.parameters)
        yield f"function {function.shown}({parameters}) -> {shown(signature.result)} {dump(signature.node)}"


def _definitions(unit: Unit, machine: PyMachine) -> Iterator[str]:
    for cls, (_, node) in unit.annotations.definitions.items():
        if cls is not machine.cls and not issubclass(cls, Machine):
            fields = unit.annotations.fields_of(cls)
            types = ", ".join(f"{one.name}: {shown(one.type)} = {one.default!r}" for one in fields)
            yield f"class {cls.__qualname__}({types}) {dump(node)}"


def dump(node: ast.AST) -> str:
    """A syntax tree as text, the same for every version of Python and every layout of the source."""
    parts: list[str] = []
    # A list of what is still to be written, not recursion: the tree of a long expression is deep. Texts are done.
    waiting: list[Any] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, str):
            parts.append(current)
        elif isinstance(current, ast.AST):
            waiting.append(")")
            for name, before in _fields(type(current)):  # type: ignore[arg-type]  # a class is hashable
                value = _without_docstring(current) if name == "body" else getattr(current, name, None)
                # What is absent is left out: newer versions of Python add fields that older trees do not have.
                if value is not None and value != []:
                    waiting += (value if isinstance(value, _INNER) else _scalar(value), before)
            waiting.append(f"({type(current).__name__}")
        else:
            waiting.append("]")
            for item in reversed(current):
                waiting += (",", item if isinstance(item, ast.AST) else _scalar(item))
            waiting.append("[")
    return "".join(parts)


@cache
def _fields(kind: type[Any]) -> list[tuple[str, str]]:
    """The fields of a kind of node that belong to its dump, last first, each with what stands before its value."""
    return [(name, f" {name}=") for name in sorted(kind._fields, reverse=True) if name not in _IGNORED]


def _scalar(value: Any) -> str:
    # Decimal digits of a large integer are limited by Python, hexadecimal ones are not.
    text = hex(value) if type(value) is int else repr(value)
    return f"{type(value).__name__}:{text}"


def _without_docstring(node: ast.AST) -> Any:
    value = getattr(node, "body", None)
    if (
        isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and isinstance(value, list)
        and value
        and isinstance(value[0], ast.Expr)
        and isinstance(value[0].value, ast.Constant)
        and isinstance(value[0].value.value, str)
    ):
        return value[1:]
    return value
