"""The command that makes a release: several machines upgraded and new ones deployed as one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from camshaft.cli.asking import ask
from camshaft.cli.authoring import compiled_file, versions_of
from camshaft.cli.connecting import patient_client
from camshaft.cli.options import DEFAULT_HOST, DEFAULT_PORT, AsJson, Host, Port
from camshaft.cli.printing import as_json, counted, print_note
from camshaft.errors import Rejected
from camshaft.evolution.versions import short

if TYPE_CHECKING:
    from camshaft.bytecode.program import Program
    from camshaft.evolution.chain import PreparedChain
    from camshaft.evolution.upgrade import PreparedUpgrade
    from camshaft.language.compile import CompiledMachine


def release(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Python files, each with its machines.")],
    requires: Annotated[
        list[Path] | None,
        typer.Option("--requires", metavar="FILE", help="Machines that have to run as in this file, then."),
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what it would do.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: AsJson = False,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Upgrade the machines of several files, and deploy those that are new, as one: all of them, or none.

    For each machine it is what `upgrade` and `deploy` do. A machine that runs the version of its file already is left
    alone.
    """
    from camshaft.bytecode.encoding import encode_program
    from camshaft.bytecode.release import Release, encode_release
    from camshaft.evolution.release import required_version
    from camshaft.evolution.upgrade import new_upgrade_id

    with patient_client(host, port) as client:
        running = {str(one["name"]): client.program(str(one["name"])) for one in client.machines()}
        new, upgrades = _members(files, running)
        required = [
            required_version(machine, running) for file in requires or () for machine in compiled_file(file).machines
        ]
        if not new and not upgrades:
            raise Rejected("all machines of these files run already as they are there; nothing was changed")
        programs = tuple(encode_program(machine.program) for machine in new)
        encoded = encode_release(
            Release(new_upgrade_id(), programs, tuple(one.encoded for one in upgrades), tuple(required))
        )
        checked = client.plan_release(encoded)
        if plan and json:
            typer.echo(checked)
            return
        for machine in new:
            print_note(f"deploy {machine.name} {short(_id(machine))}")
        for one in upgrades:
            print_note(one.plan.text())
        if plan:
            return
        if not yes:
            ask("release?", "the release", any(one.plan.loses for one in upgrades))
        done = client.release_bytes(encoded)
    if json:
        typer.echo(as_json(asdict(done)))
        return
    typer.echo(f"release {short(done.id)}: made at position {done.position}")
    for member in done.members:
        if member.from_id:
            ids = f"{short(member.from_id)} -> {short(member.to_id)}"
            typer.echo(f"  {member.machine} {ids}: {counted(member.migrated, 'instance')} migrated")
        else:
            typer.echo(f"  {member.machine} {short(member.to_id)}: deployed")


def _members(
    files: list[Path], running: dict[str, Program]
) -> tuple[list[CompiledMachine], list[PreparedUpgrade | PreparedChain]]:
    """The new machines of files, and the upgrades of those that run."""
    from camshaft.evolution.chain import prepared_upgrade
    from camshaft.evolution.upgrade import new_upgrade_id
    from camshaft.evolution.versions import is_version

    new: list[CompiledMachine] = []
    upgrades: list[PreparedUpgrade | PreparedChain] = []
    seen: dict[str, Path] = {}
    for file in files:
        compiled = compiled_file(file, with_earlier=True)
        for name in dict.fromkeys(machine.name for machine in compiled.machines):
            if seen.setdefault(name, file) != file:
                raise Rejected(f"{seen[name]} and {file} both define the machine {name}; nothing was changed")
            versions = versions_of(compiled, file, name)
            if name not in running:
                new.append(versions[-1])
            elif not is_version(versions[-1], running[name]):
                upgrades.append(prepared_upgrade(compiled, versions, running[name], None, new_upgrade_id()))
    return new, upgrades


def _id(machine: CompiledMachine) -> str:
    from camshaft.bytecode.encoding import program_id

    return program_id(machine.program)
