"""The commands about which versions clients were made for: clients, retire."""

from __future__ import annotations

from typing import Annotated

import typer

from camshaft.cli.options import DEFAULT_HOST, DEFAULT_PORT, AsJson, Host, MachineName, Port
from camshaft.cli.printing import as_json, print_table
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.evolution.versions import short


def clients(
    machine: MachineName, as_json_: AsJson = False, host: Host = DEFAULT_HOST, port: Port = DEFAULT_PORT
) -> None:
    """Show which versions of a machine its clients were made for, who is there for each, and when it was last used.

    Inputs are those that came for a version after another one ran; queries are not counted.
    """
    with Client(Endpoint(host, port)) as client:
        found = client.clients(machine)
    if as_json_:
        typer.echo(as_json(found))
        return
    rows = [
        (
            short(one["interface"]),
            one["state"],
            str(one["connections"]),
            str(one["inputs"]),
            one["last"] or "",
            "" if one["position"] is None else str(one["position"]),
        )
        for one in found
    ]
    print_table(("version", "state", "connections", "inputs", "last", "at position"), rows)


def retire(
    machine: MachineName,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="As `camshaft clients` shows it.")],
    undo: Annotated[bool, typer.Option("--undo", help="Serve the clients of that version again.")] = False,
    as_json_: AsJson = False,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Serve clients of an old version of a machine no longer: from then on their calls are stale."""
    with Client(Endpoint(host, port)) as client:
        done = client.retire(machine, version, undo=undo)
    if as_json_:
        typer.echo(as_json(done))
        return
    said = "retired" if done["retired"] else "served again"
    typer.echo(f"{done['machine']} {short(done['interface'])}: {said} at position {done['position']}")
