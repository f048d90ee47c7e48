"""Each node class of Python's syntax is lowered, or refused with a text of its own."""

from __future__ import annotations

import ast
import builtins

import pytest

from camshaft.language.body import EXPRESSIONS, STATEMENTS
from camshaft.language.library import function_handler
from camshaft.language.methods import HANDLERS_REGISTERED
from camshaft.language.operators import SYMBOLS
from camshaft.language.unsupported import BUILTINS, UNSUPPORTED

assert len(HANDLERS_REGISTERED) > 0

# Lowered by the handler of the node that they stand in.
PARTS = {
    "MatchValue", "MatchSingleton", "MatchClass", "MatchAs", "MatchOr", "MatchSequence", "MatchStar",
    "And", "Or", "Not", "UAdd", "USub", "Invert", "In", "NotIn", "Is", "IsNot",
}  # fmt: skip

# What Python's own parser no longer makes, but keeps the name of.
FORMER = {
    "Num",
    "Str",
    "Bytes",
    "NameConstant",
    "Ellipsis",
    "Index",
    "ExtSlice",
    "Suite",
    "AugLoad",
    "AugStore",
    "Param",
}

KINDS = (ast.stmt, ast.expr, ast.pattern, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)


def node_classes() -> list[str]:
    return sorted(
        name
        for name, found in vars(ast).items()
        # From 3.12 on, `ast` keeps the classes of former versions under a second, private name.
        if isinstance(found, type) and issubclass(found, KINDS) and found not in KINDS
        if name not in FORMER and not name.startswith("_")
    )


@pytest.mark.parametrize("name", node_classes())
def test_a_node_class_has_a_handler_or_a_text_of_its_own(name: str) -> None:
    node = getattr(ast, name)
    handled = node in EXPRESSIONS or node in STATEMENTS or node in SYMBOLS or name in PARTS
    reason = UNSUPPORTED.get(name)
    assert handled != (reason is not None)
    if reason is not None:
        assert reason.message
        assert reason.help


def test_every_text_says_something_of_its_own() -> None:
    # Sets, imports, t-strings and so on come as two node classes each: their texts may agree, others may not.
    texts = [reason.message for reason in UNSUPPORTED.values()]
    assert len(texts) - len(set(texts)) <= 6


VALUES = {"True", "False", "None", "Ellipsis"}


@pytest.mark.parametrize("name", sorted(name for name in vars(builtins) if not name.startswith("_")))
def test_a_builtin_of_python_is_in_the_library_or_has_a_text_of_its_own(name: str) -> None:
    found = vars(builtins)[name]
    is_exception = isinstance(found, type) and issubclass(found, BaseException)
    reason = BUILTINS.get(name)
    assert (name in VALUES) + is_exception + (function_handler(found) is not None) + (reason is not None) == 1
    if reason is not None:
        assert f"`{name}" in reason.message or name == "complex"
        assert reason.help
