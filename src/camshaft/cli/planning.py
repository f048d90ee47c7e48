"""The commands that say what would happen: plan and stub. Neither changes anything.

`plan --json` prints one object: `{"version": 1, "compatible": …, "problems": […], "plans": […]}`. A plan is as in
`evolution/plan.py`; a problem has `direction`, `version` and `what`.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from camshaft.cli.authoring import compiled_file, versions_of
from camshaft.cli.connecting import patient_client
from camshaft.cli.options import DEFAULT_HOST, DEFAULT_PORT, AsJson, Host, MachineName, OneMachine, Port, Source
from camshaft.cli.printing import print_error
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.errors import Rejected
from camshaft.evolution.versions import short

if TYPE_CHECKING:
    from camshaft.bytecode.program import Program
    from camshaft.evolution.chain import PreparedChain
    from camshaft.evolution.compatibility import Check, Incompatibility
    from camshaft.evolution.upgrade import PreparedUpgrade
    from camshaft.language.compile import CompiledMachine
    from camshaft.language.project import CompiledFile


@dataclass
class _Report:
    """What was planned, and what stands against the check."""

    plans: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    problems: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def add(self, found: list[Incompatibility]) -> None:
        """Add what was found."""
        self.problems += [(str(one), one.json()) for one in found]

    def print(self, as_json: bool) -> None:
        """Print it. Ends the command with 1 where there is a problem."""
        if as_json:
            plans, problems = [data for _, data in self.plans], [data for _, data in self.problems]
            shown = {"version": 1, "compatible": not problems, "problems": problems, "plans": plans}
            typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        else:
            typer.echo("\n\n".join(text for text, _ in self.plans))
            for text, _ in self.problems:
                print_error(text)
        if self.problems:
            raise typer.Exit(1)


def plan(
    file: Source,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", metavar="OLDFILE", help="A file of an earlier version, in place of a node."),
    ] = None,
    check: Annotated[
        str | None,
        typer.Option(
            "--check",
            metavar="KIND",
            help="backward, forward, full, or one of them with -transitive.",
        ),
    ] = None,
    as_json: AsJson = False,
    machine: OneMachine = None,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Say what an upgrade to a file would do, lose and cost, and change nothing.

    The version that it starts from is the one that runs on the node; with --against, that of another file, without a
    node. Then it is a check as well, `backward` unless another is asked for: the exit code is 1 where it fails.
    """
    asked = _check_of(check) if check is not None else _check_of("backward") if against else None
    compiled = compiled_file(file, with_earlier=True)
    versions = versions_of(compiled, file, machine)
    report, given = _Report(), []
    if against:
        assert asked is not None
        files = against if asked.is_transitive else against[-1:]
        given = [versions_of(compiled_file(file), file, versions[-1].name)[-1] for file in files]
        for old in given:
            _plan_from(report, asked, compiled, versions, old.program, old)
    else:
        with patient_client(host, port) as client:
            running = client.program(versions[-1].name)
            _plan_from(report, asked, compiled, versions, running, None, client)
    if asked is not None and asked.is_transitive:
        for old in _earlier(compiled, versions, [old.version for old in given]):
            _plan_from(report, asked, compiled, versions, old.program, old, shown=False)
    report.print(as_json)


def stub(
    machine: MachineName,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Print the types of the version that runs as a Python module, for a migration from it when its source is gone."""
    from camshaft.evolution.stub import stub_of

    with Client(Endpoint(host, port)) as client:
        # An address of an instance names its machine.
        typer.echo(stub_of(client.program(machine.partition("/")[0])), nl=False)


def _check_of(name: str) -> Check:
    from camshaft.evolution.compatibility import Check

    known = {one.value: one for one in Check}
    if name not in known:
        raise Rejected(f"there is no check {name[:40]!r}; there are {', '.join(known)}")
    return known[name]


def _plan_from(
    report: _Report,
    asked: Check | None,
    compiled: CompiledFile,
    versions: list[CompiledMachine],
    old: Program,
    known: CompiledMachine | None,
    client: Client | None = None,
    shown: bool = True,
) -> None:
    """Plan the way from one version, and check it."""
    from camshaft.bytecode.encoding import program_id
    from camshaft.evolution.chain import prepared_upgrade
    from camshaft.evolution.compatibility import incompatibilities
    from camshaft.evolution.derive import MigrationNeeded
    from camshaft.evolution.upgrade import new_upgrade_id

    takes_over: str | None = None
    served: Collection[str] = ()
    gives_back: str | None = "no downgrade is written, and none can be derived"
    if known is not None and known.version == versions[-1].version:
        return
    try:
        prepared = prepared_upgrade(compiled, versions, old, None, new_upgrade_id(), known)
    except MigrationNeeded as error:
        if asked is None:
            raise
        takes_over = str(error)
    else:
        if shown:
            planned = planned_at_node(client, prepared) if client is not None else prepared.plan
            report.plans.append((planned.text(), planned.json()))
        upgrade, served = prepared.upgrade, prepared.plan.served
        if known is not None and upgrade.expected not in (known.version, old.origin):
            takes_over = f"the migrations of the file lead on from {short(upgrade.expected)}"
        if upgrade.downgrade is not None or upgrade.migration is None:
            gives_back = None
    if asked is not None:
        new = versions[-1].program
        found = incompatibilities(
            asked, old, program_id(old), new, takes_over=takes_over, gives_back=gives_back, served=served
        )
        report.add(found)


def planned_at_node(client: Client, prepared: PreparedUpgrade | PreparedChain) -> Any:
    """The plan of an upgrade with what the node found out about it. Raises what the node rejects."""
    from camshaft.evolution.plan import Rehearsed

    return prepared.plan.with_rehearsal(Rehearsed.of_answer(json.loads(client.plan_bytes(prepared.encoded))))


def _earlier(compiled: CompiledFile, versions: list[CompiledMachine], known: Collection[str]) -> list[CompiledMachine]:
    """The versions that a file leads on from, the last one first, but those whose ids are known."""
    name, last = versions[-1].name, versions[-1].version
    ends = [end for one in (*compiled.migrations, *reversed(compiled.earlier)) for end in (one.old, one.new)]
    found = {end.version: end for end in (*reversed(versions[:-1]), *ends) if end.name == name and end.version != last}
    return [end for version, end in found.items() if version not in known]
