"""A rollout under way: the instances that run the new version, each with its shadow, the old version beside it.

Every input of such an instance runs under both versions, on a state of its own each. So the old version's state is
never stale, and going back is to put the shadows in: nothing that the old version has a form of is lost.

Which instances run the new version is told by a hash of their addresses, with a salt of the rollout: an instance that
does stays with it as the share grows, and whoever folds the same journal tells the same.

Rule: as in the engine, nothing here reads a clock. What a rollout does by itself, it does at an entry, on the time of
its batch.
"""

from __future__ import annotations

import hashlib
from copy import deepcopy
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from camshaft.bytecode.rollback import Example, InputLosses
from camshaft.bytecode.rollout import ALL, Rollout
from camshaft.runtime.catalog import Catalog, Loaded
from camshaft.runtime.entries import Entries, Input
from camshaft.runtime.facades import line_between
from camshaft.runtime.health import Health, is_same, lost
from camshaft.runtime.inputs import run_input
from camshaft.runtime.instances import Machine
from camshaft.runtime.invariants import broken, check_states
from camshaft.runtime.losses import example_of
from camshaft.runtime.method_pairs import pairs_of, takes_the_same
from camshaft.runtime.migration import Migration
from camshaft.runtime.outcomes import Outcome, Returned, StaleInput
from camshaft.runtime.stages import Instance, Stage
from camshaft.values.address import Address

Joining: TypeAlias = tuple[str | None, Instance, Any]
"""An instance that is to run the new version: its key, itself, and its new state."""

_HASH_BITS: Final = 64


class RunningRollout:
    """A rollout of one machine. While there is one, the engine runs the machine's inputs through it."""

    __slots__ = (
        "_all",
        "_catalog",
        "_forms",
        "_migration",
        "_new",
        "_old",
        "_pairs",
        "_salt",
        "_stage",
        "_without_shadow",
        "after",
        "before",
        "failure",
        "health",
        "held",
        "losses",
        "machine",
        "position",
        "shadows",
        "share",
        "since_us",
        "terms",
    )

    def __init__(
        self,
        catalog: Catalog,
        machine: Machine,
        before: Loaded,
        after: Loaded,
        migration: Migration | None,
        terms: Rollout,
        salt: str,
        position: int,
    ) -> None:
        self.machine = machine
        self.before, self.after = before, after
        self.terms = terms
        self.position = position
        """Where the upgrade stands in the journal."""
        self.share = 0
        """How many of a million addresses run the new version."""
        self.since_us = 0
        """When the wave began."""
        self.held = False
        """Whether no wave begins by itself, and the rollout is not confirmed by itself."""
        self.health = Health(terms)
        self.losses = InputLosses()
        """What going back would lose, since the rollout began; the inputs of the wave are not in it yet."""
        self.failure: str | None = None
        """Why the rollout must end, once it must."""
        self.shadows = machine.without_instances()
        # Else they are at the very stage of the machine: the instances of the other side are there too.
        if machine.loaded is not before:
            self.shadows.stage = Stage(before)
        self._catalog = catalog
        self._migration = migration
        self._salt = salt.encode()
        self._forms: dict[tuple[str, str], bool] = {}
        """Whether an input for another program, by (program id, method), is run by the old one as one for itself."""
        self._without_shadow: set[str | None] = set()
        """The keys of instances that came without a shadow; one may have come since."""
        self._pairs = pairs_of(self.before, after)
        self._all = {machine.name: machine}
        self._old = {machine.name: self.shadows}
        self._stage = Stage(after)
        self._new = {machine.name: machine.seen_under(self._stage)}
        self.set_fuel()

    def forked(self, catalog: Catalog, machine: Machine) -> RunningRollout:
        """The same rollout of a copy of the machine, which goes its own way."""
        copy = RunningRollout(
            catalog, machine, self.before, self.after, self._migration, self.terms, self._salt.decode(), self.position
        )
        copy.share, copy.since_us, copy.held = self.share, self.since_us, self.held
        copy.health, copy.losses = self.health.copy(), deepcopy(self.losses)
        copy._without_shadow |= self._without_shadow
        for key, shadow in self.shadows.each():
            copy.shadows.add(key, self.before.make_cell(shadow.state))
        for _, instance in machine.each():
            if instance.loaded is self.after:
                instance.become(copy._stage, instance.cell)
        if self.share == ALL:
            machine.stage = copy._stage
        return copy

    # ---- who runs what ---------------------------------------------------------------------------------------------

    def includes(self, key: str | None, share: int) -> bool:
        """Whether an address is in a share of them. One that is in a share is in every larger one."""
        if share == ALL:
            return True
        digest = hashlib.sha256(self._salt + str(Address(self.machine.name, key)).encode()).digest()
        return int.from_bytes(digest[:8], "big") * ALL >> _HASH_BITS < share

    def program_of(self, key: str | None) -> Loaded:
        """The program that a new instance of a key gets."""
        return self.after if self.includes(key, self.share) else self.before

    @property
    def count(self) -> int:
        """How many instances run the new version."""
        return sum(instance.loaded is self.after for _, instance in self.machine.each())

    def set_fuel(self) -> None:
        """Give every instance, and every shadow, what the machine's inputs may use."""
        self.shadows.fuel = self._new[self.machine.name].fuel = self.machine.fuel

    # ---- waves -----------------------------------------------------------------------------------------------------

    def following(self) -> int | None:
        """The share of the next wave, None after the last one."""
        return next((share for share in self.terms.shares if share > self.share), None)

    def joining(self, share: int) -> list[Joining]:
        """The instances that would run the new version if its share grew, each with its new state.

        Raises `Rejected` where the migration fails on one, or it would break an invariant; nothing has changed then.
        """
        found = self.candidates(share)
        states = [(key, each.state) for key, each in found]
        if self._migration is not None:
            migrated = self._migration.of_all(self.machine.name, states)
            states = [(key, state) for (key, _), state in zip(found, migrated, strict=True)]
        check_states(self.after, self.machine.name, states)
        return [(key, each, state) for (key, each), (_, state) in zip(found, states, strict=True)]

    def candidates(self, share: int) -> list[tuple[str | None, Instance]]:
        """The instances that would run the new version if its share grew, by their keys."""
        return [
            (key, each) for key, each in self.machine.each() if each.loaded is self.before and self.includes(key, share)
        ]

    def grow(self, share: int, joining: list[Joining], time_us: int) -> None:
        """Let a share of the instances run the new version from here on: a wave, whose health is its own."""
        for key, instance, state in joining:
            self.shadows.add(key, instance.cell)
            # That cell goes on as the shadow's; the new one has copies of the state's containers.
            instance.become(self._stage, self.after.make_cell(state))
        self.share = share
        self.since_us = time_us
        self.losses.inputs += self.health.inputs
        self.health = Health(self.terms)
        if share == ALL:
            self.machine.stage = self._stage

    def is_due(self, time_us: int) -> bool:
        """Whether the wave has been watched for long enough, on enough inputs, to go on to the next."""
        period = self.terms.period
        return not self.held and period is not None and time_us - self.since_us >= period and self.health.is_judged

    # ---- the end ---------------------------------------------------------------------------------------------------

    def finish(self, joining: list[Joining]) -> None:
        """Let all instances run the new version for good; `joining` are those that did not yet."""
        for _, instance, state in joining:
            stays = self._migration is None
            instance.become(self._stage, instance.cell if stays else self.after.make_cell(state))
        self.machine.stage = self._stage
        self.machine.rollout = None

    def go_back(self) -> None:
        """Let all instances run the old version again: the shadows take the places of those that ran the new one."""
        self.machine.put_back(self.shadows, self.left())
        self.machine.rollout = None

    def going_back_loses(self) -> InputLosses:
        """What would be lost if the rollout ended so now."""
        return replace(self.losses, inputs=self.losses.inputs + self.health.inputs, instances=len(self.left()))

    def left(self) -> list[str | None]:
        """The keys of the instances of which nothing would be left after going back."""
        return [key for key in self._without_shadow if key not in self.shadows.keys]

    def forget(self, key: str | None) -> None:
        """Let what the old version has of a deleted instance be no more, too."""
        self.shadows.remove(key)
        self._without_shadow.discard(key)

    # ---- inputs ----------------------------------------------------------------------------------------------------

    def run(self, entry: Input, batch: Entries, start: int, index: int) -> Outcome:
        """Run an input of the machine. Where it shows that the new version must go, `failure` says why, and the outcome
        is the old version's: what its caller is told is what will have happened."""
        told: Outcome
        old: Outcome
        key, position = entry.key, start + index
        instance, shadow = self.machine.instance(key), self.shadows.instance(key)
        if shadow is None and self.share != ALL and not self._runs_the_new(key, instance):
            return run_input(self._all, self._catalog, entry, batch, start, index)
        pair = self._pairs.get(entry.method)
        # Nearly every input is one for the new version, of a method that both have, on an instance that both know.
        if pair and instance and shadow and entry.interface == self.after.id and type(entry.arguments) is tuple:
            # Neither has maps that are being brought over: both were migrated whole.
            told, old = pair.run(entry.arguments, instance.held, shadow.held, self.machine.fuel)
            self.health.inputs += 1
        else:
            told = run_input(self._new, self._catalog, entry, batch, start, index)
            old = run_input(self._old, self._catalog, self._for_the_old(entry), batch, start, index)
            if type(told) is not StaleInput:
                self.health.inputs += 1
            if instance is None and key in self.machine.keys and key not in self.shadows.keys:
                self._without_shadow.add(key)
        if told is not old and not is_same(told, old):
            self._differs(entry, position, told, old)
        if self.after.invariants and type(told) is Returned and self.failure is None:
            self._check_invariants(entry, position)
        # Of an input that the old version has no form of, its failure under the new one is all that can be told.
        if self.failure is None or (isinstance(old, StaleInput) and not isinstance(told, Returned)):
            return told
        return old

    def _runs_the_new(self, key: str | None, instance: Instance | None) -> bool:
        """As `includes` for an address without a shadow, but that a hash is computed only where no instance tells."""
        return self.includes(key, self.share) if instance is None else instance.loaded is self.after

    def _for_the_old(self, entry: Input) -> Input:
        """The input as the old version has a form of it: one whose arguments have the types that it takes, whatever
        becomes of its result and refusals, is its own."""
        interface, method = entry.interface, entry.method
        if interface == self.before.id or line_between(self.shadows, interface, self.before):
            return entry
        form = self._forms.get((interface, method))
        if form is None:
            made_for = self._catalog.programs.get(interface)
            form = made_for is not None and takes_the_same(made_for, self.before, method)
            self._forms[interface, method] = form
        return Input(entry.machine, entry.key, method, entry.arguments, self.before.id) if form else entry

    def _differs(self, entry: Input, position: int, told: Outcome, old: Outcome) -> None:
        def example() -> Example:
            return example_of(self._catalog, entry, position, told, old)

        loss = lost(self.losses, told, old)
        if loss is not None:
            loss.count += 1
            if loss.first is None:
                loss.first = example()
        if self.health.differs(entry.method, told, old, example):
            self.failure = self.health.failure()

    def _check_invariants(self, entry: Input, position: int) -> None:
        instance = self.machine.instance(entry.key)
        if instance is None:
            return
        found = broken(self.after, instance.cell, self.machine.fuel)
        if found is not None:
            reason, _ = found
            address = Address(self.machine.name, entry.key)
            self.failure = f"{address} broke an invariant at position {position}, by {entry.method}: {reason}"
