"""Types of a few values: enums and literals, each a variant of units, so that a node rejects any other value.

What reads such a value as its name, its value or its text is a case of it.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Sequence
from typing import Final

from camshaft.language.diagnostics import Code
from camshaft.language.names import Site
from camshaft.language.pasts import is_mark, was
from camshaft.language.pytypes import (
    PY_INT,
    PY_STR,
    PyEnum,
    PyLiteral,
    PyType,
)
from camshaft.language.unions import union_of
from camshaft.values.check import MAX_INT_BITS, is_text

_MIXED: Final = "derive it from `Enum` alone, and write `.value` where the value is wanted"


def enumeration(cls: type[enum.Enum], node: ast.ClassDef, site: Site) -> PyEnum:
    """The description of an enum, whose members are names with values that never change. Raises Problem."""
    if cls.__bases__ != (enum.Enum,) or type(cls) is not enum.EnumMeta:
        bases = ", ".join(f"`{base.__name__}`" for base in cls.__bases__)
        raise site.problem(
            Code.CLASS, f"`{cls.__name__}` derives from {bases}: its members would be something else too", _MIXED
        )
    decorators = [ast.unparse(one) for one in node.decorator_list if is_mark(site.names, one) is not was]
    if decorators not in ([], ["unique"], ["enum.unique"]):
        raise site.problem(Code.CLASS, f"`{cls.__name__}` has a decorator", "leave it out; `@unique` is taken")
    names: list[str] = []
    for child in node.body:
        match child:
            case ast.Assign(targets=[ast.Name(id=name)]) if not name.startswith("_"):
                names.append(name)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case _:
                raise Site(site.source, child, site.names).problem(
                    Code.CLASS,
                    f"`{cls.__name__}` holds more than names with their values",
                    "write `NAME = value` for each member, and methods as helpers of the machine",
                )
    if names != list(cls.__members__):
        raise site.problem(
            Code.STALE, f"`{cls.__name__}` in this file is not what was imported", "import the file again"
        )
    if not names:
        raise site.problem(Code.CLASS, f"`{cls.__name__}` has no members", "write `NAME = value` for each")
    for member in cls:
        if not _is_plain(member.value):
            raise site.problem(
                Code.CLASS,
                f"the value of `{cls.__name__}.{member.name}` is neither a text nor an integer",
                "number the members, or name them; keep what belongs to each in a dict",
            )
    return PyEnum(cls, tuple((member.name, member.value) for member in cls))


def literal(values: Sequence[object], site: Site) -> PyType:
    """The type of `Literal[…]` with these values. Raises Problem."""
    texts: list[str] = []
    numbers: list[int] = []
    for value in values:
        if type(value) is str and _is_plain(value):
            texts.append(value)
        elif type(value) is int and _is_plain(value):
            numbers.append(value)
        else:
            raise site.problem(
                Code.ANNOTATION,
                "a literal type is of texts or of integers",
                'write `Literal["open", "closed"]`; for others an `Enum`, and `| None` for None',
            )
    found: list[PyType] = []
    if texts:
        found.append(PyLiteral(PY_STR, tuple(sorted(set(texts)))))
    if numbers:
        found.append(PyLiteral(PY_INT, tuple(sorted(set(numbers)))))
    return union_of(found)


def constant_of(node: ast.expr) -> object:
    """What a constant in a literal type is, `-1` too; of anything else the node, which is no constant."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
        case _:
            return node


def _is_plain(value: object) -> bool:
    """Whether a value is a text or an integer that a program can hold."""
    if type(value) is str:
        return is_text(value)
    return type(value) is int and value.bit_length() <= MAX_INT_BITS
