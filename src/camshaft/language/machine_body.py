"""What may stand in the body of a machine's class: typed fields, methods, properties; everything else is refused."""

from __future__ import annotations

import ast
import inspect
import re
from typing import Any, Final

from camshaft.language.diagnostics import Code
from camshaft.language.machine import Machine, hidden, invariant
from camshaft.language.names import is_class_variable, object_of
from camshaft.language.pasts import drops, is_mark
from camshaft.language.signatures import problem
from camshaft.language.unit import Unit
from camshaft.language.unsupported import unsupported

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")


def check_class(unit: Unit, cls: type[Machine], node: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    """The methods of a class; everything in its body that cannot be in a machine is reported."""
    name = cls.__camshaft__.name

    def refuse(message: str, where: ast.AST, help_: str, code: Code = Code.MACHINE) -> None:
        unit.report(problem(unit, code, message, where, help_), cls.__name__)

    if cls.__bases__ != (Machine,):
        others = ", ".join(f"`{base.__name__}`" for base in cls.__bases__ if base is not Machine)
        refuse(f"a machine does not inherit from {others}", node, "write `class Name(Machine):` and its fields out")
    # Nothing has checked that it is a text.
    if not _NAME.fullmatch(str(name)):
        refuse(
            f"`{name}` cannot be a machine's name: a letter, then letters, digits and `-`, at most 64",
            node,
            f'name it: `class {cls.__name__}(Machine, name="…")`',
        )
    for decorator in [one for one in node.decorator_list if is_mark(unit.names, one) is not drops]:
        refuse("a machine's class has no decorators but `drops`", decorator, "leave it out")
    if type(cls) is not type:
        refuse(f"a machine has no metaclass, and this has `{type(cls).__name__}`", node, "leave it out")
    functions: dict[str, ast.FunctionDef] = {}
    fields: set[str] = set()
    for statement in node.body:
        match statement:
            case ast.FunctionDef():
                if _check_method(unit, statement, functions, refuse):
                    functions[statement.name] = statement
            case ast.AnnAssign(annotation=annotation, value=ast.expr()) if is_class_variable(unit.names, annotation):
                pass
            case ast.AnnAssign(target=ast.Name(id=field)):
                _check_field(statement, field, fields, refuse)
            case ast.Assign():
                refuse(
                    "a field needs a type", statement, "write `name: int = 0`; for a constant `NAME: ClassVar[int] = 5`"
                )
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.AsyncFunctionDef():
                reason = unsupported(statement)
                refuse(reason.message, statement, reason.help, Code.UNSUPPORTED)
            case _:
                refuse("a machine's class holds fields and methods only", statement, "write it outside of the class")
    return functions


def _check_field(node: ast.AnnAssign, name: str, known: set[str], refuse: Any) -> None:
    if name.startswith("__"):
        refuse(f"Python renames `{name}` within a class", node, f"name it `{name.lstrip('_')}`")
    if name in known:
        refuse(f"the field `{name}` is declared twice, and Python keeps only the second", node, "rename one of them")
    known.add(name)


def _check_method(unit: Unit, node: ast.FunctionDef, known: dict[str, ast.FunctionDef], refuse: Any) -> bool:
    if node.name.startswith("__"):
        help_ = "fields have defaults: `count: int = 0`" if node.name == "__init__" else "give it a name without `__`"
        refuse(f"`{node.name}` has a meaning of its own in Python, which a machine does not have", node, help_)
    elif [object_of(unit.names, decorator) for decorator in node.decorator_list] == [staticmethod]:
        return False  # a function like those of a module, under the class's name
    elif any(not _is_known(unit, decorator) for decorator in node.decorator_list):
        _refuse_decorators(unit, node, refuse)
    elif node.name in known:
        refuse(f"`{node.name}` is defined twice, and Python keeps only the second", node, "rename one of them")
    else:
        return True
    return False


_DECORATORS: Final = {
    "classmethod": ("a machine has no class methods", "write it as a function at the top of the file"),
    "cache": ("a machine remembers in its fields only", "keep what was computed in a field, or leave it out"),
    "lru_cache": ("a machine remembers in its fields only", "keep what was computed in a field, or leave it out"),
    "cached_property": ("a machine remembers in its fields only", "write `@property`"),
    "setter": ("a property of a machine is read only", "write a method: `def set_name(self, value: …) -> None:`"),
    "deleter": ("a property of a machine is read only", "write a method"),
    "override": ("a machine overrides nothing, since it does not inherit", "leave it out"),
    "abstractmethod": ("a machine has no abstract methods, since it does not inherit", "write the method out"),
    "overload": ("a method has one signature", "write a union: `int | str`"),
}
"""What to say of decorators that are known to be used, by their names."""


def _refuse_decorators(unit: Unit, node: ast.FunctionDef, refuse: Any) -> None:
    for decorator in node.decorator_list:
        if not _is_known(unit, decorator):
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            message, help_ = _DECORATORS.get(
                ast.unparse(called).rpartition(".")[2],
                ("a decorator may make something else of a method", "leave it out: a method is a plain `def`"),
            )
            refuse(f"`@{ast.unparse(decorator)}` is not supported: {message}", decorator, help_)


def is_property(unit: Unit, decorator: ast.expr) -> bool:
    """Whether a decorator is Python's `property`."""
    return object_of(unit.names, decorator) is property


def is_invariant(unit: Unit, decorator: ast.expr) -> bool:
    """Whether a decorator is Camshaft's `invariant`."""
    return object_of(unit.names, decorator) is invariant


def is_hidden(unit: Unit, decorator: ast.expr) -> bool:
    """Whether a decorator is Camshaft's `hidden`."""
    return object_of(unit.names, decorator) is hidden


def _is_known(unit: Unit, decorator: ast.expr) -> bool:
    return any(is_marked(unit, decorator) for is_marked in (is_property, is_invariant, is_hidden))


def docs(cls: type, functions: dict[str, ast.FunctionDef]) -> dict[str, str]:
    """The docstrings: the class's under "", each method's under its name."""
    found = {"": inspect.cleandoc(cls.__doc__) if cls.__doc__ else ""}
    found.update({name: ast.get_docstring(node) or "" for name, node in functions.items()})
    return {name: text for name, text in found.items() if text}
