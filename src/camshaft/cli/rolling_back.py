"""The command that goes back: rollback."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from camshaft.bytecode.rollback import RollbackPlan
from camshaft.cli.asking import ask
from camshaft.cli.connecting import patient_client
from camshaft.cli.options import DEFAULT_HOST, DEFAULT_PORT, AsJson, Host, Port
from camshaft.cli.printing import as_json, counted, print_note
from camshaft.client.outcomes import ReleaseRolledBack, RolledBack
from camshaft.errors import Rejected
from camshaft.evolution.versions import short


def rollback(
    machine: Annotated[
        str | None, typer.Argument(metavar="MACHINE", help="A machine's name, such as `shopping-cart`.")
    ] = None,
    release: Annotated[
        str | None,
        typer.Option("--release", metavar="ID", help="In place of a machine: all that a release had upgraded."),
    ] = None,
    way: Annotated[
        str | None,
        typer.Option("--way", metavar="WAY", help="downgrade, replay or trial; unless given, the first that is open."),
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what it would do and lose.")] = False,
    machine_only: Annotated[
        bool, typer.Option("--machine-only", help="Also where the upgrade is part of a release, whose others stay.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: AsJson = False,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Go back to the version before a machine's last upgrade, with its state: all instances at once, or none.

    The way is the downgrade that the upgrade brought; where it brought none, the states as they were before it, and the
    inputs since then under the old version. What that loses is said first. With --release, all machines that a release
    had upgraded go back as one record, or none; those that it deployed are left running.
    """
    if (machine is None) == (release is None) or (release is not None and machine_only):
        raise Rejected("what goes back is either a machine, by its name, or a whole release, with --release ID")
    with patient_client(host, port) as client:
        planned = client.plan_release_rollback(release, way) if release else client.plan_rollback(machine or "", way)
        if plan:
            typer.echo(planned.json() if json else planned.text())
            return
        print_note(planned.text())
        if isinstance(planned, RollbackPlan) and planned.release and not machine_only:
            raise Rejected(
                "the upgrade is part of a release, whose other machines stay as they are: with --machine-only it is "
                f"done, and `camshaft rollback --release {short(planned.release)}` takes all of it back; nothing was "
                "changed"
            )
        if not yes:
            ask("go back?", "going back", not planned.loses_nothing)
        if isinstance(planned, RollbackPlan):
            done: RolledBack | ReleaseRolledBack = client.rollback(planned, machine_only=machine_only)
        else:
            done = client.rollback_release(planned)
    if json:
        typer.echo(as_json(asdict(done)))
        return
    if isinstance(done, RolledBack):
        typer.echo(_said(done))
        return
    typer.echo(f"release {short(done.id)}: taken back at position {done.position}")
    for one in done.members:
        typer.echo(f"  {_said(one)}")
    for name in done.left:
        typer.echo(f"  {name}: left running, as the release deployed it")


def _said(done: RolledBack) -> str:
    return (
        f"{done.machine} {short(done.from_id)} -> {short(done.to_id)}: went back at position {done.position} "
        f"by {done.way}, {counted(done.instances, 'instance')}"
    )
