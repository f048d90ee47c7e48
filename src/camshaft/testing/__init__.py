"""Tests of upgrades: an upgrade at every position of a sequence of inputs, and what has to hold there.

`from camshaft import testing`. It works with pytest, with Hypothesis, and without either; docs/testing.md shows how.

This is on the author's side, and joins both sides as `simulate` does: what is tested are the bytes that a node would
get, by the code that a node would run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, TypeVar

from camshaft.evolution.upgrade import Upgrade
from camshaft.language.machine import Machine
from camshaft.testing.calls import Call, call
from camshaft.testing.checks import Claims, first_failure, smallest
from camshaft.testing.positions import Pair, Position, Recording, every_position
from camshaft.testing.recordings import recorded
from camshaft.testing.report import UpgradeFailed

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from camshaft.testing.strategies import inputs, objects
else:

    def __getattr__(name):
        # Hypothesis is imported by whoever draws from it, and by nobody else.
        if name not in ("inputs", "objects"):
            raise AttributeError(f"module 'camshaft.testing' has no attribute {name!r}")
        from camshaft.testing import strategies

        return getattr(strategies, name)


Old = TypeVar("Old", bound=Machine)
New = TypeVar("New", bound=Machine)


def check_upgrade(
    upgrade: Upgrade[Old, New],
    calls: Sequence[Call] | SearchStrategy[list[Call]] | Recording | None = None,
    *,
    invariant: Callable[[New], object] | None = None,
    reversible: bool = False,
    same_answers: bool | Collection[str] = (),
    then: Sequence[Call] = (),
    following: int = 20,
) -> None:
    """Upgrade at every position of a sequence of inputs, and check what has to hold there.

    The migration must neither refuse nor trap on any state that the old version comes to, nor the downgrade, where the
    upgrade brings one, on any state that the migration makes.

    Args:
        upgrade: the upgrade, as for a node.
        calls: calls of the old version, `recorded` inputs, or a strategy of calls; `inputs(upgrade.old)` unless given.
        invariant: a function of an instance of the new version, called after the migration and after each input since;
            it fails by giving something false, or by an assertion.
        reversible: claim that going back right after the upgrade gives the very state that there was before it.
        same_answers: the methods that answer old clients as the old version does; True: all that it has.
        then: calls of the new version that are made after the rest of the others, for what they do to the invariant.
        following: how many of the inputs after each position are run on the upgraded machine.

    Raises:
        UpgradeFailed: an AssertionError, at the first position of the smallest sequence of inputs that was found.
        MigrationNeeded: the upgrade has no migration, and none can be derived.
        CompileError: one of its versions cannot run on a node.
        TypeError: a call is not one of its version's.
    """
    running = None
    if isinstance(calls, Recording):
        running = calls.start.machine(upgrade.machine).loaded.verified.program
    pair = Pair(upgrade, running)
    if same_answers is True:
        same_answers = frozenset(pair.old.binding.methods)
    claims = Claims(invariant, reversible, same_answers or (), then, following)
    if isinstance(calls, Recording):
        _check(pair, claims, calls)
    elif isinstance(calls, Sequence):
        _check(pair, claims, Recording(pair.old.engine(), list(pair.old.steps(calls))))
    else:
        _check_drawn(pair, claims, calls)


def _check(pair: Pair[Old, New], claims: Claims[New], recording: Recording, drawn: bool = False) -> None:
    """`drawn`: Hypothesis looks for smaller inputs by itself."""
    failure = first_failure(pair, recording, claims)
    if failure is not None:
        if not drawn:
            start = recording.start
            failure = smallest(
                lambda steps: first_failure(pair, Recording(start, steps), claims), recording.steps, failure
            )
        raise UpgradeFailed(f"the upgrade of {pair.old.name} to {pair.new.machine.__qualname__}", failure)


def _check_drawn(pair: Pair[Old, New], claims: Claims[New], calls: SearchStrategy[list[Call]] | None) -> None:
    from hypothesis import HealthCheck, given, settings

    from camshaft.testing.strategies import inputs

    # The first upgrade compiles two versions: times would tell of the machine that tests run on.
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(inputs(pair.old.machine) if calls is None else calls)
    def check(drawn: list[Call]) -> None:
        _check(pair, claims, Recording(pair.old.engine(), list(pair.old.steps(drawn))), drawn=True)

    check()


__all__ = [
    "Call",
    "Position",
    "Recording",
    "UpgradeFailed",
    "call",
    "check_upgrade",
    "every_position",
    "inputs",
    "objects",
    "recorded",
]
