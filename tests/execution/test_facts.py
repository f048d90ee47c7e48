"""What is learned of integers on the way is true there: on the way that is taken, and where ways meet."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from camshaft.execution.bounds import GENERAL, Bounds, Known
from camshaft.execution.facts import COMPARISONS, Facts

NAMES = ("v1", "v2", "f1")
_TESTS = {
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
}
assert _TESTS.keys() == COMPARISONS
_ANY = Bounds(-100, 100)


@dataclass(frozen=True)
class Setting:
    """A variable is set to a number, or to another variable's and a bit."""

    name: str
    of: str | None
    number: int


@dataclass(frozen=True)
class Branching:
    """Two variables, or one and a number, are compared; what is set then; and a branch by what was compared."""

    operation: str
    left: str
    right: str | int
    opposite: bool
    between: tuple[Setting, ...]
    arms: tuple[tuple[Setting | Branching, ...], tuple[Setting | Branching, ...]]


names = st.sampled_from(NAMES)
sets = st.builds(Setting, names, st.none() | names, st.integers(-3, 3))
few = st.lists(sets, max_size=1).map(tuple)
statements: st.SearchStrategy[Setting | Branching] = st.recursive(
    sets,
    lambda inner: st.builds(
        Branching,
        st.sampled_from(sorted(_TESTS)),
        names,
        names | st.integers(-3, 3),
        st.booleans(),
        few,
        st.tuples(*[st.lists(inner, max_size=3).map(tuple)] * 2),
    ),
    max_leaves=8,
)


@dataclass
class Walk:
    """One way through statements, beside the facts of all ways."""

    facts: Facts
    values: dict[str, int]
    tests: int = field(default=0)

    def bounds(self, name: str | int) -> Bounds:
        return self.facts.of(name, _ANY) if isinstance(name, str) else Bounds(name, name)

    def check(self) -> None:
        for left in NAMES:
            bounds = self.facts.of(left, _ANY)
            assert bounds.low <= self.values[left] <= bounds.high
            for right in NAMES:
                apart = self.facts.of_difference(left, right, _ANY)
                assert apart.low <= self.values[left] - self.values[right] <= apart.high

    def run(self, several: tuple[Setting | Branching, ...], *, taken: bool) -> None:
        for one in several:
            if isinstance(one, Setting):
                self.set(one, taken=taken)
            else:
                self.branch(one, taken=taken)
            if taken:
                self.check()

    def set(self, one: Setting, *, taken: bool) -> None:
        base = Bounds(0, 0) if one.of is None else self.bounds(one.of)
        self.facts.forget((one.name,))
        self.facts.learn(one.name, base.moved(one.number, one.number))
        if taken:
            self.values[one.name] = (0 if one.of is None else self.values[one.of]) + one.number

    def branch(self, one: Branching, *, taken: bool) -> None:
        self.tests += 1
        condition = f"t{self.tests}"
        self.facts.compared(
            condition, one.operation, (one.left, str(one.right)), (self.bounds(one.left), self.bounds(one.right))
        )
        right = self.values[one.right] if isinstance(one.right, str) else one.right
        holds = _TESTS[one.operation](self.values[one.left], right)
        if one.opposite:
            self.facts.negated(f"{condition}n", condition)
            condition, holds = f"{condition}n", not holds
        self.run(one.between, taken=taken)
        before, ways = self.facts.state(), []
        for truth, arm in zip((True, False), one.arms, strict=True):
            self.facts.meet([before])
            self.facts.assume(condition, holds=truth)
            if taken and holds == truth:
                self.check()
            self.run(arm, taken=taken and holds == truth)
            ways.append(self.facts.state())
        self.facts.meet(ways)


@given(st.lists(statements, max_size=6).map(tuple), st.tuples(*[st.integers(-4, 4)] * len(NAMES)))
@settings(max_examples=10 * settings().max_examples)
def test_what_is_known_of_a_name_is_true(several: tuple[Setting | Branching, ...], values: tuple[int, ...]) -> None:
    walk = Walk(Facts(Known(GENERAL, {}), looks_for_counters=False), dict(zip(NAMES, values, strict=True)))
    walk.run(several, taken=True)


def test_a_test_tells_of_both_its_operands_and_of_how_far_they_are_apart() -> None:
    facts = Facts(Known(GENERAL, {}), looks_for_counters=False)
    facts.compared("t1", "less", ("v1", "v2"), (Bounds(-5, 5), Bounds(0, 3)))
    facts.assume("t1", holds=True)
    assert facts.of("v1", Bounds(-5, 5)) == Bounds(-5, 2)
    assert facts.of("v2", Bounds(0, 3)) == Bounds(0, 3)
    assert facts.of_difference("v2", "v1", Bounds(-9, 9)) == Bounds(1, 9)
    facts.forget(("v2",))
    assert facts.of_difference("v2", "v1", Bounds(-9, 9)) == Bounds(-9, 9)
