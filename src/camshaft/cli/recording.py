"""The commands about what was recorded: export and import of journals, and the rehearsal of an upgrade on one."""

from __future__ import annotations

import runpy
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final

import typer

from camshaft.cli.authoring import compiled_file, versions_of
from camshaft.cli.options import DEFAULT_HOST, DEFAULT_PORT, AsJson, Host, OneMachine, Port, Source
from camshaft.cli.printing import counted, print_note
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.errors import Rejected
from camshaft.evolution.versions import short

if TYPE_CHECKING:
    from camshaft.anonymise import Hooks
    from camshaft.journal.reading import Readable
    from camshaft.language.compile import CompiledMachine
    from camshaft.language.project import CompiledFile
    from camshaft.runtime.findings import Findings

DataDir = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Read this data directory, not a node. It is only read.")
]
SliceFile = Annotated[
    Path | None, typer.Option("--journal", metavar="SLICE", help="Read what `camshaft export` has written, not a node.")
]
Last = Annotated[int | None, typer.Option("--last", metavar="N", help="The last so many entries.", min=1)]
From = Annotated[int | None, typer.Option("--from", metavar="POSITION", help="The entries from here on.", min=0)]

_LAST: Final = 10_000
"""How many entries are rehearsed unless it is said."""


def rehearse(
    file: Source,
    last: Last = None,
    from_: From = None,
    data: DataDir = None,
    journal: SliceFile = None,
    allow: Annotated[
        list[str] | None, typer.Option("--allow", metavar="METHOD", help="A method whose answers may differ.")
    ] = None,
    allow_states: Annotated[bool, typer.Option("--allow-states", help="The states may differ in the end.")] = False,
    machine: OneMachine = None,
    json: AsJson = False,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Run what was recorded through the version in a file and through the one that runs, and say what differs.

    Nothing that runs is touched: the states are forked at a position, migrated, and given the inputs since then. Exits
    with 1 where something differs that was not allowed to.
    """
    compiled = compiled_file(file, with_earlier=True)
    versions = versions_of(compiled, file, machine)
    with _source(data, journal, host, port) as source:
        begin = _begin(source, last or _LAST, from_)
        findings = _findings(source, compiled, versions, begin)
    if (last or from_) and begin < findings.position:
        print_note(f"from position {findings.position} on, not {begin}: what runs came into force there")
    if not findings.inputs:
        print_note(f"no inputs of {findings.machine} were recorded there: only the migration was tried")
    known = {method.name for one in versions for method in one.program.methods} | findings.methods.keys()
    unknown = sorted(set(allow or ()) - known)
    if unknown:
        raise Rejected(f"{findings.machine} has no method {', '.join(unknown)} that could be allowed to differ")
    typer.echo(findings.json() if json else findings.text())
    if findings.unexpected(allow or (), allow_states):
        raise typer.Exit(1)


def _findings(source: Readable, compiled: CompiledFile, versions: Sequence[CompiledMachine], begin: int) -> Findings:
    from camshaft.evolution.chain import prepared_upgrade
    from camshaft.evolution.upgrade import new_upgrade_id
    from camshaft.runtime.past import past_of
    from camshaft.runtime.rehearsal import Rehearsal, standing_at

    past, end, name = past_of(source), source.end, versions[-1].name
    start = standing_at(past, name, begin, end)
    running = start.machine(name).loaded.verified.program
    prepared = prepared_upgrade(compiled, versions, running, None, new_upgrade_id())
    return Rehearsal(start, prepared.encoded, past, end, time.perf_counter_ns).run()


def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write.")],
    last: Last = None,
    from_: From = None,
    data: DataDir = None,
    journal: SliceFile = None,
    anonymise: Annotated[
        Path | None, typer.Option("--anonymise", metavar="HOOKS", help="A Python file of `@anonymise` hooks.")
    ] = None,
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
) -> None:
    """Write a part of a journal into one file: the states at its beginning, the programs, the entries since then.

    Without --last or --from it is all of the journal. The file can be rehearsed on (`rehearse --journal`), tested on,
    and made a data directory of (`import`).
    """
    from camshaft.journal.slice import SliceWriter
    from camshaft.runtime.past import past_of
    from camshaft.runtime.slicing import cut_before, sliced

    hooks = None if anonymise is None else hooks_of(anonymise)
    with _source(data, journal, host, port) as source, SliceWriter(out) as writer:
        past = past_of(source)
        begin = cut_before(source, past, _begin(source, last, from_))
        for batch in sliced(source, begin, past, hooks):
            writer.append(batch)
        end = writer.finish()
    typer.echo(f"{out}: {counted(end - begin, 'entry', 'entries')} from position {begin} on")


def import_(
    slice_: Annotated[Path, typer.Argument(metavar="SLICE", help="What `camshaft export` has written.")],
    data: Annotated[Path, typer.Option("--data", metavar="NEWDIR", help="The data directory to create.")],
) -> None:
    """Make a data directory of a slice, which a node can serve from."""
    from camshaft.journal.slice import Slice
    from camshaft.journal.sqlite import SqliteJournal
    from camshaft.runtime.engine import Engine
    from camshaft.runtime.past import past_of

    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise Rejected(f"{data} holds something already: name a directory that does not exist yet")
    with closing(Slice(slice_)) as source:
        past = past_of(source)
        engine = Engine(past)
        for position, batch in past(0):
            engine.apply(position, batch)
        with closing(SqliteJournal(data)) as journal:
            journal.extend(source.read())
    for name, machine in engine.machines.items():
        typer.echo(f"{name} {short(machine.loaded.id)}: {counted(machine.count, 'instance')}")
    typer.echo(f"{counted(engine.position, 'entry', 'entries')} in {data}, which `camshaft serve` can serve from")


def hooks_of(path: Path) -> Hooks:
    """The hooks that a file defines. Runs the author's own code. Raises Rejected where there are none."""
    from camshaft.anonymise import ANONYMISE_MARK, Hooks

    if not path.is_file():
        raise Rejected(f"{path}: no such file")
    found = [value for value in runpy.run_path(str(path)).values() if hasattr(value, ANONYMISE_MARK)]
    if not found:
        raise Rejected(f'{path} defines no hook: a function with `@anonymise("…")`')
    try:
        return Hooks(found)
    except TypeError as error:
        raise Rejected(f"{path}: {error}") from error


def _begin(source: Readable, last: int | None, from_: int | None) -> int:
    """The position to begin at: of the last so many entries, or as it was said. Raises `Rejected` beyond the end."""
    if from_ is not None:
        if from_ > source.end:
            raise Rejected(f"the journal ends at position {source.end}: there is nothing from position {from_} on")
        return from_
    return 0 if last is None else max(0, source.end - last)


@contextmanager
def _source(data: Path | None, journal: Path | None, host: str, port: int) -> Iterator[Readable]:
    """What is to be read: a data directory, a slice, or all that a node has, fetched page by page into a file."""
    from camshaft.journal.journal import Batch
    from camshaft.journal.slice import Slice, SliceWriter
    from camshaft.runtime.history import history_in

    if data is not None and journal is not None:
        raise Rejected("both --data and --journal are given: there is one thing to read")
    with ExitStack() as stack:
        if journal is not None:
            source: Readable = Slice(journal)
        elif data is not None:
            source = history_in(data)
        else:
            fetched = Path(stack.enter_context(TemporaryDirectory(prefix="camshaft-"))) / "journal"
            with Client(Endpoint(host, port)) as client, SliceWriter(fetched) as writer:
                for position, count, payload in client.journal():
                    writer.append(Batch(position, count, payload))
                writer.finish()
            source = Slice(fetched)
        stack.enter_context(closing(source))
        yield source
