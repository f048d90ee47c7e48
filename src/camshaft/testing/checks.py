"""Checking an upgrade at every position: what is asked of it, and the first position at which it does not hold.

- The migration neither refuses nor traps on any state that the old version came to.
- The invariants of the new version, and what else is claimed of states (`invariant`), hold after the migration, and
  after each input that follows.
- A downgrade, where there is one, neither refuses nor traps on what the migration made; where the upgrade is claimed to
  be `reversible`, it gives back the very state that there was.
- Methods that are claimed to have the `same_answers` answer the rest of the inputs as the old version did: results,
  refusals and traps. The inputs are those of old clients, and go through the upgrade's adapters where it has some.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from camshaft.errors import Rejected
from camshaft.language.machine import Machine
from camshaft.runtime.fork import forked
from camshaft.runtime.outcomes import Outcome
from camshaft.runtime.showing import shown
from camshaft.testing.calls import Call, Step
from camshaft.testing.positions import Pair, Position, Recording, Value, positions
from camshaft.testing.report import Failure, Sides
from camshaft.values.address import Address
from camshaft.values.codec import encode

Old = TypeVar("Old", bound=Machine)
New = TypeVar("New", bound=Machine)


@dataclass(frozen=True)
class Claims(Generic[New]):
    """What is claimed of an upgrade; see `check_upgrade`."""

    invariant: Callable[[New], object] | None = None
    reversible: bool = False
    same_answers: Collection[str] = ()
    then: Sequence[Call] = ()
    following: int = 20


def first_failure(pair: Pair[Old, New], recording: Recording, claims: Claims[New]) -> Failure | None:
    """The first position at which a claim does not hold, None where all hold everywhere."""
    expected = _answers(recording) if claims.same_answers else []
    for position, _ in positions(pair, recording):
        found = _Check(pair, recording, claims, position, expected).failure()
        if found is not None:
            return found
    return None


def _answers(recording: Recording) -> list[Outcome]:
    """What the old version answers to all inputs."""
    engine = forked(recording.start)
    return [step.on(engine) for step in recording.steps]


class _Check(Generic[Old, New]):
    """The checks of one position."""

    def __init__(
        self,
        pair: Pair[Old, New],
        recording: Recording,
        claims: Claims[New],
        position: Position[Old, New],
        expected: Sequence[Outcome],
    ) -> None:
        self._pair = pair
        self._steps = recording.steps
        self._claims = claims
        self._position = position
        self._expected = expected
        self._inputs = [step.shown for step in recording.steps[: position.position]]

    def failure(self) -> Failure | None:
        """The first of the checks that fails."""
        return next(self._failures(), None)

    def _failures(self) -> Iterator[Failure]:
        position = self._position
        if position.void is not None:
            yield self._failure("upgrade", position.void)
            return
        for key in position.after:
            yield from self._invariant(key, "the migration")
            yield from self._way_back(key)
        yield from self._rest()

    def _rest(self) -> Iterator[Failure]:
        """The checks of the inputs after the upgrade: those of old clients, then those of new ones."""
        position = self._position
        rest = self._steps[position.position : position.position + self._claims.following]
        for number, step in enumerate(rest, position.position):
            outcome = self._taken(step)
            yield from self._same_answer(step, outcome, number)
            yield from self._invariant(step.entry.key, step.shown)
        begin = position.engine.time_us
        for step in self._pair.new.steps(self._claims.then, begin, 2**32):
            self._taken(step)
            yield from self._invariant(step.entry.key, step.shown)

    def _taken(self, step: Step) -> Outcome:
        self._inputs.append(step.shown)
        return self._position.take(step)

    def _same_answer(self, step: Step, outcome: Outcome, number: int) -> Iterator[Failure]:
        if step.entry.method not in self._claims.same_answers or outcome == self._expected[number]:
            return
        was, becomes = shown(self._expected[number]), shown(outcome)
        yield self._failure("answers", f"{step.shown} answers {becomes}, where the old version answers {was}")

    def _invariant(self, key: str | None, after: str) -> Iterator[Failure]:
        declared = self._position.broken(key)
        if declared is not None:
            yield self._broken(key, after, declared)
        invariant = self._claims.invariant
        if invariant is None:
            return
        try:
            holds = invariant(self._position.instance(key))
        except AssertionError as error:
            # pytest writes more lines under what an assertion says.
            first = str(error).partition("\n")[0]
            holds, said = False, f" ({first})" if first else ""
        else:
            said = ""
        # A function of assertions only gives None.
        if holds is None or holds:
            return
        yield self._broken(key, after, f"the invariant does not hold{said}")

    def _broken(self, key: str | None, after: str, reason: str) -> Failure:
        was = self._position.before.get(key)
        sides = None if was is None else Sides(("before", "now"), was, self._position.present(key))
        return self._failure("invariant", f"{self._address(key)} after {after}: {reason}", sides)

    def _way_back(self, key: str | None) -> Iterator[Failure]:
        downgrade, position = self._pair.downgrade, self._position
        was, is_ = position.before[key], position.after[key]
        if downgrade is None:
            back: Value = is_
        else:
            try:
                (state,) = downgrade.of_all(self._pair.old.name, [(key, is_[1])])
            except Rejected as error:
                yield self._failure("downgrade", str(error), Sides(("before", "after"), was, is_))
                return
            back = (was[0], state)
        if self._claims.reversible and (back[0] is not was[0] or encode(*back) != encode(*was)):
            what = "the downgrade gives back another state" if downgrade is not None else "there is no downgrade"
            reason = f"it is not reversible, {what} of {self._address(key)}"
            yield self._failure("reversible", reason, Sides(("before", "after going back"), was, back))

    def _address(self, key: str | None) -> str:
        return str(Address(self._pair.old.name, key))

    def _failure(self, kind: str, reason: str, sides: Sides | None = None) -> Failure:
        return Failure(kind, reason, self._position.position, list(self._inputs), sides)


def smallest(
    fails: Callable[[Sequence[Step]], Failure | None], steps: Sequence[Step], failure: Failure, most_tries: int = 200
) -> Failure:
    """The failure of a shorter sequence of the same kind, found by leaving out ever smaller runs of inputs.

    Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input" (2002), without their test of complements
    by themselves: what is left is such that no single input can be left out, unless the tries were used up.
    """
    tries = 0
    size = max(1, len(steps) // 2)
    while True:
        start, shortened = 0, False
        while start < len(steps):
            shorter = [*steps[:start], *steps[start + size :]]
            tries += 1
            found = fails(shorter)
            if found is not None and found.kind == failure.kind:
                steps, failure, shortened = shorter, found, True
            else:
                start += size
            if tries >= most_tries:
                return failure
        if size == 1 and not shortened:
            return failure
        size = max(1, size // 2)
