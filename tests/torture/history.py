"""What a journal holds, folded from its beginning by an engine of its own, beside the model in plain Python.

A journal that is looked at again must hold what it held, byte for byte, and perhaps more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from camshaft.journal.journal import Batch
from camshaft.journal.reading import DirectoryReader
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Entries, Entry, decode_batch
from camshaft.runtime.instances import Machine
from camshaft.runtime.outcomes import Outcome
from camshaft.values.address import Address
from camshaft.values.view import to_json
from torture.model import Model
from torture.versions import MACHINE, version_of


class Placed(Struct, frozen=True):
    """An entry, and what became of it."""

    position: int
    entry: Entry
    outcome: Outcome


class History:
    """Batches as they were read, the engine and the model after them."""

    def __init__(self) -> None:
        self.pictures: dict[int, Any] | None = None
        """What could be seen at the end of each batch, by position, from when somebody wants to know."""
        self.batches: list[Batch] = []
        self.placed: list[Placed] = []
        self.model = Model()
        self.engine = Engine(self._past)
        self.time_us = 0

    def read(self, directory: Path) -> int:
        """Take in what a data directory holds by now; where that begins. Fails where it is not as before, and more."""
        reader = DirectoryReader(directory)
        try:
            batches = list(reader.read(reader.begin))
        finally:
            reader.close()
        self.take(reader.begin, batches)
        return reader.begin

    def take(self, begin: int, batches: Sequence[Batch]) -> None:
        """Take in all batches of a journal that begins at a position; those that are known are what they were."""
        known = self.batches_from(begin)
        assert begin <= self.engine.position, f"what was removed before {begin} was never seen here"
        assert len(batches) >= len(known), f"of {len(known)} batches, {len(batches)} are left"
        assert list(batches[: len(known)]) == known, "a batch is not what it was"
        for batch in batches[len(known) :]:
            self._apply(batch)
        self._check_model()

    def batches_from(self, begin: int) -> list[Batch]:
        """Those that stand at a position or after it."""
        return [batch for batch in self.batches if batch.position >= begin]

    def _apply(self, batch: Batch) -> None:
        entries = decode_batch(batch.payload)
        assert batch.position == self.engine.position
        assert entries.time_us >= self.time_us, "time runs backwards in the journal"
        self.time_us = entries.time_us
        self.batches.append(batch)
        outcomes = self.engine.apply(batch.position, entries)
        for index, (entry, outcome) in enumerate(zip(entries.entries, outcomes, strict=True)):
            self.placed.append(Placed(batch.position + index, entry, outcome))
            self.model.apply(entry, entries.time_us, outcome)
        self._take_picture()

    def keep_pictures(self) -> None:
        """Remember what can be seen now, and at the end of each batch from now on."""
        self.pictures = {}
        self._take_picture()

    def _take_picture(self) -> None:
        if self.pictures is not None:
            self.pictures[self.engine.position] = picture(self.engine)

    def _check_model(self) -> None:
        """The engine's ledgers are the model's."""
        machine = self.engine.machines.get(MACHINE)
        if machine is None:
            assert not self.model.ledgers
            return
        assert version_of()[machine.loaded.id] == self.model.version
        keys = keys_of(machine)
        assert set(keys) == set(self.model.ledgers), "other instances than the model has"
        for key in keys:
            shown = json.loads(to_json(*self.engine.state(Address(MACHINE, key))))["lines"]
            lines = [(line["ticket"], line["version"], datetime.fromisoformat(line["at"])) for line in shown]
            assert lines == self.model.lines(key), f"{key}: {lines}, by the model {self.model.lines(key)}"

    def _past(self, start: int) -> Iterator[tuple[int, Entries]]:
        for batch in self.batches:
            if batch.position >= start:
                yield batch.position, decode_batch(batch.payload)


def keys_of(machine: Machine) -> list[str | None]:
    """The keys of all instances, in their order."""
    return [key for key, _ in machine.each()]


def picture(engine: Engine) -> dict[str, Any]:
    """What can be seen of an engine: versions, history, fuel, every state."""
    return {
        name: (
            machine.loaded.id,
            machine.fuel,
            [(str(key), to_json(*engine.state(Address(name, key)))) for key in keys_of(machine)],
            [(record.position, record.time_us, record.kind, record.outcome) for record in machine.history],
            None if machine.rollout is None else machine.rollout.position,
            len(machine.retries),
        )
        for name, machine in engine.machines.items()
    }
