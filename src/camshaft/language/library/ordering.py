"""What puts elements in order: `sorted`, `min`, `max`, and the keys that they go by.

A key is a `lambda`, or a function named in its place. It is written out where it is used: functions are not values
here. Python computes a key once for each element, in the elements' order, before it compares any.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from camshaft.category.terms import Constant, Fork, Identity, If, MapEach, Primitive, Term, compose
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import applied, check_order, collected, fitted, joined
from camshaft.language.iteration import Iterated, iterated
from camshaft.language.keyed import AtPlace, at_place, picked_out, told_by
from camshaft.language.library.handlers import FunctionHandler, Parameter, check_eager, matched, pinned
from camshaft.language.library.key_functions import key_of
from camshaft.language.library.sequences import check_sources
from camshaft.language.lowered import Lowered, constant
from camshaft.language.ordered import comparable
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_INT,
    PY_NONE,
    PyClass,
    PyList,
    PyTuple,
    PyType,
    core,
    is_mutable,
    is_optional,
    shown,
)
from camshaft.language.shares import Shares
from camshaft.values.check import zero
from camshaft.values.types import INT


def _in_order(body: Body, type_: PyType, node: ast.AST) -> Term:
    """As `comparable`. Raises Problem."""
    found = comparable(type_)
    if found is None:
        if is_optional(type_):
            help_ = "give None a place of its own: `key=lambda x: (x is None, 0 if x is None else x)`"
        elif isinstance(type_, PyClass):
            names = [one.name for one in type_.fields]
            help_ = f"say by what: `key=lambda x: x.{names[0] if names else '…'}`"
        else:
            help_ = "say by what: `key=lambda x: …`, of numbers, texts, and tuples and lists of those"
        raise body.problem(Code.OPERATOR, f"`{shown(type_)}` has no order", node, help_)
    return found


# ---- keys ------------------------------------------------------------------------------------------------------------


def key_list(body: Body, items: Lowered, source: Iterated, key: ast.expr | None) -> Lowered | None:
    """The list of what elements are compared by, in their order; None where that is themselves. Raises Problem."""
    if key is not None and source.of_set:
        raise body.problem(
            Code.OPERATOR,
            "where two members have one key, which comes first would be the set's to say, and it has no order",
            key,
            f"put the members in order first: `sorted({ast.unparse(source.node)})`",
        )
    inner, port = body.flow.inner(core(source.element))
    element = Lowered(source.element, inner.scope.read(port), inner.scope.level, calm=True, stable=True)

    def round_() -> Lowered:
        value = element if key is None else key_of(body, key, element, source)
        term = _in_order(body, value.type, key or source.node)
        return fitted(body, replace(value, term=compose(value.term, term)), value.type, key or source.node)

    value = body.within(inner, round_)
    if value.writes:
        raise body.problem(Code.ORDER, "a key must not change the state", key or source.node, "write a loop instead")
    if key is None and value.term == element.term:
        return None
    term = compose(Fork((("0", Identity()), ("1", items.at(body.level)))), MapEach(value.at(inner.scope.level)))
    return Lowered(PyList(value.type), term, body.level, calm=value.calm)


def given_key(given: dict[str, ast.expr]) -> ast.expr | None:
    """The key that a call gives; `key=None` is none."""
    key = given.get("key")
    return None if isinstance(key, ast.Constant) and key.value is None else key


def put_in_order(body: Body, source: Iterated, given: dict[str, ast.expr]) -> Lowered:
    """The list of what is iterated, in order: `given` may hold `key` and `reverse`. Raises Problem."""
    key = given_key(given)
    reverse = constant(PY_BOOL, False, body.level)
    where: ast.AST = given.get("reverse", source.node)
    if "reverse" in given:
        reverse = fitted(body, lower(body, given["reverse"], PY_BOOL), PY_BOOL, given["reverse"], "`reverse`")
        check_sources(body, [(source, source.node), (reverse, where)])
        check_eager(body, source.node, [(reverse, where)])
    type_ = PyList(source.element)

    made = source.listed(type_)

    def ordered(others: Lowered | None) -> Lowered:
        """The elements in order, or what stands beside each of them."""

        def with_both(items: Lowered, flag: Lowered) -> Lowered:
            keys = key_list(body, items, source, key)
            of = items if others is None else others
            operands = [one.at(body.level) for one in (of, keys, flag) if one is not None]
            primitive = Primitive("list_sorted" if keys is None else "list_sorted_by")
            calm = items.calm and flag.calm and (keys is None or keys.calm)
            return Lowered(of.type, applied(primitive, operands), body.level, calm=calm)

        return pinned(body, made, lambda items: pinned(body, reverse, lambda flag: with_both(items, flag)))

    result = replace(ordered(None), borrows=made.borrows)
    found = source.keyed
    return result if found is None or key is None else told_by(result, found.rearranged(ordered(found.value).term))


def _sorted(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`sorted(xs)`, `sorted(xs, key=lambda x: …, reverse=True)`"""
    del expected
    given = matched(
        body,
        node,
        "sorted",
        [
            Parameter("iterable", positional=True),
            Parameter("key", optional=True, keyword=True),
            Parameter("reverse", optional=True, keyword=True),
        ],
    )
    source = iterated(body, given["iterable"], any_order=True)
    if "key" not in given and _is_by_keys(source):
        # No two keys of a dict are equal: they alone decide, whatever the values are.
        item = ast.Subscript(ast.Name("item", ast.Load()), ast.Constant(0), ast.Load())
        names = ast.arguments([], [ast.arg("item")], None, [], [], None, [])
        key = ast.fix_missing_locations(ast.copy_location(ast.Lambda(names, item), given["iterable"]))
        given = {**given, "key": key}
    return put_in_order(body, source, given)


def _is_by_keys(source: Iterated) -> bool:
    """Whether it is the entries of a dict, whose keys have an order and whose values have none."""
    if source.view != "items" or not isinstance(source.element, PyTuple):
        return False
    key, value = source.element.elements
    return comparable(key) is not None and comparable(value) is None


# ---- the least and the greatest --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Extreme:
    """`min` or `max`: its operation on a list, and the comparison by which a later value replaces an earlier one."""

    name: str
    of_list: str
    replaces: str

    def __call__(self, body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
        """`min(a, b)`, `min(xs)`, `min(xs, key=lambda x: …, default=0)`"""
        if len(node.args) > 1:
            return self._of_several(body, node, expected)
        given = matched(
            body,
            node,
            self.name,
            [
                Parameter("iterable", positional=True),
                Parameter("key", optional=True, keyword=True),
                Parameter("default", optional=True, keyword=True),
            ],
        )
        source = iterated(body, given["iterable"], any_order=True)
        if "default" not in given:
            return self._of_list(body, source, given_key(given))
        default = lower(body, given["default"], expected or source.element)
        check_sources(body, [(source, source.node), (default, given["default"])])
        check_eager(body, source.node, [(default, given["default"])])
        return self._with_default(body, source, given_key(given), (default, given["default"]))

    def _of_list(self, body: Body, source: Iterated, key: ast.expr | None) -> Lowered:
        made = source.listed(PyList(source.element))
        found = pinned(body, made, lambda items: self._found(body, items, source, key))
        found = replace(found, borrows=source.shares.borrows)
        of = source.keyed
        if of is None:
            return found
        finding = pinned(body, made, lambda items: self._found(body, items, source, key, of.value))
        return picked_out(body, of, finding, found, source.node)

    def _found(
        self, body: Body, items: Lowered, source: Iterated, key: ast.expr | None, others: Lowered | None = None
    ) -> Lowered:
        """The element, of a list that is bound, or what stands beside it; an empty one traps."""
        keys = key_list(body, items, source, key)
        of, type_ = (items, source.element) if others is None else (others, _element(others.type))
        if keys is None and others is not None:
            keys = items
        if keys is None:
            term: Term = compose(items.at(body.level), Primitive(self.of_list))
            return Lowered(source.element, term, body.level)
        if isinstance(source.node, ast.GeneratorExp) and not source.value.calm and not keys.calm:
            raise body.problem(
                Code.ORDER,
                "Python computes the key of each element before the next element, and both may fail here",
                source.node,
                f"make a list: `[{ast.unparse(source.node)[1:-1]}]`",
            )

        def chosen(by: Lowered) -> Lowered:
            best = compose(by.at(body.level), Primitive(self.of_list))
            position = applied(Primitive("list_position"), [by.at(body.level), best])
            return Lowered(type_, applied(Primitive("list_index"), [of.at(body.level), position]), body.level)

        return pinned(body, keys, chosen)

    def _with_default(
        self, body: Body, source: Iterated, key: ast.expr | None, default: tuple[Lowered, ast.expr]
    ) -> Lowered:
        type_ = joined(body, [source.element, default[0].type], default[1])
        other = fitted(body, default[0], type_, default[1])

        def with_items(items: Lowered) -> Lowered:
            return pinned(body, other, lambda held: with_both(items, held))

        def with_both(items: Lowered, held: Lowered) -> Lowered:
            found = fitted(body, self._found(body, items, source, key), type_, source.node)
            empty = applied(
                Primitive("equal"), [compose(items.at(body.level), Primitive("length")), constant(PY_INT, 0).term]
            )
            return Lowered(type_, If(empty, held.at(body.level), found.at(body.level)), body.level)

        borrows = [borrow.held() for borrow in (*source.shares.borrows, *other.borrows)]
        made = source.listed(PyList(source.element))
        result = replace(pinned(body, made, with_items), borrows=tuple(borrows))
        of = source.keyed
        if of is None or default[0].type != PY_NONE or not isinstance(of.part, AtPlace):
            return result
        length = compose(made.at(body.level), Primitive("length"))
        present = applied(Primitive("less"), [Constant(INT, 0), length])
        finding = pinned(body, made, lambda items: self._found(body, items, source, key, of.value))
        none = Constant(core(finding.type), zero(core(finding.type)))
        found = replace(finding, term=If(present, finding.term, none))
        at = at_place(body, of.part, found, source.node)
        others = tuple(borrow for borrow in borrows if borrow.path != at.path)
        return replace(result, borrows=(*at.borrows, *others), path=at.path, present=present, maybe=at.place)

    # ---- of several values -------------------------------------------------------------------------------------------

    def _of_several(self, body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
        parameters = [Parameter(f"value{index}", positional=True) for index in range(len(node.args))]
        given = matched(body, node, self.name, [*parameters, Parameter("key", optional=True, keyword=True)])
        nodes = [given[parameter.name] for parameter in parameters]
        if given_key(given) is not None:
            return self._by_key(body, node, nodes, given_key(given), expected)
        first = lower(body, nodes[0], expected)
        _check_value(body, first.type, nodes[0])
        return pinned(body, first, lambda best: self._better(body, (best, nodes[0]), nodes[1:]))

    def _better(self, body: Body, best: tuple[Lowered, ast.expr], nodes: Sequence[ast.expr]) -> Lowered:
        """The better of a value that is bound and of further ones. Raises Problem."""
        value = lower(body, nodes[0], best[0].type)
        if value.type != best[0].type:
            raise _different(body, self.name, best[0].type, value.type, nodes[0])
        check_order(body, [best, (value, nodes[0])])

        def compared(held: Lowered) -> Lowered:
            better = self._of_two(body, best[0], held)
            if len(nodes) == 1:
                return better
            # Python compares when all are evaluated: comparing cannot fail, so that it may as well be done before.
            return pinned(body, better, lambda one: self._better(body, (one, nodes[0]), nodes[1:]))

        return pinned(body, value, compared)

    def _of_two(self, body: Body, best: Lowered, value: Lowered) -> Lowered:
        condition = applied(Primitive(self.replaces), [value.at(body.level), best.at(body.level)])
        return Lowered(
            best.type,
            If(condition, value.at(body.level), best.at(body.level)),
            body.level,
            calm=best.calm and value.calm,
            borrows=tuple(borrow.held() for one in (best, value) for borrow in one.borrows),
            writes=best.writes | value.writes,
        )

    def _by_key(
        self, body: Body, node: ast.Call, nodes: Sequence[ast.expr], key: ast.expr | None, expected: PyType | None
    ) -> Lowered:
        values = [lower(body, one, expected) for one in nodes]
        check_order(body, list(zip(values, nodes, strict=True)))
        type_ = joined(body, [value.type for value in values], node)
        held = [fitted(body, value, type_, one).at(body.level) for value, one in zip(values, nodes, strict=True)]
        listed = Lowered(
            PyList(type_),
            collected(held),
            body.level,
            calm=all(value.calm for value in values),
            writes=frozenset[str]().union(*(value.writes for value in values)),
        )
        borrows = tuple(borrow.held() for value in values for borrow in value.borrows) if is_mutable(type_) else ()
        return self._of_list(body, Iterated(node, listed, type_, Shares(borrows)), key)


def _element(type_: PyType) -> PyType:
    assert isinstance(type_, PyList)
    return type_.element


def _check_value(body: Body, type_: PyType, node: ast.AST) -> None:
    if not isinstance(_in_order(body, type_, node), Identity):
        raise body.problem(
            Code.OPERATOR, f"`{shown(type_)}` is not compared here", node, "say by what: `key=lambda x: …`"
        )


def _different(body: Body, name: str, one: PyType, other: PyType, node: ast.AST) -> Problem:
    help_ = "test for None first" if is_optional(one) or is_optional(other) else "give it values of one type"
    return body.problem(Code.OPERATOR, f"`{name}` cannot compare `{shown(one)}` and `{shown(other)}`", node, help_)


FUNCTIONS: Final[dict[object, FunctionHandler]] = {
    sorted: _sorted,
    min: _Extreme("min", "list_min", "less"),
    max: _Extreme("max", "list_max", "greater"),
}
