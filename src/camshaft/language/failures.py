"""`raise` and `assert`: the statements by which a machine refuses or traps."""

from __future__ import annotations

import ast
import builtins
from typing import Final

from camshaft.category.terms import Refuse, Term, Trap, compose
from camshaft.errors import TRAPS
from camshaft.language.arguments import arguments
from camshaft.language.body import Body, Rest, lower, statement
from camshaft.language.calls import called_object, fields_of
from camshaft.language.conditions import branch, lower_test
from camshaft.language.diagnostics import Code
from camshaft.language.displays import text_of
from camshaft.language.lowered import Lowered, constant, nothing
from camshaft.language.machine import Refusal
from camshaft.language.names import Site
from camshaft.language.pytypes import PY_STR, PyClass, record

_KINDS: Final = {base: trap.kind for trap in TRAPS.values() for base in trap.__bases__ if base.__name__ == trap.kind}
"""The exceptions of Python's that a step traps with. Fuel ends steps of its own accord only."""


@statement(ast.Raise)
def raise_(body: Body, node: ast.Raise, rest: Rest) -> Term:
    """`raise OutOfStock(sku=sku)`, `raise ValueError(text)`: the step ends with it, and the state is as before."""
    del rest
    if node.exc is None:
        raise body.problem(
            Code.REFUSAL, "a bare `raise` raises again, and nothing is ever caught here", node, "raise a refusal"
        )
    if node.cause is not None and not (isinstance(node.cause, ast.Constant) and node.cause.value is None):
        raise body.problem(
            Code.REFUSAL,
            "a refusal has no cause: it travels by its name and its fields",
            node.cause,
            "leave `from` out",
        )
    call = node.exc if isinstance(node.exc, ast.Call) else ast.copy_location(ast.Call(node.exc, [], []), node.exc)
    raised = called_object(body, call.func) if isinstance(call.func, ast.Name | ast.Attribute) else None
    kind = _KINDS.get(raised) if isinstance(raised, type) else None
    if kind is not None:
        return _trap(body, kind, call)
    refusal = _refusal(body, call.func, raised)
    known = body.unit.refusals.setdefault(refusal.cls.__name__, refusal)
    if known != refusal:
        raise body.problem(
            Code.REFUSAL,
            f"two different classes named `{refusal.cls.__name__}` are raised: a refusal is known by its name",
            node.exc,
            "rename one of them",
        )
    given = arguments(body, call, fields_of(refusal), f"`{refusal.cls.__name__}`")
    body.flow.live = False
    return compose(given.record, Refuse(refusal.cls.__name__, record(refusal)))


def _trap(body: Body, kind: str, call: ast.Call) -> Term:
    """`raise ValueError(text)`: the step traps, as it does where an operation of Python's raises this."""
    if call.keywords or len(call.args) > 1 or any(isinstance(one, ast.Starred) for one in call.args):
        raise body.problem(
            Code.ARGUMENTS,
            f"`{kind}` takes one text here",
            call,
            f'write `raise {kind}(f"…")`; what has fields is a refusal: `class OutOfStock(Refusal): …`',
        )
    if call.args:
        message = _message(body, call.args[0])
    else:
        message = constant(PY_STR, f"`raise {kind}`", body.level)
    body.flow.live = False
    return compose(message.at(body.level), Trap(kind))


def _message(body: Body, node: ast.expr) -> Lowered:
    """The text that a trap has. Raises Problem."""
    value = lower(body, node, PY_STR)
    if isinstance(value.type, PyClass):
        raise body.problem(
            Code.OPERATOR,
            "Python keeps the object, and asks for its text where somebody looks at it",
            node,
            f"write a text: `str({ast.unparse(node)})`, of a class with a `__str__`",
        )
    return text_of(body, value, node)


def _refusal(body: Body, node: ast.expr, cls: object) -> PyClass:
    if not isinstance(node, ast.Name | ast.Attribute):
        raise body.problem(Code.REFUSAL, "only a refusal can be raised", node, "write `raise OutOfStock(…)`")
    if isinstance(cls, type) and issubclass(cls, Refusal) and cls is not Refusal:
        return body.unit.annotations.refusal(cls, Site(body.unit.source, node, body.unit.names))
    name = ast.unparse(node)
    is_pythons = name in vars(builtins)
    own = "OutOfStock" if cls is Refusal or is_pythons else name
    help_ = f"declare it: `class {own}(Refusal): …` with typed fields, and raise that"
    if is_pythons:
        help_ += f"; of Python's own there are {', '.join(f'`{kind}`' for kind in _KINDS.values())}, with a text"
    raise body.problem(
        Code.REFUSAL,
        f"`{name}` is not a refusal of this machine: callers could not know its fields",
        node,
        help_,
    )


@statement(ast.Assert)
def assert_(body: Body, node: ast.Assert, rest: Rest) -> Term:
    """`assert condition, message`"""
    del rest
    tested = lower_test(body, node.test)

    def fail() -> Term:
        if node.msg is None:
            message = constant(PY_STR, f"`{ast.unparse(node.test)}` does not hold", body.level)
        else:
            message = _message(body, node.msg)
        body.flow.live = False
        return compose(message.at(body.level), Trap("AssertionError"))

    branches = branch(body, tested, nothing, fail)
    return branches.term(branches.results)
