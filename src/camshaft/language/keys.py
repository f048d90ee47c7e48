"""What can be a key of a dict or a member of a set: what never changes, and is found again by its value."""

from __future__ import annotations

from functools import cache
from typing import Final

from camshaft.language.diagnostics import Code
from camshaft.language.names import Site
from camshaft.language.pytypes import PyFloat, PyType, is_mutable, parts, shown

_HOW_TO_KEY: Final = "use a `str`, an `int`, a tuple or a frozen dataclass of those"
_INSTEAD_OF_FLOATS: Final = "use an `int` of the smallest unit that tells them apart: cents, or `round(x * 1000)`"
_OF_FLOATS: Final = "a `float` is found only if it is the same to its last digit, and `0.0 == -0.0` are two values"


@cache
def is_hashable(type_: PyType) -> bool:
    """Whether objects of a type can be keys. Some that can in Python are not, as values."""
    return why_not_hashable(type_) == ""


@cache
def why_not_hashable(type_: PyType) -> str:
    """Why objects of a type cannot be keys, the first reason found in it; "" where they can."""
    match type_:
        case PyFloat():
            return _OF_FLOATS
        case _ if is_mutable(type_):
            return "it holds what can change"
        case _:
            return next((reason for reason in map(why_not_hashable, parts(type_)) if reason), "")


def how_to_key(type_: PyType) -> str:
    """What to write instead of a key of a type that cannot be one."""
    return _INSTEAD_OF_FLOATS if why_not_hashable(type_) == _OF_FLOATS else _HOW_TO_KEY


def check_hashable(type_: PyType, what: str, site: Site) -> None:
    """Refuse keys and members that could not be found again. Raises Problem."""
    reason = why_not_hashable(type_)
    if reason:
        raise site.problem(Code.ANNOTATION, f"`{shown(type_)}` cannot be {what}: {reason}", how_to_key(type_))
