"""Which versions of machines clients were made for: they say so, and learn how they are served; operators see it.

From then on its calls are read by that version's types, and its inputs are journaled as made for it. A client that
says nothing is served the version that runs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from camshaft.errors import Rejected
from camshaft.node.calls import machine_of, text_of
from camshaft.node.connection import Connection
from camshaft.node.context import Context
from camshaft.runtime.catalog import Loaded
from camshaft.runtime.facades import distance, known_version, versions, ways
from camshaft.runtime.instances import Machine
from camshaft.values.address import is_machine_name

MOST_INTERFACES: Final = 64
"""How many machines a client may announce an interface of."""
SHORTEST_ID: Final = 8
"""How many digits of an id name a version at least."""
_HEX_ID: Final = re.compile(r"[0-9a-f]{64}")


def announce(context: Context, client: Connection, machine: bytes, program: bytes, origin: bytes) -> Any:
    """What CLIENT INTERFACE answers: `interface`, the id of the program that the calls are read by from now on, None
    where this node does not know the version; `running`, that of the program that runs, None where there is none;
    `upgrades`, how many lead from the version to what runs, None where they do not; and `methods`, how each one of the
    interface is served.

    The calls of a version that is not known are stale until it runs here, or the client announces another one.
    """
    name = text_of(machine, "a machine's name")
    if not is_machine_name(name):
        raise Rejected(f"{name[:80]!r} is no machine's name")
    wanted, source = _id(program, "a program's id"), _id(origin, "an origin") if origin else ""
    engine = context.replica.engine
    found = engine.machines.get(name)
    version = None if found is None else known_version(engine.catalog, found, wanted, source)
    if name not in client.interfaces and len(client.interfaces) >= MOST_INTERFACES:
        raise Rejected(f"a client announces the interfaces of at most {MOST_INTERFACES} machines")
    client.interfaces[name] = wanted if version is None else version.id
    client.calls = context.calls.announced(client.interfaces)
    return {
        "machine": name,
        "interface": None if version is None else version.id,
        "running": None if found is None else found.loaded.id,
        "upgrades": None if found is None or version is None else distance(found, version),
        "methods": {} if found is None or version is None else ways(found, engine.catalog, version),
    }


def _id(word: bytes, what: str) -> str:
    text = text_of(word, what)
    if not _HEX_ID.fullmatch(text):
        raise Rejected(f"{what} has 64 hex digits, not {text[:80]!r}")
    return text


def clients(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """CLIENTS machine"""
    engine = context.replica.engine
    machine = machine_of(engine, text_of(words[1], "a machine's name"))
    connected = Counter(
        interfaces[machine.name]
        for each in context.clients.connected.values()
        if machine.name in (interfaces := each.interfaces)
    )
    known = {each.id: each for each in versions(machine, engine.catalog)}
    return [_use(machine, id_, known.get(id_), connected[id_]) for id_ in {**known, **connected}]


def _use(machine: Machine, id_: str, version: Loaded | None, connections: int) -> dict[str, Any]:
    since = machine.retired.get(id_)
    away = None if version is None else distance(machine, version)
    use = machine.uses.get(id_)
    if away == 0:
        state = "running"
    elif since is not None:
        state = f"retired at position {since}"
    elif version is None:
        state = "never ran here"
    else:
        state = "taken back" if away is None else "old"
    return {
        "interface": id_,
        "state": state,
        "connections": connections,
        "inputs": 0 if use is None else use.count,
        "last": None if use is None else _shown(use.last_us),
        "position": None if use is None else use.position,
    }


def _shown(time_us: int) -> str:
    return datetime.fromtimestamp(time_us / 1_000_000, UTC).isoformat(timespec="milliseconds")


def retire(context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """RETIRE machine interface [UNDO]"""
    if len(words) > 3 and words[3].upper() != b"UNDO":
        raise Rejected(f"after the interface comes UNDO or nothing, not {text_of(words[3], 'a word')[:60]!r}")
    engine = context.replica.engine
    machine = machine_of(engine, text_of(words[1], "a machine's name"))
    given = text_of(words[2], "a program's id")
    found = [each.id for each in versions(machine, engine.catalog) if each.id.startswith(given)]
    if len(given) < SHORTEST_ID or len(found) != 1:
        raise Rejected(
            f"{given[:80]!r} is not the id of a version of {machine.name} that ever ran here, or its first "
            f"{SHORTEST_ID} digits or more; CLIENTS {machine.name} lists them"
        )
    context.settle()
    done = context.replica.retire(machine.name, found[0], retired=len(words) == 3)
    if context.trace is not None:
        context.trace.changed(done)
    return {"machine": done.machine, "interface": done.interface, "retired": done.retired, "position": done.position}
