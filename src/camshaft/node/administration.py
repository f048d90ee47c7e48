"""The commands about machines themselves: what runs, what it looks like, what it was, and its replacement.

What a person or a tool reads at leisure is JSON; what a program goes through is RESP.

Rule: nothing here decides whether a program or an upgrade is acceptable. The runtime does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from camshaft.bytecode.program import Method, Parameter, Refusal
from camshaft.bytecode.release import MAX_MEMBERS
from camshaft.errors import Rejected
from camshaft.node.calls import machine_of, text_of
from camshaft.node.connection import Connection
from camshaft.node.context import Context
from camshaft.node.later import planning, releasing, upgrading
from camshaft.runtime.entries import Steer
from camshaft.runtime.history import first_of
from camshaft.runtime.instances import HistoryRecord, Machine
from camshaft.runtime.outcomes import RolledBack
from camshaft.runtime.queries import is_large
from camshaft.runtime.upgrade_plan import UpgradePlan
from camshaft.values.address import Address
from camshaft.values.type_words import show
from camshaft.values.types import INT
from camshaft.values.view import from_text, to_json, to_view

_PAGE: Final = 1_000
_MOST_DIGITS: Final = 18
_LARGE: Final = 5_000
"""With more parts than so many a state is not shown within a turn: that would take some milliseconds."""
_PARTS: Final = "call a query that returns a part of the state"
_DIRECTORY: Final = "read the data directory, as `camshaft export --data DIR` does"
_EXPORT_BYTES: Final = 256 * 1024
"""After so many bytes a page of a journal ends; a batch is never cut."""
_json: Final = msgspec.json.Encoder()


def machines(context: Context, _client: Connection, _words: Sequence[bytes]) -> Any:
    """MACHINES"""
    return [
        {
            "name": machine.name,
            "id": machine.loaded.id,
            "origin": machine.loaded.origin,
            "instances": machine.count,
        }
        for machine in context.replica.engine.machines.values()
    ]


def instances(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """INSTANCES machine [cursor [count]]"""
    machine = _machine(context, words[1])
    cursor = words[2] if len(words) > 2 else b"0"
    if not cursor.isdigit() or len(cursor) > _MOST_DIGITS:
        raise Rejected("a cursor is 0 or the number that the page before gave")
    count = words[3] if len(words) > 3 else str(_PAGE).encode()
    if not count.isdigit() or len(count) > _MOST_DIGITS or not 0 < int(count) <= _PAGE:
        raise Rejected(f"a page has from 1 to {_PAGE} instances")
    following, addresses = machine.page(int(cursor), int(count))
    return [str(following), [str(address) for address in addresses]]


def delete(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """DELETE address"""
    address = Address.parse(text_of(words[1], "an address"))
    machine_of(context.replica.engine, address.machine)
    context.settle()
    done = context.replica.delete(address)
    if context.trace is not None:
        context.trace.changed(done)
    return {"address": str(address), "position": done.position}


def state(context: Context, client: Connection, words: Sequence[bytes]) -> Any:
    """STATE address"""
    address = Address.parse(text_of(words[1], "an address"))
    machine_of(context.replica.engine, address.machine)
    engine = context.replica.engine
    if is_large(engine, address, _LARGE):
        return context.children.answering(client.protocol, lambda: to_json(*engine.state(address)), _PARTS)
    return to_json(*engine.state(address))


def describe(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """DESCRIBE machine"""
    machine = _machine(context, words[1])
    program = machine.loaded.verified.program
    used = {name for method in program.public_methods for name in method.refusals}
    return _json.encode(
        {
            "name": machine.name,
            "id": machine.loaded.id,
            "origin": machine.loaded.origin,
            "position": machine.history[-1].position,
            "state": show(program.state),
            "methods": [_method(method) for method in program.public_methods],
            "refusals": [_refusal(refusal) for refusal in program.pools.refusals if refusal.name in used],
        }
    )


def program(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """PROGRAM machine"""
    return _machine(context, words[1]).loaded.data


def history(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """HISTORY machine"""
    return [_record(record) for record in _machine(context, words[1]).history]


def deploy(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """DEPLOY bytes"""
    context.settle()
    position = context.replica.engine.position
    deployed = context.replica.deploy(words[1])
    if context.trace is not None:
        context.trace.changed(deployed)
    is_new = context.replica.engine.position > position
    first = context.replica.engine.machines[deployed.machine].history[0]
    return {
        "machine": deployed.machine,
        "id": deployed.program_id,
        "position": position if is_new else first.position,
    }


def plan(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """PLAN bytes"""
    context.settle()
    return planning(context.replica, words[1], _planned)


def _planned(planned: UpgradePlan) -> bytes:
    checked = planned.checked
    return _json.encode(
        {
            "machine": checked.machine.name,
            "from": checked.before.id,
            "to": checked.after.id,
            "instances": checked.instances,
            "state_changed": checked.state_changed,
            "migration": checked.migration,
            "rehearsal": {
                "sample": planned.sample,
                "us": planned.sample_us,
                "waits": planned.waits,
                "held": planned.held,
            },
            "given_back": planned.given_back,
            "served": planned.served,
        }
    )


def upgrade(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """UPGRADE bytes"""
    context.settle()
    return upgrading(context.replica, words[1], lambda: _upgraded(context, words[1]))


def _upgraded(context: Context, upgrade: bytes) -> dict[str, Any]:
    upgraded = context.replica.upgrade(upgrade)
    if context.trace is not None:
        context.trace.changed(upgraded)
    return {
        "machine": upgraded.machine,
        "from": upgraded.from_id,
        "to": upgraded.to_id,
        "position": upgraded.position,
        "migrated": upgraded.migrated,
    }


def release_plan(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """RELEASEPLAN bytes"""
    context.settle()
    return releasing(context.replica, words[1], lambda: _release_planned(context, words[1]))


def _release_planned(context: Context, release: bytes) -> bytes:
    checked = context.replica.engine.check_release(release)
    return _json.encode(
        {
            "id": checked.release.id,
            "deploys": [loaded.name for loaded in checked.deployments],
            "upgrades": [
                {"machine": one.machine.name, "from": one.before.id, "to": one.after.id, "instances": one.instances}
                for one in checked.upgrades
            ],
        }
    )


def release(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """RELEASE bytes"""
    context.settle()
    return releasing(context.replica, words[1], lambda: _released(context, words[1]))


def _released(context: Context, release: bytes) -> dict[str, Any]:
    done = context.replica.release(release)
    if context.trace is not None:
        context.trace.changed(done)
    members = [
        {"machine": one.machine, "from": one.from_id, "to": one.to_id, "migrated": one.migrated} for one in done.members
    ]
    return {"id": done.id, "position": done.position, "members": members}


def rollback_plan(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """ROLLBACKPLAN machine [way]"""
    context.settle()
    way = text_of(words[2], "a way back") if len(words) > 2 else None
    return context.replica.plan_rollback(_machine(context, words[1]).name, way).json()


def rollback(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """ROLLBACK machine undone way id [MACHINEONLY]"""
    undone = words[2]
    if not undone.isdigit() or len(undone) > _MOST_DIGITS:
        raise Rejected("an upgrade is named by its position in the journal, which ROLLBACKPLAN gives as `undone`")
    context.settle()
    machine, way, id_ = _machine(context, words[1]).name, text_of(words[3], "a way back"), text_of(words[4], "an id")
    machine_only = len(words) > 5
    if machine_only and words[5].upper() != b"MACHINEONLY":
        raise Rejected("a rollback ends with its id, or with MACHINEONLY where the machine is part of a release")
    done = context.replica.rollback(id_, machine, int(undone), way, machine_only=machine_only)
    if context.trace is not None:
        context.trace.changed(done)
    return _rolled_back(done)


def _rolled_back(done: RolledBack) -> dict[str, Any]:
    return {
        "machine": done.machine,
        "from": done.from_id,
        "to": done.to_id,
        "position": done.position,
        "undone": done.undone,
        "way": done.way,
        "instances": done.instances,
    }


def release_rollback_plan(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """ROLLBACKRELEASEPLAN release [way]"""
    context.settle()
    way = text_of(words[2], "a way back") if len(words) > 2 else None
    return context.replica.plan_release_rollback(text_of(words[1], "a release's id"), way).json()


def rollback_release(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """ROLLBACKRELEASE release id machine way [machine way …]"""
    release, id_, *members = (text_of(word, "a word of a release's rollback") for word in words[1:])
    ways = tuple(zip(members[::2], members[1::2], strict=False))
    if 2 * len(ways) != len(members) or len(dict(ways)) != len(ways) or len(ways) > MAX_MEMBERS:
        raise Rejected(f"each machine that goes back is named once, with its way, and they are at most {MAX_MEMBERS}")
    context.settle()
    done = context.replica.rollback_release(id_, release, ways)
    if context.trace is not None:
        context.trace.changed(done)
    members_done = [_rolled_back(one) for one in done.members]
    return {"id": done.id, "position": done.position, "members": members_done, "left": done.left}


def rollout(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """ROLLOUT machine"""
    context.settle()
    return context.replica.rollout(_machine(context, words[1]).name).json()


def steer(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """STEER machine upgrade action id [share]"""
    numbers = [words[2], *words[5:]]
    if not all(each.isdigit() and len(each) <= _MOST_DIGITS for each in numbers):
        raise Rejected("an upgrade is named by its position in the journal, and a share is given in parts per million")
    context.settle()
    machine, action, id_ = _machine(context, words[1]).name, text_of(words[3], "an action"), text_of(words[4], "an id")
    share = int(words[5]) if len(words) > 5 else None
    done = context.replica.steer(Steer(id_, machine, int(words[2]), action, share))
    if context.trace is not None:
        context.trace.changed(done)
    return {
        "machine": done.machine,
        "action": done.action,
        "share": done.share,
        "instances": done.instances,
        "position": done.position,
    }


def setting(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """SETTING machine FUEL units|DEFAULT"""
    if words[2].upper() != b"FUEL":
        raise Rejected(f"there is no setting {text_of(words[2], 'a setting')[:60]!r}; there is FUEL")
    is_default = words[3].upper() == b"DEFAULT"
    fuel = None if is_default else from_text(INT, text_of(words[3], "the units of fuel"), "the units of fuel")
    context.settle()
    done = context.replica.set_fuel(_machine(context, words[1]).name, fuel)
    if context.trace is not None:
        context.trace.changed(done)
    return {"machine": done.machine, "fuel": done.fuel, "position": done.position}


def export(context: Context, client: Connection, words: Sequence[bytes]) -> Any:
    """EXPORT position"""
    if not words[1].isdigit() or len(words[1]) > _MOST_DIGITS:
        raise Rejected("a journal is exported from a position on: 0, or where the page before ended")
    following, size, page = int(words[1]), 0, []
    replica = context.replica
    if following == 0 and replica.journal.begin > 0:
        read = first_of(replica)

        def page_of_first() -> list[Any]:
            first = read()
            return [first.end, [[first.position, first.count, first.payload]]]

        return context.children.answering(client.protocol, page_of_first, _DIRECTORY)
    # A page is read between two inputs: it is small, so that nobody waits for it.
    for batch in replica.journal.read(following):
        page.append([batch.position, batch.count, batch.payload])
        following, size = batch.end, size + len(batch.payload)
        if size >= _EXPORT_BYTES or len(page) >= _PAGE:
            break
    return [following, page]


def _machine(context: Context, name: bytes) -> Machine:
    return machine_of(context.replica.engine, text_of(name, "a machine's name"))


def _method(method: Method) -> dict[str, Any]:
    return {
        "name": method.name,
        "kind": method.kind.value,
        "parameters": [_parameter(parameter) for parameter in method.parameters],
        "result": show(method.result),
        "refusals": list(method.refusals),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {"name": parameter.name, "type": show(parameter.type)}
    if parameter.default is not None:
        described["default"] = to_view(parameter.type, parameter.default.value)
    return described


def _refusal(refusal: Refusal) -> dict[str, Any]:
    fields = [{"name": label, "type": show(type_)} for label, type_ in refusal.payload.fields]
    return {"name": refusal.name, "fields": fields}


def _record(record: HistoryRecord) -> dict[str, Any]:
    return {
        "position": record.position,
        "time": datetime.fromtimestamp(record.time_us / 1_000_000, UTC).isoformat(timespec="milliseconds"),
        "kind": record.kind,
        "from": record.from_id,
        "to": record.to_id,
        "outcome": record.outcome,
        "migrated": record.migrated,
    }
