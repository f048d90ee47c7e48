"""The command that owns a data directory: serve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from camshaft.cli.authoring import machines_to_run
from camshaft.cli.options import DEFAULT_HOST, DEFAULT_PORT
from camshaft.cli.printing import counted, print_note
from camshaft.errors import Rejected
from camshaft.journal.journal import Durability
from camshaft.journal.snapshots import DEFAULT_POLICY, Retention, SnapshotPolicy, Snapshots

if TYPE_CHECKING:
    from camshaft.journal.journal import Journal
    from camshaft.language.compile import CompiledMachine
    from camshaft.runtime.replica import Replica

_DATA = Path("camshaft-data")


def serve(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Python files that define machines.")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Where the journal is kept.")] = _DATA,
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on.", envvar="CAMSHAFT_HOST")
    ] = DEFAULT_HOST,
    port: Annotated[
        int, typer.Option("--port", help="The TCP port; 0 is any free one.", min=0, max=65535, envvar="CAMSHAFT_PORT")
    ] = DEFAULT_PORT,
    durability: Annotated[
        Durability,
        typer.Option(
            "--durability",
            envvar="CAMSHAFT_DURABILITY",
            help="When a call is answered: when its input is synced to the disk (always), when it is written and will "
            "be synced within about a second (everysec), or with nothing on the disk at all (memory).",
        ),
    ] = Durability.ALWAYS,
    snapshot_entries: Annotated[
        int, typer.Option("--snapshot-entries", min=0, help="Make a snapshot after so many entries; 0: never.")
    ] = DEFAULT_POLICY.entries,
    snapshot_bytes: Annotated[
        int, typer.Option("--snapshot-bytes", min=0, help="Make a snapshot after so many bytes of journal; 0: never.")
    ] = DEFAULT_POLICY.written_bytes,
    keep_entries: Annotated[
        int | None,
        typer.Option("--keep-entries", metavar="N", min=0, help="Cut the journal off, but keep N entries."),
    ] = None,
    keep_bytes: Annotated[
        int | None, typer.Option("--keep-bytes", metavar="N", min=0, help="The same, but keep about N bytes of it.")
    ] = None,
    keep_for: Annotated[
        str | None, typer.Option("--keep-for", metavar="TIME", help="The same, but keep what is younger: 30m, 12h, 7d.")
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Print each input, its output and the new state.")] = False,
    takeover: Annotated[
        bool,
        typer.Option(
            "--takeover",
            help="Take the node over that runs on the data directory, with its clients: its process ends, and nobody "
            "else notices. The other options are those that it was started with.",
        ),
    ] = False,
) -> None:
    """Run a node: serve the machines of the files, whose inputs are kept in a journal.

    A machine that the journal does not know is deployed. One that it knows goes on in the version that ran last,
    whatever the file says: `camshaft upgrade` changes that.
    """
    from camshaft.cli.rollouts import time_of
    from camshaft.cli.taking_over import take_over
    from camshaft.node.server import run_node
    from camshaft.node.trace import Trace
    from camshaft.runtime.replica import Replica

    retention = Retention(keep_entries, keep_bytes, None if keep_for is None else time_of(keep_for).total_seconds())
    compiled = [(file, machine) for file in files for machine in machines_to_run(file).machines]
    _check_distinct(compiled)
    absent: list[bytes] = []

    def prepare(replica: Replica) -> None:
        _tell_recovery(replica, data)
        absent.extend(_absent(replica, compiled))
        _tell_of_rollouts(replica)

    taken = take_over(data, host, port, durability, prepare) if takeover else None
    if taken is not None:
        replica, inherited = taken
    else:
        inherited = None
        snapshots = None if durability is Durability.MEMORY else Snapshots(data)
        replica = Replica(_journal(data, durability), snapshots=snapshots)
    try:
        if taken is None:
            replica.recover()
            prepare(replica)
        for program in absent:
            _deploy(replica, program, is_node=inherited is not None)
    except BaseException:
        # An interrupt during a long recovery has to give the lock of the data directory back, too.
        replica.close()
        raise
    heir = run_node(
        replica,
        host=host,
        port=port,
        trace=Trace(typer.echo) if trace else None,
        snapshots=SnapshotPolicy(snapshot_entries, snapshot_bytes),
        retention=retention,
        ready=lambda line: typer.echo(f"{line}, {_whereabouts(data, durability)}"),
        inherited=inherited,
    )
    if heir is not None:
        print_note(f"handed over to pid {heir}")


def _tell_recovery(replica: Replica, data: Path) -> None:
    for problem in replica.unusable:
        print_note(f"{problem}: recovery went on without it")
    recovered = replica.engine.position - replica.snapshot_position
    if recovered or replica.snapshot_position:
        print_note(f"recovered {_recovered(replica.snapshot_position, recovered)} from {data}")


def _recovered(snapshot: int, entries: int) -> str:
    said = counted(entries, "entry", "entries")
    return f"a snapshot of position {snapshot} and {said} after it" if snapshot else said


def _journal(data: Path, durability: Durability) -> Journal:
    from camshaft.journal.file import FILE_NAME
    from camshaft.journal.memory import MemoryJournal
    from camshaft.journal.sqlite import SqliteJournal

    if durability is not Durability.MEMORY:
        return SqliteJournal(data, durability)
    if (data / FILE_NAME).exists():
        print_note(f"the journal in {data} is left alone: this node's is in memory, and begins empty")
    return MemoryJournal()


def _whereabouts(data: Path, durability: Durability) -> str:
    match durability:
        case Durability.ALWAYS:
            return f"journal in {data}"
        case Durability.EVERYSEC:
            return f"journal in {data}, synced every second"
        case Durability.MEMORY:
            return "journal in memory: all is gone when the node ends"
        case _:
            assert_never(durability)


def _check_distinct(compiled: list[tuple[Path, CompiledMachine]]) -> None:
    seen: dict[str, Path] = {}
    for file, machine in compiled:
        other = seen.setdefault(machine.name, file)
        if other != file:
            raise Rejected(
                f"{other} and {file} both define the machine {machine.name}: serve the one that runs first, and "
                "upgrade to the other with `camshaft upgrade`"
            )


def _absent(replica: Replica, compiled: list[tuple[Path, CompiledMachine]]) -> list[bytes]:
    """The programs of machines that the journal does not know, each of which could be deployed. Raises `Rejected`."""
    from camshaft.bytecode.encoding import encode_program
    from camshaft.cli.recovered import version_lines

    absent = []
    for file, machine in compiled:
        known = replica.engine.machines.get(machine.name)
        if known is None:
            absent.append(encode_program(machine.to_run()))
            replica.engine.check_deployment(absent[-1])
            continue
        for line in version_lines(known, machine, file):
            print_note(line)
    return absent


def _deploy(replica: Replica, program: bytes, *, is_node: bool) -> None:
    try:
        replica.deploy(program)
    except Rejected as error:
        if not is_node:
            raise
        # Clients are this process's already: they are not left alone for a machine that came in between.
        print_note(f"{error}; the node goes on without it")


def _tell_of_rollouts(replica: Replica) -> None:
    """Say which rollouts go on, also of machines that no file is of: whoever starts a node may not know of them."""
    from camshaft.cli.recovered import rollout_lines

    for name in replica.engine.rollouts.running:
        for line in rollout_lines(replica.rollout(name)):
            print_note(line)
