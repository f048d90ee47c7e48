"""Methods of texts that ask for large and small letters: made of `upper` and `lower`, so for ASCII, as those are."""

from __future__ import annotations

import ast
from typing import Final

from camshaft.category.subterms import anew
from camshaft.category.terms import Constant, Identity, If, Primitive, Term, compose
from camshaft.language.body import Body
from camshaft.language.fitting import applied
from camshaft.language.library.handlers import MethodHandler, MethodName, matched
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PY_BOOL, PY_STR, PyStr, PyType
from camshaft.values.types import BOOL, INT

_UPPER: Final = Primitive("str_upper")
_LOWER: Final = Primitive("str_lower")
_END: Final = 2**62


def _of(type_: PyType, name: str, term: Term) -> MethodHandler:
    """A method without arguments, which is this term of the text."""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        matched(body, node, name, [])

        def made(text: Lowered) -> Lowered:
            found = compose(text.at(body.level), anew(term))
            body.mark(found, node)
            return Lowered(type_, found, body.level, writes=text.writes)

        return body.bound(base, made)

    return handler


def _cut(start: int, stop: int) -> Term:
    return applied(Primitive("str_slice"), [Identity(), *(Constant(INT, one) for one in (start, stop, 1))])


def _is_all(case: Primitive, other: Primitive) -> Term:
    """text -> whether it has letters, and all of one case"""
    same = applied(Primitive("equal"), [Identity(), case])
    return If(same, applied(Primitive("not_equal"), [Identity(), other]), Constant(BOOL, False))


METHODS: Final[dict[MethodName, MethodHandler]] = {
    (PyStr, "capitalize"): _of(
        PY_STR,
        "capitalize",
        applied(Primitive("concat"), [compose(_cut(0, 1), _UPPER), compose(_cut(1, _END), _LOWER)]),
    ),
    (PyStr, "casefold"): _of(PY_STR, "casefold", _LOWER),
    (PyStr, "isupper"): _of(PY_BOOL, "isupper", _is_all(_UPPER, _LOWER)),
    (PyStr, "islower"): _of(PY_BOOL, "islower", _is_all(_LOWER, _UPPER)),
}
