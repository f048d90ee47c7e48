"""Machines without code: the types of a version whose source is gone, as `camshaft stub` writes them.

A stub's class says which program it has the types of: `class Cart(Machine, version="3f9c…")`. Its methods are
signatures, each with `raise NotImplementedError(OutOfStock)` in place of a body, which names what it may refuse with.

Rule: nothing runs a stub. A migration leads from it, and a client may be checked against it.
"""

from __future__ import annotations

import ast
import re
from typing import Final

from camshaft.category.terms import Constant, If, Refuse, Term, Trap, compose
from camshaft.language.diagnostics import Code
from camshaft.language.machine import Machine, Refusal
from camshaft.language.names import Site, object_of
from camshaft.language.pytypes import record
from camshaft.language.signatures import problem
from camshaft.language.unit import Behaviour, Lowering, Signature, Unit
from camshaft.values.check import zero
from camshaft.values.types import BOOL, STR

_ID: Final = re.compile(r"[0-9a-f]{64}")
_NO_CODE: Final = "a stub has no code"


def is_stub(cls: type[Machine]) -> bool:
    """Whether a machine's class has types alone."""
    return cls.__camshaft__.version != ""


def check_version(unit: Unit, cls: type[Machine], node: ast.ClassDef) -> None:
    """Report a version that is no program's id."""
    version = cls.__camshaft__.version
    if version != "" and not (isinstance(version, str) and _ID.fullmatch(version)):
        message = f"`{version}` is no version: a program's id has 64 hex digits"
        help_ = "take what `camshaft stub` writes; a machine that is to run has no `version`"
        unit.report(problem(unit, Code.MACHINE, message, node, help_), cls.__name__)


def lower_stub(unit: Unit, found: Signature) -> Lowering:
    """What a method of a stub is compiled to: nothing but what it may refuse with. Raises Problem."""
    body = [one for one in found.node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    match body:
        case [ast.Raise(exc=ast.Name(id="NotImplementedError"), cause=None)]:
            refused: list[ast.expr] = []
        case [ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"), args=refused, keywords=[]), cause=None)]:
            pass
        case _:
            raise problem(
                unit,
                Code.MACHINE,
                f"`{found.name}` has code, and a class with a `version` is a stub, which has none",
                found.node,
                "write `raise NotImplementedError`, or leave `version` out of a machine that is to run",
            )
    term: Term = compose(Constant(STR, _NO_CODE), Trap("AssertionError"))
    for node in reversed(refused):
        cls = object_of(unit.names, node)
        if not (isinstance(cls, type) and issubclass(cls, Refusal)):
            raise problem(unit, Code.MACHINE, f"`{ast.unparse(node)}` is no refusal", node, "name refusals only")
        refusal = unit.annotations.refusal(cls, Site(unit.source, node, unit.names))
        unit.refusals.setdefault(cls.__name__, refusal)
        payload = record(refusal)
        refuse = compose(Constant(payload, zero(payload)), Refuse(cls.__name__, payload))
        term = If(Constant(BOOL, False), refuse, term)
    return Lowering(term, Behaviour())
