"""The commands that ask a node: call, state, machines, describe, history.

They know neither the language nor bytecode, so that they answer at once.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from camshaft.cli.options import (
    DEFAULT_HOST,
    DEFAULT_PORT,
    AsJson,
    Host,
    InstanceAddress,
    MachineName,
    Port,
)
from camshaft.cli.printing import as_json, print_table, print_view
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.evolution.versions import short


def call(
    address: InstanceAddress,
    method: Annotated[str, typer.Argument(metavar="METHOD", help="The method to call.")],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ARG]...", help="Numbers, texts and true/false as they are, anything else as JSON."),
    ] = None,
    named: Annotated[
        list[str] | None,
        typer.Option("--named", metavar="NAME=VALUE", help="An argument by name; repeat it for more."),
    ] = None,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Call a method of an instance and print its result as JSON (nothing for None)."""
    if arguments and named:
        raise typer.BadParameter("give every argument by position, or every one by --named")
    with Client(Endpoint(host, port)) as client:
        print_view(client.call(address, method, arguments or [], _by_name(named or [])))


def state(address: InstanceAddress, host: Host = DEFAULT_HOST, port: Port = DEFAULT_PORT) -> None:
    """Print the state of an instance as JSON."""
    with Client(Endpoint(host, port)) as client:
        text = client.state(address)
    typer.echo(as_json(json.loads(text)))


def machines(host: Host = DEFAULT_HOST, port: Port = DEFAULT_PORT, as_json_: AsJson = False) -> None:
    """List the machines that the node runs."""
    with Client(Endpoint(host, port)) as client:
        found = client.machines()
    if as_json_:
        typer.echo(as_json(found))
    else:
        rows = [(machine["name"], short(machine["id"]), str(machine["instances"])) for machine in found]
        print_table(("machine", "version", "instances"), rows)


def describe(
    machine: MachineName, host: Host = DEFAULT_HOST, port: Port = DEFAULT_PORT, as_json_: AsJson = False
) -> None:
    """Show a machine's methods, with their types and refusals, and the type of its state."""
    with Client(Endpoint(host, port)) as client:
        text = client.describe(machine)
    typer.echo(text if as_json_ else "\n".join(_description(json.loads(text))))


def history(
    machine: MachineName, host: Host = DEFAULT_HOST, port: Port = DEFAULT_PORT, as_json_: AsJson = False
) -> None:
    """List when a machine was deployed and upgraded, oldest first."""
    with Client(Endpoint(host, port)) as client:
        records = client.history(machine)
    if as_json_:
        typer.echo(as_json(records))
        return
    rows = [
        (
            str(record["position"]),
            str(record["time"]),
            str(record["kind"]),
            " -> ".join(filter(None, (short(record["from"]), short(record["to"])))),
            str(record["migrated"]) if record["from"] else "",
            str(record["outcome"]),
        )
        for record in records
    ]
    print_table(("position", "time", "change", "version", "migrated", "outcome"), rows)


def _by_name(pairs: list[str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{pair!r}: write --named NAME=VALUE")
        if name in named:
            raise typer.BadParameter(f"{name!r} is given twice")
        named[name] = text
    return named


def _description(machine: dict[str, Any]) -> list[str]:
    lines = [f"{machine['name']} {short(machine['id'])}", f"  state: {machine['state']}", "  methods:"]
    for method in machine["methods"]:
        parameters = ", ".join(
            f"{parameter['name']}: {parameter['type']}"
            + (f" = {as_json(parameter['default'])}" if "default" in parameter else "")
            for parameter in method["parameters"]
        )
        result = "" if method["result"] == "None" else f" -> {method['result']}"
        refusals = f", refuses {', '.join(method['refusals'])}" if method["refusals"] else ""
        lines.append(f"    {method['name']}({parameters}){result}    {method['kind']}{refusals}")
    if machine["refusals"]:
        lines.append("  refusals:")
    for refusal in machine["refusals"]:
        fields = ", ".join(f"{field['name']}: {field['type']}" for field in refusal["fields"])
        lines.append(f"    {refusal['name']}({fields})")
    return lines
