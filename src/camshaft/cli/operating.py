"""The commands for operating a node: instances in pages, delete, info, slow."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from camshaft.cli.options import DEFAULT_HOST, DEFAULT_PORT, AsJson, Host, InstanceAddress, MachineName, Port
from camshaft.cli.printing import as_json, print_table
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint


def instances(
    machine: MachineName,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, max=1_000, help="One page of at most so many.")
    ] = None,
    after: Annotated[
        int, typer.Option("--after", metavar="CURSOR", min=0, help="Where to go on, as the page before said.")
    ] = 0,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """List the addresses of a machine's instances, one a line, oldest first: all of them, or a page.

    Where a page is not the last, stderr says how to get the next one.
    """
    with Client(Endpoint(host, port)) as client:
        cursor, addresses = client.page(machine, after, limit or 1_000)
        for address in addresses:
            typer.echo(address)
        while cursor and limit is None:
            cursor, addresses = client.page(machine, cursor)
            for address in addresses:
                typer.echo(address)
    if cursor:
        typer.echo(f"more: --limit {limit} --after {cursor}", err=True)


def delete(
    address: InstanceAddress,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Delete an instance: the next input for its address begins from the initial state.

    What it was stays in the journal, and a rollback by replay comes to the deletion once more.
    """
    with Client(Endpoint(host, port)) as client:
        if not yes and sys.stdin.isatty() and not typer.confirm(f"delete {address}?", default=False, err=True):
            raise typer.Exit(1)
        done = client.delete(address)
    typer.echo(f"{done.address}: deleted at position {done.position}")


def info(
    sections: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SECTION]...", help="server, clients, memory, cpu, stats, persistence, machines."),
    ] = None,
    as_json_: AsJson = False,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Show a node's figures about itself: all of them, or some sections."""
    with Client(Endpoint(host, port)) as client:
        found = client.info(*(sections or ()))
    if as_json_:
        typer.echo(as_json(found))
        return
    if not found:
        raise typer.BadParameter(f"there is no section {' or '.join(sections or ())}")
    for name, fields in found.items():
        typer.echo(name)
        width = max(map(len, fields), default=0)
        for field, value in fields.items():
            typer.echo(f"  {field:<{width}}  {value}")


def slow(as_json_: AsJson = False, host: Host = DEFAULT_HOST, port: Port = DEFAULT_PORT) -> None:
    """List what took the node 10 ms or longer, the latest first; inputs are timed a batch at a time."""
    with Client(Endpoint(host, port)) as client:
        found = client.slow()
    if as_json_:
        rows = [{"time": one.time_s, "us": one.took_us, "what": list(one.words)} for one in found]
        typer.echo(as_json(rows))
        return
    print_table(
        ("time", "ms", "what"),
        [
            (datetime.fromtimestamp(one.time_s, UTC).isoformat(), f"{one.took_us / 1000:.1f}", " ".join(one.words))
            for one in found
        ],
    )
