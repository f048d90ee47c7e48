"""CLIENT INTERFACE: a client says which version of a machine it was made for, and learns how it is served.

From then on its calls are read by that version's types, and its inputs are journaled as made for it. A client that
says nothing is served the version that runs.
"""

from __future__ import annotations

import re
from typing import Any, Final

from camshaft.errors import Rejected
from camshaft.node.calls import text_of
from camshaft.node.connection import Connection
from camshaft.node.context import Context
from camshaft.runtime.facades import distance, known_version, ways
from camshaft.values.address import is_machine_name

MOST_INTERFACES: Final = 64
"""How many machines a client may announce an interface of."""
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
