"""The commands that copy a journal: backup, restore and recover."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from camshaft.cli.printing import counted

_DATA = Path("camshaft-data")


def backup(
    to: Annotated[Path, typer.Option("--to", metavar="NEWDIR", help="The directory to create.")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Where the journal is kept.")] = _DATA,
) -> None:
    """Copy a journal, checking every entry on the way, while a node goes on writing it.

    The copy is a data directory with all that was acknowledged when the command began; a node can serve from it.
    """
    from camshaft.journal.backup import back_up

    typer.echo(f"copied {counted(back_up(data, to), 'entry', 'entries')} from {data} to {to}")


def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="The directory that `backup` made.")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The data directory to create.")] = _DATA,
) -> None:
    """Make a data directory from a backup, which is checked on the way and stays as it is."""
    from camshaft.journal.backup import back_up

    entries = counted(back_up(source, data), "entry", "entries")
    typer.echo(f"restored {entries} from {source} to {data}: serve it with `camshaft serve FILE --data {data}`")


def recover(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The damaged data directory; it is only read.")],
    to: Annotated[Path, typer.Option("--to", metavar="NEWDIR", help="The data directory to create.")],
) -> None:
    """Copy the intact part of a damaged journal into a new data directory."""
    from camshaft.journal.salvage import salvage

    saved = salvage(data, to)
    typer.echo(f"copied {counted(saved.entries, 'entry', 'entries')} from {data} to {to}")
    if saved.damage is None:
        typer.echo("the journal is intact to its end")
    else:
        typer.echo(f"the rest is damaged and was left out: {saved.damage}")
