"""The state of an engine as bytes: its machines, their programs, the state of each instance.

    [1, time in microseconds, [program, …], [machine, …], [answer, …], extensions]
    machine: [name, program, fuel, [record of the history, …], [undoable, …], [[key, program, state], …]]
    undoable: [position, that of its batch, program before, program after, did it migrate, downgrade, fuel, adapters,
        release, the states before it or nil]
    adapters: [program, how many of its functions stand for methods of the new version], or nil
    answer: [id of an upgrade or a rollback, SHA-256 of what was asked, kind, outcome]

Programs are encoded programs, and referred to by their index; a state is in its canonical bytes. `extensions` is a map
by name, and empty where there is none: `clients` has by machine the ids of the versions whose clients are no longer
served, each with the position since which that is so, and of those that inputs came for, with their number and the time
of the last one; `retries` has by machine what became of its inputs with a key (see `retries.Row`), and where repeated
ones stand; `orders` has by machine and by an upgrade's position the keys of the states kept before it, where some of
those instances were deleted since; `passed` has by machine the versions that upgrades led through, with the positions
where they came in, and of each upgrade in force that led through some: [its index, [[program, adapters], …]]; `used`
has by machine the positions of the last inputs that came for the versions that `clients` has the number for. A
snapshot with one that this Camshaft does not know is rejected, since it may change what it means.

A journal that does not begin at the beginning begins with one of these (see `entries.Restore`). An upgrade that was in
force then can be undone by its downgrade, not by replay: what would be replayed is not in the journal, so the states
before the upgrade are left out. A snapshot beside a whole journal has them (see `recovery`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

import msgspec

from camshaft.errors import Fault, Rejected
from camshaft.runtime.answers import Answers, Change
from camshaft.runtime.catalog import Catalog, Loaded
from camshaft.runtime.instances import RESTORE, HistoryRecord, Machine, Use
from camshaft.runtime.migration import Migration
from camshaft.runtime.outcomes import Released, RolledBack, Steered, TakenBack, Upgraded, Void
from camshaft.runtime.passing import AdaptersRow, PassedRow, adapters_row, restored_steps
from camshaft.runtime.replay import is_fuel
from camshaft.runtime.retries import Row
from camshaft.runtime.stages import Stage
from camshaft.runtime.undoable import Kept, PackedKept, Undoable
from camshaft.values.address import checked_key
from camshaft.values.codec import decode, encode
from camshaft.values.types import Type

SNAPSHOT_VERSION: Final = 1


_CLIENTS: Final = "clients"
_PASSED: Final = "passed"
_RETRIES: Final = "retries"
_ORDERS: Final = "orders"
_USED: Final = "used"
_EXTENSIONS: Final = {_CLIENTS, _PASSED, _RETRIES, _ORDERS, _USED}
_Instance: TypeAlias = tuple[str | None, int, bytes]
_Undoable: TypeAlias = tuple[int, int, int, int, bool, bytes | None, int, AdaptersRow, str, PackedKept | None]
_Passed: TypeAlias = tuple[dict[str, int], list[tuple[int, list[PassedRow]]]]
_Machine: TypeAlias = tuple[str, int, int, list[HistoryRecord], list[_Undoable], list[_Instance]]
_Clients: TypeAlias = tuple[dict[str, int], dict[str, tuple[int, int]]]
_Answer: TypeAlias = tuple[str, bytes, str, dict[str, Any]]

_KINDS: Final[dict[str, type[Change]]] = {
    "upgraded": Upgraded,
    "rolled back": RolledBack,
    "steered": Steered,
    "released": Released,
    "taken back": TakenBack,
    "void": Void,
}


class Rewriter(Protocol):
    """Changes what is written."""

    def key(self, machine: str, key: str) -> str:
        """The key of an instance, in place of another."""

    def retry(self, key: str) -> str:
        """The key by which a repeated input is known, in place of another."""

    def value(self, type_: Type, value: Any) -> Any:
        """A value in place of another, of the same type."""


class _Snapshot(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    version: int
    time_us: int
    programs: list[bytes]
    machines: list[_Machine]
    answers: list[_Answer]
    extensions: dict[str, Any]


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(_Snapshot, strict=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an engine stands on: its machines, its answers, and the time of its last batch."""

    machines: dict[str, Machine]
    answers: Answers
    time_us: int


def snapshot_of(
    catalog: Catalog, standing: Standing, rewriter: Rewriter | None = None, *, with_kept: bool = False
) -> bytes:
    """The bytes of a snapshot, `with_kept` also of the states before upgrades in force. `rewriter` changes each
    instance on the way."""
    programs = list(catalog.programs.values())
    places = {loaded.id: place for place, loaded in enumerate(programs)}
    rows: list[_Machine] = []
    for machine in standing.machines.values():
        if machine.rollout is not None:
            raise Fault(f"a rollout of {machine.name} is under way, and a snapshot does not hold it")
        instances: list[_Instance] = []
        for key, instance in machine.each():
            type_, state = instance.loaded.state_type, instance.state
            if rewriter is not None:
                key = key if key is None else rewriter.key(machine.name, key)
                state = rewriter.value(type_, state)
            instances.append((key, places[instance.loaded.id], encode(type_, state)))
        program = places[machine.loaded.id]
        # After the instances: what is kept is complete once each of them has gone on.
        undoable = [_undoable_row(one, places, with_kept=with_kept) for one in machine.undoable]
        rows.append((machine.name, program, machine.fuel, machine.history, undoable, instances))
    datas = [loaded.data for loaded in programs]
    names = {kind: name for name, kind in _KINDS.items()}
    answers: list[_Answer] = [
        (id_, digest, names[type(change)], msgspec.to_builtins(change))
        for id_, (digest, change) in standing.answers.items()
    ]
    machines = standing.machines.values()
    clients = {each.name: (each.retired, _counted(each)) for each in machines if each.retired or each.uses}
    positions = {each.name: _last_used(each) for each in machines}
    used = {name: found for name, found in positions.items() if found}
    led = {each.name: (each.passed, _passed_rows(each, places)) for each in machines}
    passed = {name: found for name, found in led.items() if any(found)}
    retries = {each.name: _retries(each, rewriter) for each in machines if not each.retries.is_empty}
    orders = {each.name: _orders(each) for each in machines if with_kept and _orders(each)}
    every: dict[str, Any] = {_CLIENTS: clients, _PASSED: passed, _RETRIES: retries, _ORDERS: orders, _USED: used}
    extensions = {name: value for name, value in every.items() if value}
    return _encoder.encode(_Snapshot(SNAPSHOT_VERSION, standing.time_us, datas, rows, answers, extensions))


def _counted(machine: Machine) -> dict[str, tuple[int, int]]:
    return {id_: (use.count, use.last_us) for id_, use in machine.uses.items()}


def _last_used(machine: Machine) -> dict[str, int]:
    return {id_: use.position for id_, use in machine.uses.items() if use.position is not None}


def _retries(machine: Machine, rewriter: Rewriter | None) -> tuple[list[Row], list[int]]:
    retries = machine.retries
    if rewriter is not None:
        retries = retries.anonymous(rewriter.retry, rewriter.value)
    return retries.rows(), list(retries.positions)


def _orders(machine: Machine) -> dict[int, list[str | None]]:
    """The keys of kept states by their upgrade's position, where the machine's instances do not tell them."""
    return {
        one.position: one.kept.order for one in machine.undoable if one.kept is not None and one.kept.order is not None
    }


def _undoable_row(one: Undoable, places: dict[str, int], *, with_kept: bool) -> _Undoable:
    downgrade = None if one.downgrade is None else one.downgrade.data
    before, after, adapters = places[one.before.id], places[one.after.id], adapters_row(one.steps[0])
    kept = one.kept.packed() if with_kept and one.kept is not None else None
    return (one.position, one.batch, before, after, one.migrated, downgrade, one.fuel, adapters, one.release, kept)


def _passed_rows(machine: Machine, places: dict[str, int]) -> list[tuple[int, list[PassedRow]]]:
    return [
        (at, [(places[step.version.id], adapters_row(step)) for step in one.steps[1:]])
        for at, one in enumerate(machine.undoable)
        if len(one.steps) > 1
    ]


def without_kept(data: bytes) -> tuple[int, bytes]:
    """The time of a snapshot, and the snapshot without the states before upgrades. Raises `Rejected`."""
    snapshot = _decoded(data)
    snapshot.extensions.pop(_ORDERS, None)
    snapshot.machines = [
        (name, program, fuel, history, [(*row[:-1], None) for row in undoable], instances)
        for name, program, fuel, history, undoable, instances in snapshot.machines
    ]
    return snapshot.time_us, _encoder.encode(snapshot)


def restored(data: bytes, catalog: Catalog) -> Standing:
    """What a snapshot holds; its programs are put into the catalog.

    Raises `Rejected` where it is malformed, of a later version, or holds what is none of its type.
    """
    snapshot = _decoded(data)
    unknown = sorted(snapshot.extensions.keys() - _EXTENSIONS)
    if snapshot.version != SNAPSHOT_VERSION or unknown:
        raise Rejected(
            f"the snapshot has version {snapshot.version}"
            + (f" and uses {', '.join(unknown)[:200]}" if unknown else "")
            + f"; this Camshaft reads version {SNAPSHOT_VERSION}: use the one that wrote it, or a later one"
        )
    programs = [catalog.keep(catalog.load(program)) for program in snapshot.programs]
    passed = _passed(snapshot.extensions.get(_PASSED, {}))
    machines: dict[str, Machine] = {}
    for name, program, fuel, history, undoable, instances in snapshot.machines:
        if name in machines or not is_fuel(fuel):
            raise Rejected(f"the snapshot holds the machine {name[:80]!r} twice, or fuel that none can have")
        machine = machines[name] = Machine(name, _program(programs, program, name))
        machine.fuel = fuel
        machine.history.extend(history)
        since, rows = passed.get(name, ({}, []))
        through = dict(rows)
        machine.undoable.extend(_undoable(one, through.get(at, []), programs, name) for at, one in enumerate(undoable))
        machine.passed.update(since)
        for key, place, state in instances:
            if key is not None:
                checked_key(key)
            if machine.instance(key) is not None:
                raise Rejected(f"the snapshot holds the instance {key!r} of {name} twice")
            loaded = _program(programs, place, name)
            stage = None if loaded is machine.loaded else Stage(loaded)
            machine.add(key, loaded.make_cell(decode(loaded.state_type, state)), stage)
    _know_clients(snapshot.extensions.get(_CLIENTS, {}), snapshot.extensions.get(_USED, {}), machines)
    _retry(snapshot.extensions.get(_RETRIES, {}), machines, catalog)
    _know_orders(snapshot.extensions.get(_ORDERS, {}), machines)
    answers = Answers()
    for id_, digest, kind, change in snapshot.answers:
        if kind not in _KINDS:
            raise Rejected(f"the snapshot holds an answer of kind {kind[:40]!r}, which this Camshaft does not know")
        try:
            answers[id_] = digest, msgspec.convert(change, _KINDS[kind])
        except msgspec.ValidationError as error:
            raise Rejected(f"malformed bytes where a snapshot should be: {error}") from None
    return Standing(machines, answers, snapshot.time_us)


def _decoded(data: bytes) -> _Snapshot:
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Rejected(f"malformed bytes where a snapshot should be: {error}") from None


def _know_clients(given: Any, used: Any, machines: dict[str, Machine]) -> None:
    try:
        for name, (retired, uses) in msgspec.convert(given, dict[str, _Clients]).items():
            machines[name].retired.update(retired)
            machines[name].uses.update({id_: Use(*use, None) for id_, use in uses.items()})
        for name, positions in msgspec.convert(used, dict[str, dict[str, int]]).items():
            known = machines[name].uses
            known.update(
                {id_: msgspec.structs.replace(known[id_], position=position) for id_, position in positions.items()}
            )
    except (msgspec.ValidationError, KeyError) as error:
        raise Rejected(f"malformed bytes where a snapshot should be: the versions of clients: {error}") from None


def _retry(retries: Any, machines: dict[str, Machine], catalog: Catalog) -> None:
    try:
        for name, (rows, positions) in msgspec.convert(retries, dict[str, tuple[list[Row], list[int]]]).items():
            machines[name].retries.add_rows(rows, catalog)
            machines[name].retries.positions.extend(positions)
    except (msgspec.ValidationError, KeyError, OverflowError) as error:
        raise Rejected(f"malformed bytes where a snapshot should be: answers to inputs: {error}") from None


def _know_orders(given: Any, machines: dict[str, Machine]) -> None:
    try:
        for name, orders in msgspec.convert(given, dict[str, dict[int, list[str | None]]]).items():
            kept = {one.position: one.kept for one in machines[name].undoable if one.kept is not None}
            for position, order in orders.items():
                kept[position].order = order
    except (msgspec.ValidationError, KeyError) as error:
        raise Rejected(f"malformed bytes where a snapshot should be: the order of instances: {error}") from None


def _passed(passed: Any) -> dict[str, _Passed]:
    try:
        return msgspec.convert(passed, dict[str, _Passed])
    except msgspec.ValidationError as error:
        raise Rejected(f"malformed bytes where a snapshot should be: versions that were passed: {error}") from None


def begun(data: bytes, catalog: Catalog, position: int) -> Standing:
    """As `restored`, with a record in each machine's history that it was, at a position."""
    standing = restored(data, catalog)
    for machine in standing.machines.values():
        now, count = machine.loaded.id, machine.count
        machine.history.append(HistoryRecord(position, standing.time_us, RESTORE, now, now, "restored", count))
    return standing


def _undoable(row: _Undoable, passed: list[PassedRow], programs: list[Loaded], name: str) -> Undoable:
    position, batch, before, after, migrated, data, fuel, adapters, release, packed = row
    old, new = _program(programs, before, name), _program(programs, after, name)
    downgrade = None if data is None else Migration(data, new.state_type, old.state_type, "downgrade")
    versions = [old, *(_program(programs, place, name) for place, _ in passed), new]
    steps = restored_steps(versions, [adapters, *(one for _, one in passed)])
    kept = None if packed is None else Kept.unpacked(old.state_type, packed)
    return Undoable(position, batch, old, new, migrated, downgrade, kept, fuel, steps, release)


def _program(programs: list[Loaded], place: int, name: str) -> Loaded:
    if not 0 <= place < len(programs) or programs[place].name != name:
        raise Rejected(f"the snapshot names no program of {name[:80]} where it should")
    return programs[place]
