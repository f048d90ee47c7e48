"""What is not part of the language: for each node class of Python's syntax, the reason and what to write instead.

A node class is either here or has a handler; a test walks all of them.
"""

from __future__ import annotations

import ast
import typing
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a construct is refused, and what to write instead."""

    message: str
    help: str


_STATEMENTS: Final = {
    "FunctionDef": Reason("a function within a method is not supported", "make it a method: `def _name(self, …)`"),
    "AsyncFunctionDef": Reason("a method cannot be async: a step never waits", "write `def` without `async`"),
    "ClassDef": Reason("a class within a method is not supported", "write the class at the top of the file"),
    "AsyncFor": Reason("`async for` would wait, and a step never does", "write `for` over a list or a dict"),
    "AsyncWith": Reason("`async with` would wait, and a step never does", "leave it out"),
    "With": Reason("`with` is not supported: a machine holds nothing that must be released", "leave it out"),
    "Try": Reason(
        "`try` is not supported: a step that fails changes nothing, so there is nothing to clean up",
        "test before: `if key in self.stock:`, or use `get`",
    ),
    "TryStar": Reason("`try` is not supported: a step that fails changes nothing", "test before"),
    "Import": Reason("an import within a method is not supported", "import at the top of the file"),
    "ImportFrom": Reason("an import within a method is not supported", "import at the top of the file"),
    "Global": Reason(
        "`global` is not supported: all that a machine remembers is in its fields", "use a field of `self`"
    ),
    "Nonlocal": Reason("`nonlocal` is not supported: there are no functions within methods", "use a field of `self`"),
    "TypeAlias": Reason("a type alias within a method is not supported", "write it at the top of the file"),
}

_EXPRESSIONS: Final = {
    "Lambda": Reason("a `lambda` is not supported: functions are not values here", "write the expression in place"),
    "GeneratorExp": Reason(
        "a generator stands only as the argument of a function that goes through it, such as `sum`",
        "write a list: `[… for x in …]`",
    ),
    "Await": Reason("`await` is not supported: a step never waits", "make the call from the client"),
    "Yield": Reason("`yield` is not supported: a method answers once", "return a list"),
    "YieldFrom": Reason("`yield from` is not supported: a method answers once", "return a list"),
    "Starred": Reason("`*` does not unpack here", "write the elements out, or join lists with `+`"),
    "Slice": Reason("a slice stands alone in its brackets", "write `xs[a:b]`"),
    "TemplateStr": Reason("t-strings are not supported", "use an f-string"),
    "Interpolation": Reason("t-strings are not supported", "use an f-string"),
    "FormattedValue": Reason("a formatted value stands in an f-string only", "use an f-string"),
}

_PATTERNS: Final = {
    "MatchMapping": Reason("mapping patterns are not supported", "test with `in`, then index"),
}

_OPERATORS: Final = {
    "MatMult": Reason("`@` is not supported", "write the loop out"),
}

UNSUPPORTED: Final[dict[str, Reason]] = {**_STATEMENTS, **_EXPRESSIONS, **_PATTERNS, **_OPERATORS}
"""By the name of the node class, so that classes of newer versions of Python can be in it too."""

BUILTINS: Final = {
    "print": Reason("`print` is not supported: a machine talks to its callers only", "return the text"),
    "input": Reason("`input` is not supported: a step never waits", "make it a parameter"),
    "open": Reason("`open` is not supported: a machine cannot touch files", "pass the content as a parameter"),
    "map": Reason("`map` is not supported", "write `[f(x) for x in xs]`"),
    "filter": Reason("`filter` is not supported", "write `[x for x in xs if …]`"),
    "hash": Reason("`hash` is not supported: it differs between processes", "use the value itself as the key"),
    "id": Reason("`id` is not supported: values have no identity", "keep a number of your own in a field"),
    "type": Reason("`type(…)` is not supported", "write `isinstance(x, Class)`"),
    "getattr": Reason("`getattr` is not supported", "name the field: `self.count`"),
    "setattr": Reason("`setattr` is not supported", "name the field: `self.count = …`"),
    "repr": Reason("`repr` is not supported", "write an f-string"),
    "super": Reason("`super` is not supported: machines do not inherit", "call the method by its name"),
    "eval": Reason("`eval` is not supported", "write the expression in place"),
    "exec": Reason("`exec` is not supported", "write the statements in place"),
    "compile": Reason("`compile` is not supported: a machine's code is fixed", "write the code in place"),
    "aiter": Reason("`aiter` is not supported: a step never waits", "iterate over a list or a dict"),
    "anext": Reason("`anext` is not supported: a step never waits", "iterate over a list or a dict"),
    "iter": Reason("`iter` is not supported: iterators are not values", "iterate with `for`"),
    "slice": Reason("`slice(…)` is not a value here", "write the slice in place: `xs[1:3]`"),
    "callable": Reason("`callable` is not supported: functions are not values", "leave it out"),
    "classmethod": Reason("`classmethod` is not supported: classes are not values", "write a function of the module"),
    "staticmethod": Reason(
        "`staticmethod` is a decorator, not a function here", "write `@staticmethod` above the `def`"
    ),
    "property": Reason("`property` is a decorator, not a function here", "write `@property` above the `def`"),
    "complex": Reason("complex numbers are not supported", "use a tuple of two floats"),
    "bytearray": Reason("`bytearray` is not supported", "use `bytes`, which never change, or a list of integers"),
    "memoryview": Reason("`memoryview` is not supported", "slice the `bytes`: `data[1:3]`"),
    "object": Reason("`object()` is not supported: a value has no identity", "use `None`, or a member of an `Enum`"),
    "issubclass": Reason("`issubclass` is not supported: classes are not values", "write `isinstance(x, Class)`"),
    "hasattr": Reason("`hasattr` is not supported: the fields of a type are known", "name the field, or test for None"),
    "delattr": Reason("`delattr` is not supported: a field is never absent", "make it optional and assign `None`"),
    "vars": Reason("`vars` is not supported", "name the fields that you need"),
    "dir": Reason("`dir` is not supported", "name the fields that you need"),
    "globals": Reason("`globals` is not supported", "name what you need of the module"),
    "locals": Reason("`locals` is not supported", "name the variables that you need"),
    "breakpoint": Reason("`breakpoint` is not supported", "debug the class in plain Python: `Counter().incr()`"),
    "help": Reason("`help` is for the shell", "leave it out"),
    "exit": Reason("`exit` is for the shell: a machine never ends its node", "raise a refusal, or return"),
    "quit": Reason("`quit` is for the shell: a machine never ends its node", "raise a refusal, or return"),
    "copyright": Reason("`copyright` is for the shell", "leave it out"),
    "credits": Reason("`credits` is for the shell", "leave it out"),
    "license": Reason("`license` is for the shell", "leave it out"),
    "NotImplemented": Reason("`NotImplemented` is not a value here", "raise a refusal, or return `None`"),
    "ascii": Reason("`ascii` is not supported", "write an f-string"),
    "format": Reason("`format` is not supported", "write an f-string"),
    "bin": Reason("`bin` is not supported", "divide by 2 in a loop: `n % 2`, `n // 2`"),
    "oct": Reason("`oct` is not supported", "divide by 8 in a loop: `n % 8`, `n // 8`"),
    "hex": Reason("`hex` is not supported", "divide by 16 in a loop, or write `.hex()` of bytes"),
}
"""Builtins by name that are known to be asked for."""


UNSUPPORTED_TYPES: Final[dict[object, str]] = {
    list: "say what it holds: `list[int]`",
    dict: "say what it maps: `dict[str, int]`",
    tuple: "say what it holds: `tuple[int, str]`, or `tuple[int, ...]` for any number of one type",
    typing.List: "write `list[int]`",  # noqa: UP006  # refused by its own name
    typing.Dict: "write `dict[str, int]`",  # noqa: UP006
    typing.Tuple: "write `tuple[int, str]`",  # noqa: UP006
    typing.Set: "write `set[int]`",  # noqa: UP006
    typing.FrozenSet: "write `frozenset[int]`",  # noqa: UP006
    set: "say what it holds: `set[int]`",
    frozenset: "say what it holds: `frozenset[int]`",
    complex: "write `tuple[float, float]`",
    bytearray: "write `bytes`",
    date: "write `datetime`, in UTC, or `tuple[int, int, int]`",
    time: "write `timedelta`, since midnight",
    Decimal: "write `int`, and count in the smallest unit",
    Fraction: "write `tuple[int, int]`",
    UUID: "write `str`: `cam.uuid()` gives one",
    range: "give a list, `list(range(n))`, or the two numbers",
    deque: "write `list[int]`: it has `append`, `insert`, and `pop(0)` for the left end",
    defaultdict: "write `dict[str, int]`, and `d.get(k, 0)`, or `d.setdefault(k, [])`",
    Counter: "write `dict[str, int]`, and `counts[x] = counts.get(x, 0) + 1`",
    OrderedDict: "write `dict[str, int]`, which keeps its order",
    typing.Final: "a constant of the class is `LIMIT: ClassVar[int] = 10`; any other name is a field",
    typing.ClassVar: "write it with a value, in the body of a class: `LIMIT: ClassVar[int] = 10`",
    typing.Literal: 'say which values: `Literal["open", "closed"]`',
    object: "write the union of what it can be: `int | str`",
    typing.Any: "write the union of what it can be: `int | str`",
}
"""Types that are known to be annotated with, and what to write instead."""


def unsupported(node: ast.AST) -> Reason:
    """Why a node of this class is refused."""
    return UNSUPPORTED[type(node).__name__]
