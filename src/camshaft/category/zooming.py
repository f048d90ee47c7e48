"""Zooming: a term written for a part of the state, run at that part of a larger state.

What a lens does for functions, a prefix of places does for terms: every place in the term is put behind the prefix.
Where the prefix has keys, the term's input is paired with them, and they are handed through the term to its places.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, assert_never

from camshaft.bytecode.program import Place
from camshaft.category import terms as t
from camshaft.category.subterms import at_places, parts
from camshaft.category.terms import Term, compose, fork

_FIRST, _SECOND = t.Project("0"), t.Project("1")


def zoom(prefix: tuple[str | None, ...], term: Term, *, stateless: Collection[str] = ()) -> Term:
    """Run a term a -> b, written for a part of the state, at that part.

    The prefix is the way to the part: labels of fields, and None for a key. Without a key the result is a term
    a -> b; with one it is (a, key) -> b, with more of them (a, (key, …)) -> b.

    A function is written for the state of its machine. A term that calls one can be zoomed only where that function
    is named in `stateless`: the caller knows that it uses no state.

    Raises:
        ValueError: the term calls a function that is not in `stateless`.
    """
    called = sorted(_called(term) - set(stateless))
    if called:
        raise ValueError(
            f"the term calls {', '.join(called)}, whose places are those of the whole state; zoom into the body of the"
            " function instead, or name it in `stateless` if it uses no state"
        )
    if None not in prefix:
        return at_places(term, lambda place: _behind(prefix, place))
    return _Keyed(prefix).of(term)


def _behind(prefix: tuple[str | None, ...], place: Place) -> Place:
    return Place(0, (*prefix, *place.steps)) if place.slot == 0 else place


def _called(term: Term) -> set[str]:
    found = {term.function} if isinstance(term, t.Call) else set()
    return found.union(*map(_called, parts(term)))


class _Keyed:
    """The translation of a term a -> b to one (a, keys) -> b: each constructor hands the keys to its parts."""

    def __init__(self, prefix: tuple[str | None, ...]) -> None:
        self._prefix = prefix
        count = prefix.count(None)
        self._keys = [_SECOND] if count == 1 else [compose(_SECOND, t.Project(str(index))) for index in range(count)]

    def of(self, term: Term) -> Term:
        match term:
            case t.Compose(terms):
                *before, last = map(self.of, terms)
                return compose(*(fork(each, _SECOND) for each in before), last)
            case t.Fork(made):
                return t.Fork(tuple((label, self.of(part)) for label, part in made))
            case t.Case(branches):
                return compose(t.Distribute("0"), t.Case(tuple((label, self.of(branch)) for label, branch in branches)))
            case t.If(condition, then, otherwise):
                return t.If(self.of(condition), self.of(then), self.of(otherwise))
            case t.Get(place) | t.Delete(place):
                return self._at(term, place, 0)
            case t.Put(place) | t.Append(place):
                return self._at(term, place, 1)
            case t.Locals(slots, body):
                return t.Locals(slots, self.of(body))
            case t.Block(label, body):
                return t.Block(label, self.of(body))
            case t.Each(body):
                return compose(self._exchange, t.Each(self._body(body)))
            case t.MapEach(body):
                return compose(self._exchange, t.MapEach(self._body(body)))
            case t.While(condition, body):
                return t.While(self.of(condition), self.of(body))
            case t.Curry(parameter, body):
                return t.Curry(parameter, self._body(body))
            case (
                t.Identity()
                | t.Project()
                | t.Inject()
                | t.Distribute()
                | t.Constant()
                | t.Primitive()
                | t.Call()
                | t.Ask()
                | t.Exit()
                | t.Apply()
                | t.Refuse()
                | t.Trap()
            ):
                return compose(_FIRST, term)
            case _:
                assert_never(term)

    # ((a, keys), b) -> ((a, b), keys), which is its own inverse: a loop and a function pair what they are given with b.
    _exchange: Final = fork(fork(compose(_FIRST, _FIRST), _SECOND), compose(_FIRST, _SECOND))

    def _body(self, body: Term) -> Term:
        return compose(self._exchange, self.of(body))

    def _at(self, operation: t.Get | t.Put | t.Delete | t.Append, place: Place, values: int) -> Term:
        if place.slot:
            return compose(_FIRST, operation)
        moved = type(operation)(_behind(self._prefix, place))
        count = values + place.key_count
        given: list[Term] = [_FIRST] if count == 1 else [compose(_FIRST, t.Project(str(at))) for at in range(count)]
        return t.operate(moved, *given[:values], *self._keys, *given[values:])
