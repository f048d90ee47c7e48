"""What is known at one point of a method: which variables have a value, what was narrowed, given away or is iterated.

A flow is copied where the code branches and joined where the branches meet. Only what holds on every branch that
arrives is known after the join.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from camshaft.category.ports import Port, Scope
from camshaft.language.homes import Alias, Ended, Gathers, Home, joined
from camshaft.language.lowered import Borrow, Lowered, Path
from camshaft.language.pytypes import PyType
from camshaft.language.unions import union_of
from camshaft.values.types import Type


@dataclass(frozen=True, slots=True)
class Variable:
    """A local name: a value where it never changes (parameters, loop variables, captures), else a slot.

    `stored`: what the slot holds, T for a variable of type `T | None` whose object can change; another slot, `present`,
    holds whether it is not None. `loop`: the loop whose elements the name shows one by one, as values.

    `borrows`: whose containers its value is or holds, where it is a capture. `parameter`: what it is or holds is the
    caller's, and the method must not change it.
    """

    name: str
    type: PyType
    path: Path
    value: Lowered | None = None
    slot: int | None = None
    borrows: tuple[Borrow, ...] = ()
    parameter: bool = False
    stored: PyType | None = None
    present: int | None = None
    loop: ast.AST | None = None


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The type that a path has here, smaller than declared; `port` holds the value as of that type, if bound."""

    type: PyType
    port: Port | None = None


@dataclass(frozen=True, slots=True)
class GivenAway:
    """Where the container of a variable was stored elsewhere.

    `into`: the variable, or `self`, that it belongs to now, None where that may be any; `fields`: those of it one of
    which has it, None where that may be any. `capture`: the loop variable that it was reached by. `changed`: where what
    it belongs to was changed since.

    What leaves a field is taken out of it, which is a change of the field, or the field is assigned anew: so whoever
    looks at these alone misses none.
    """

    node: ast.AST
    into: str | None = None
    capture: str | None = None
    changed: ast.AST | None = None
    fields: frozenset[str] | None = None

    def may_be_at(self, path: Path) -> bool:
        """Whether it may be what is at a path, or within that, or hold it."""
        if self.into != path[0]:
            return self.into is None
        return self.fields is None or len(path) == 1 or path[1] in self.fields


def _either(one: GivenAway, other: GivenAway) -> GivenAway:
    """What is known where two ways meet on which the same was given away."""
    into = one.into if one.into == other.into else None
    fields = None if one.fields is None or other.fields is None else one.fields | other.fields
    return replace(one, into=into, changed=one.changed or other.changed, fields=fields)


@dataclass(frozen=True, slots=True)
class Watched:
    """A container that is iterated, and must not change here.

    `loop`: the loop that can go over its elements as places, None where it cannot; `as_places`: it does. `key`: the
    root of the name of an element's own key or index, under which something else may be put. `copied`: what is gone
    over is a copy, so that the element may also be taken away. `can_notice`: the loop can be lowered so that it notices
    which elements were taken away before it comes to them; `notices`: it does, and this is the root of the name through
    which alone elements are changed, "" where the present one was taken away.
    """

    path: Path
    node: ast.AST
    loop: ast.AST | None = None
    as_places: bool = False
    key: str = ""
    copied: bool = False
    can_notice: bool = False
    notices: str | None = None


@dataclass(slots=True)
class Flow:
    """The knowledge at one point; see the head of this module."""

    scope: Scope = field(default_factory=Scope)
    live: bool = True
    depth: int = 0
    """How many conditions this point is nested in: too many are left by exits instead."""
    variables: dict[str, Variable] = field(default_factory=dict)
    """Those that are values, by name; the slots are the method's, and `assigned` names those that have a value."""
    assigned: set[str] = field(default_factory=set)
    narrowed: dict[Path, Narrowing] = field(default_factory=dict)
    given_away: dict[Path, GivenAway] = field(default_factory=dict)
    watched: tuple[Watched, ...] = ()
    homes: dict[str, Home] = field(default_factory=dict)
    """What the variables whose objects can change stand for: slots by their names, captures by their roots."""
    placed: frozenset[str] = frozenset()
    """The names of loops whose element was put into a container in this round."""

    def copy(self) -> Flow:
        """A flow that goes its own way from here."""
        return Flow(
            self.scope,
            self.live,
            self.depth + 1,
            dict(self.variables),
            set(self.assigned),
            dict(self.narrowed),
            dict(self.given_away),
            self.watched,
            dict(self.homes),
            self.placed,
        )

    def become(self, other: Flow) -> None:
        """Know what another flow knows."""
        fresh = other.copy()
        for one in fields(Flow):
            setattr(self, one.name, getattr(fresh, one.name))
        self.depth = other.depth

    def weaken(self, rounds: Sequence[Flow]) -> bool:
        """Keep only what the rounds of a loop, which start here, keep. Gives whether anything was lost."""
        before = (self.homes, self.narrowed, self.given_away, self.placed)
        self.homes = joined_homes([self.homes, *(one.homes for one in rounds)])
        self.narrowed = {
            path: known
            for path, known in self.narrowed.items()
            if all(one.narrowed.get(path) == known for one in rounds)
        }
        self.given_away = dict(self.given_away)
        for path, given in self.given_away.items():
            for one in rounds:
                self.given_away[path] = _either(self.given_away[path], one.given_away.get(path, given))
        self.placed = self.placed.union(*(one.placed for one in rounds))
        return before != (self.homes, self.narrowed, self.given_away, self.placed)

    def inner(self, type_: Type) -> tuple[Flow, Port]:
        """A copy in the scope with one more variable of this type of values, and that variable's port."""
        flow = self.copy()
        flow.scope, port = self.scope.bind(type_)
        return flow, port

    def join(self, branches: Sequence[Flow]) -> None:
        """Go on where these branches, which started here, meet."""
        arriving = [branch for branch in branches if branch.live]
        self.live = bool(arriving)
        for branch in arriving:
            for path, given in branch.given_away.items():
                self.given_away[path] = _either(self.given_away.get(path, given), given)
        if not arriving:
            return
        self.assigned = set.intersection(*(branch.assigned for branch in arriving))
        # What was given away before and assigned anew on every branch is the variable's own again.
        for path in list(self.given_away):
            if all(path not in branch.given_away for branch in arriving):
                del self.given_away[path]
        self.narrowed = self._joined_narrowings(arriving)
        self.homes = joined_homes([branch.homes for branch in arriving])
        self.placed = frozenset().union(*(branch.placed for branch in arriving))
        # A name that showed what was replaced on one of them has a slot for it, the same one on all.
        for name, variable in self.variables.items():
            kept = (branch.variables.get(name, variable) for branch in arriving)
            self.variables[name] = next((one for one in kept if one.slot and one.path == variable.path), variable)

    def _joined_narrowings(self, arriving: Sequence[Flow]) -> dict[Path, Narrowing]:
        joined = {}
        for path in arriving[0].narrowed:
            if all(path in branch.narrowed for branch in arriving):
                found = [branch.narrowed[path] for branch in arriving]
                port = found[0].port
                same = all(narrowing == found[0] for narrowing in found)
                visible = port is not None and port.level <= self.scope.level
                type_ = union_of(narrowing.type for narrowing in found)
                joined[path] = Narrowing(type_, port if same and visible else None)
        return joined

    # ---- changes -----------------------------------------------------------------------------------------------------

    def narrow(self, path: Path, type_: PyType) -> None:
        """From here on, what is at a path is known to be of a smaller type."""
        self.narrowed[path] = Narrowing(type_)

    def resolved(self, path: Path) -> Path:
        """The path of the place that a path from a variable leads to."""
        home = self.homes.get(str(path[0]))
        return (*home.path, *path[1:]) if isinstance(home, Alias) else path

    def forget(self, root: str) -> None:
        """Drop what was narrowed of a variable that gets another value, or that earlier rounds may have changed."""
        for known in [known for known in self.narrowed if known[0] == root]:
            del self.narrowed[known]

    def give_away(self, path: Path, given: GivenAway) -> None:
        """What is at a path, and all that was given into it before, belongs to another variable from here on."""
        root = path[0]
        for known, earlier in self.given_away.items():
            if earlier.into == root:
                into, its = (given.into, given.fields) if len(path) == 1 else (None, None)
                self.given_away[known] = replace(earlier, into=into, fields=its)
        self.given_away[path] = given

    def mark_changed(self, at: Path, node: ast.AST) -> None:
        """What is at a path was changed: what was given into it may have been it."""
        for path, given in self.given_away.items():
            if given.changed is None and given.may_be_at(at):
                self.given_away[path] = replace(given, changed=node)

    def begin_loop(self, node: ast.AST) -> None:
        """A loop begins: what it picked out when it ran before, it may pick out again."""
        for name, home in self.homes.items():
            if isinstance(home, Gathers) and home.picked is not None and home.picked.by is node:
                self.homes[name] = replace(home, picked=None)

    def lose_track(self, path: Path) -> None:
        """What was at a path goes elsewhere, and takes along what was given into it."""
        for known, given in self.given_away.items():
            if given.may_be_at(path):
                self.given_away[known] = replace(given, into=None)

    def leave(self, path: Path) -> None:
        """A field of `self` is assigned anew: what it had is as it was, and may be in any other from here on."""
        for known, given in self.given_away.items():
            if given.fields is not None and given.may_be_at(path):
                self.given_away[known] = replace(given, fields=None)

    def take_back(self, path: Path) -> None:
        """A variable or a field of its object is assigned anew: what was there belongs to others now."""
        for known in [known for known in self.given_away if known[: len(path)] == path]:
            del self.given_away[known]


def joined_homes(branches: Sequence[Mapping[str, Home]]) -> dict[str, Home]:
    """What the variables stand for that stand for something on all ways that meet."""
    first, *others = branches
    known = [name for name in first if all(name in one for one in others)]
    homes = {name: joined([branch[name] for branch in branches]) for name in known}
    end_within(homes)
    return homes


def end_within(homes: dict[str, Home]) -> None:
    """Names for parts of what a variable has end where that does."""
    for name, home in homes.items():
        of = homes.get(str(home.path[0])) if isinstance(home, Alias) else None
        if isinstance(home, Alias) and isinstance(of, Ended):
            homes[name] = replace(of, bound=home.node)
