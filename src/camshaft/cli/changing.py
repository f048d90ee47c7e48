"""The commands that change what a node runs: deploy and upgrade."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from camshaft.bytecode.rollout import ENOUGH
from camshaft.cli.asking import ask
from camshaft.cli.authoring import compiled_file, machines_to_run, versions_of
from camshaft.cli.connecting import patient_client
from camshaft.cli.options import DEFAULT_HOST, DEFAULT_PORT, AsJson, Host, MachineName, OneMachine, Port, Source
from camshaft.cli.planning import planned_at_node
from camshaft.cli.printing import counted, print_note
from camshaft.cli.rollouts import (
    NO_RATE,
    AllowRefusals,
    AllowTraps,
    Canary,
    Enough,
    Every,
    ExpectDifferent,
    Trial,
    rollout_asked_for,
)
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.errors import Rejected
from camshaft.evolution.versions import short

_FULL_ID_DIGITS = 64


def deploy(file: Source, host: Host = DEFAULT_HOST, port: Port = DEFAULT_PORT) -> None:
    """Add the machines of a file to a running node."""
    from camshaft.bytecode.encoding import encode_program

    compiled = machines_to_run(file)
    with Client(Endpoint(host, port)) as client:
        for machine in compiled.machines:
            done = client.deploy_program(encode_program(machine.to_run()))
            typer.echo(f"{done.machine} {short(done.id)}: deployed at position {done.position}")


def fuel(
    machine: MachineName,
    units: Annotated[str, typer.Argument(metavar="UNITS", help="Units of fuel, or `default`.")],
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Set how much work one input of a machine may cause, from here on."""
    with Client(Endpoint(host, port)) as client:
        given = client.set_fuel(machine, None if units == "default" else int_of(units))
    typer.echo(f"{machine}: {given} units of fuel for each input")


def int_of(text: str) -> int:
    """A number that a person typed. Raises Rejected where it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Rejected(f"expected units of fuel, a number such as 20000000, or `default`; got {text[:40]!r}")
    return int(text)


def upgrade(
    file: Source,
    expect: Annotated[
        str | None,
        typer.Option("--expect", metavar="ID", help="The version that must be running; the first digits are enough."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
    trial: Trial = None,
    canary: Canary = None,
    every: Every = None,
    allow_traps: AllowTraps = NO_RATE,
    allow_refusals: AllowRefusals = NO_RATE,
    expect_different: ExpectDifferent = None,
    enough: Enough = ENOUGH,
    machine: OneMachine = None,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Replace a running machine by the version in a file, with its state: all instances at once, or none.

    The version that must be running is the one that the file's migration is written from. Without a written migration
    it is the one that runs while the plan is made. Where the file, and those that its migrations lead on from, hold
    several versions after the one that runs, one upgrade goes through all of them.

    With --trial or --canary the old version keeps running beside the new one, on the same inputs, until the upgrade is
    confirmed; where the new one does worse than is allowed, the node goes back by itself.
    """
    from camshaft.evolution.chain import prepared_upgrade
    from camshaft.evolution.upgrade import new_upgrade_id

    rollout = rollout_asked_for(trial, canary, every, allow_traps, allow_refusals, expect_different, enough)
    compiled = compiled_file(file, with_earlier=True)
    versions = versions_of(compiled, file, machine)
    name = versions[-1].name
    with patient_client(host, port) as client:
        running = client.program(name)
        expected = None if expect is None else _known_version(client, name, expect)
        prepared = prepared_upgrade(compiled, versions, running, expected, new_upgrade_id()).rolled_out(rollout)
        planned = planned_at_node(client, prepared)
        print_note(planned.text())
        if not yes:
            ask("upgrade?", "the upgrade", bool(planned.loses))
        done = client.upgrade_bytes(prepared.encoded)
    if as_json:
        typer.echo(json.dumps({"version": 1, "plan": planned.json(), "upgraded": asdict(done)}, ensure_ascii=False))
        return
    typer.echo(
        f"{done.machine} {short(done.from_id)} -> {short(done.to_id)}: "
        f"{'upgraded' if rollout is None else 'on trial' if rollout.is_trial else 'a canary'} "
        f"at position {done.position}, {counted(done.migrated, 'instance')} migrated"
    )


def _known_version(client: Client, machine: str, digits: str) -> str:
    if len(digits) == _FULL_ID_DIGITS:
        return digits
    ids = {str(record["to"]) for record in client.history(machine) if record["to"]}
    matching = sorted(id_ for id_ in ids if id_.startswith(digits.lower()))
    if len(matching) != 1:
        problem = "no version" if not matching else f"{len(matching)} versions"
        raise Rejected(f"{problem} of {machine} that ever ran here begin{'s' * (not matching)} with {digits!r}")
    return matching[0]
