"""A node that is killed again and again on one data directory, under clients; what it says is checked in between.

A life ends by a SIGKILL at an operation, torn or whole, or at some moment; by a disk that fails; or as an operator ends
it. Whatever ends it, the journal it leaves agrees with what clients were told, and the next life begins where it stood.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, Final

from camshaft.values.address import Address
from camshaft.values.view import to_json
from generators.wire import Wire
from torture.book import Book
from torture.history import History, keys_of
from torture.node import Life, Nursery, TorturedNode
from torture.shim import Failing, Fault
from torture.talkers import LOST, talk
from torture.versions import MACHINE

_OPERATIONS: Final = 500
"""About as many as a life has."""
_MOST_JUMP_S: Final = 600
_LATEST_KILL_S: Final = 1.5
_TAKEOVERS: Final = 0.4
_KEPT: Final = 350
"""Entries that stay: more than a life adds, since what is removed was to be seen first."""
_TOLD: Final = (" within ", " waited ", "recovered as after a crash", "started as without", "error: ")

_FAULTS: Final = (
    *[Fault.KILL] * 6,
    *[Fault.TORN] * 2,
    Fault.NO_SPACE,
    Fault.NO_SPACE,
    Fault.IO_ERROR,
    Fault.WRITE_ERROR,
    Fault.CHILD_KILL,
    *[None] * 3,
)


def record_of_heir(record: Path) -> Path:
    """Where it is written what a node does that takes over the one of a record."""
    return record.with_name(f"{record.name} of the heir")


@dataclass
class Lives:
    """One data directory, and all that happens to it."""

    within: Path
    nursery: Nursery
    choose: Random
    is_cut_off: bool = False
    """Whether its nodes remove the oldest entries of their journal."""
    heirs: Nursery | None = None
    """What begins nodes that take others over; None: there are none."""
    commands: int = 60
    """Of each client, in a life that nothing ends sooner."""
    is_synced_behind: bool = False
    """Whether its nodes run with `everysec`."""
    book: Book = field(default_factory=Book)
    history: History = field(default_factory=History)
    seen: Counter[str] = field(default_factory=Counter)
    _begin: int = 0

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.within / "data"

    def go_on(self) -> None:
        """One more life, with whatever fault is drawn, and the check of what it leaves."""
        failing = self._fault()
        self.live(failing, has_heir=self.heirs is not None and self.choose.random() < _TAKEOVERS)

    def live(self, failing: Failing | None, record: Path | None = None, *, has_heir: bool = False) -> None:
        """A life with this fault, perhaps with a node that takes it over, and the check of what it leaves.

        What it does is written to `record`, and what its heir does beside it.
        """
        self.data.mkdir(exist_ok=True)
        node = TorturedNode(self.nursery, self._life(failing, record, keeps_all=not self.is_cut_off or has_heir))
        try:
            if node.port is None:
                self._ended_at_start(node)
            else:
                try:
                    self._compare(node.port)
                except LOST:
                    # It ended before it was called: a node writes as soon as it runs, a snapshot for one.
                    assert failing is not None, node.said
                self._live(node, node.port, has_heir=has_heir)
        finally:
            node.end()
        self._check()

    def _fault(self) -> Failing | None:
        fault = self.choose.choice(_FAULTS)
        if fault is None:
            return None
        # The first operations are those of a recovery: they come more often than by their number.
        most = self.choose.choice((40, _OPERATIONS, _OPERATIONS, _OPERATIONS))
        return Failing(fault, self.choose.randint(1, most), self.choose.randint(1, 5))

    def _life(self, failing: Failing | None, record: Path | None, *, keeps_all: bool) -> Life:
        options = ["--snapshot-entries", str(self.choose.choice((0, 40, 200)))]
        if self.is_synced_behind:
            options += ["--durability", "everysec"]
        if not keeps_all:
            options += ["--keep-entries", str(_KEPT)]
        # Back by months, but never forward by as much as an hour, for which a key is known: the first life is of today.
        later = self.choose.choice((0, 0, 600, -3_600, -86_400, -3_000_000))
        clock_s = later if self.history.batches else 0
        jumps_s = self.choose.choice((0, 0, _MOST_JUMP_S))
        return Life(self.data, tuple(options), failing, record, clock_s, jumps_s)

    def _live(self, node: TorturedNode, port: int, *, has_heir: bool) -> None:
        all_there = threading.Event()
        if not has_heir:  # who takes a second to begin, and is to find clients
            all_there.set()
        talkers = talk(self.book, port, f"{self.choose.random()}", self.commands, all_there)
        alone = {"alone": self.choose.random() < 0.3}
        killer = threading.Timer(
            self.choose.uniform(0, _LATEST_KILL_S * (2 if has_heir else 1)), node.kill, kwargs=alone
        )
        # Of two processes that are recorded, one that is killed within an operation is not known to have done it.
        is_exact = has_heir and node.life.record is not None
        is_killed = node.life.failing is None and not is_exact and self.choose.random() < 0.8
        if is_killed:
            killer.start()
        heir = None
        try:
            heir = self._heir(node) if has_heir else None
            all_there.set()
            for talker in talkers:
                talker.join()
                if talker.problem is not None:
                    raise talker.problem
        finally:
            if is_killed:
                killer.join()
            for each in (node, heir):
                if each is not None:
                    each.stop()
                    self._ended(each, each.wait())
                    each.end()

    def _heir(self, node: TorturedNode) -> TorturedNode:
        """A node that begins to take another one over, under clients; either may be killed at any step."""
        assert self.heirs is not None
        failing = Failing(Fault.KILL, self.choose.randint(1, 60)) if self.choose.random() < 0.5 else None
        record = None if node.life.record is None else record_of_heir(node.life.record)
        heir = TorturedNode(self.heirs, replace(node.life, failing=failing, record=record, is_heir=True))
        told = [each for each in _TOLD if each in heir.said + heir.ready]
        self.seen[f"takeover: {told[0] if told else 'nothing told'}"] += 1
        return heir

    def _ended(self, node: TorturedNode, code: int) -> None:
        """A node ends by a signal, cleanly, or because the disk failed: then it says so, and what to do."""
        failing, said = node.life.failing, node.said
        fault = "heir" if node.life.is_heir else "no fault" if failing is None else failing.fault.value
        self.seen[f"{fault}: {'killed' if code < 0 else f'code {code}'}"] += 1
        assert "Traceback" not in said, said
        if node.life.is_heir and node.port is None:
            assert code < 0 or "error: " in said, said
            return
        assert code <= 0 or (failing is not None and failing.fault in (Fault.IO_ERROR, Fault.WRITE_ERROR)), said
        if code > 0:
            assert "nothing more is accepted. Check the disk, then start the node again" in said, said

    def _ended_at_start(self, node: TorturedNode) -> None:
        code, said, failing = node.wait(), node.said, node.life.failing
        assert failing is not None, said
        self.seen[f"{failing.fault.value}: {'killed' if code < 0 else f'code {code}'} at start"] += 1
        assert code < 0 or (code == 1 and "Traceback" not in said and "error: " in said), said

    def _compare(self, port: int) -> None:
        """What the node shows now is what the fold of its journal from the beginning shows."""
        machine = self.history.engine.machines.get(MACHINE)
        if machine is None:
            return
        with Wire(port) as wire:
            shown = wire.ask("HISTORY", MACHINE)
            assert len(shown) == len(machine.history), f"{shown}, by the journal {machine.history}"
            _, addresses = wire.ask("INSTANCES", MACHINE)
            keys = keys_of(machine)
            assert addresses == [str(Address(MACHINE, key)).encode() for key in keys]
            for key in keys:
                address = Address(MACHINE, key)
                state: Any = json.loads(wire.ask("STATE", str(address)))
                assert state == json.loads(to_json(*self.history.engine.state(address))), f"{address}: {state}"
        self.seen["states compared"] += len(keys)

    def _check(self) -> None:
        """Read a copy, so that the next node finds what this one left and nobody else has mended."""
        copied = self.within / "copy"
        shutil.rmtree(copied, ignore_errors=True)
        copied.mkdir()
        for name in ("journal.sqlite", "journal.sqlite-wal", "mark"):
            if (self.data / name).exists():
                shutil.copy(self.data / name, copied / name)
        if (copied / "journal.sqlite").exists():
            begin = self.history.read(copied)
            self.seen["journals cut off"] += begin > self._begin
            self._begin = begin
        self.book.check(self.history.placed)
