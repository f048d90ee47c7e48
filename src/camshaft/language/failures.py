"""`raise` and `assert`: the statements by which a machine refuses or traps."""

from __future__ import annotations

import ast
import builtins

from camshaft.category.terms import Refuse, Term, Trap, compose
from camshaft.language.arguments import arguments
from camshaft.language.body import Body, Rest, lower, statement
from camshaft.language.calls import called_object, fields_of
from camshaft.language.conditions import branch, lower_test
from camshaft.language.diagnostics import Code
from camshaft.language.displays import text_of
from camshaft.language.lowered import constant, nothing
from camshaft.language.machine import Refusal
from camshaft.language.names import Site
from camshaft.language.pytypes import PY_STR, PyClass, record


@statement(ast.Raise)
def raise_(body: Body, node: ast.Raise, rest: Rest) -> Term:
    """`raise OutOfStock(sku=sku)`: the step ends with this refusal, and the state is as before."""
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
    refusal = _refusal(body, call.func)
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


def _refusal(body: Body, node: ast.expr) -> PyClass:
    if not isinstance(node, ast.Name | ast.Attribute):
        raise body.problem(Code.REFUSAL, "only a refusal can be raised", node, "write `raise OutOfStock(…)`")
    cls = called_object(body, node)
    if isinstance(cls, type) and issubclass(cls, Refusal) and cls is not Refusal:
        return body.unit.annotations.refusal(cls, Site(body.unit.source, node, body.unit.names))
    name = ast.unparse(node)
    is_pythons = name in vars(builtins)
    own = "OutOfStock" if cls is Refusal or is_pythons else name
    help_ = f"declare it: `class {own}(Refusal): …` with typed fields, and raise that"
    if is_pythons:
        help_ += "; what no caller should ever see is an `assert condition, text`"
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
            message = text_of(body, lower(body, node.msg, PY_STR), node.msg)
        body.flow.live = False
        return compose(message.at(body.level), Trap("AssertionError"))

    branches = branch(body, tested, nothing, fail)
    return branches.term(branches.results)
