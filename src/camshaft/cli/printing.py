"""How the command line shows things: results on stdout, everything about the work itself on stderr."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import typer

from camshaft.errors import CamshaftError, Trap

_UNCHANGED = "; nothing was changed"


def print_view(view: Any) -> None:
    """Print a result as JSON, and nothing for None."""
    if view is not None:
        typer.echo(as_json(view))


def as_json(view: Any) -> str:
    """A view as JSON text on one line."""
    return json.dumps(view, ensure_ascii=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under their headings; wide ones are folded on a terminal and left whole elsewhere."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=10_000)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        # Text, since what a user typed might look like rich's markup.
        table.add_row(*map(Text, row))
    console.print(table)


def print_note(text: str) -> None:
    """Say something beside the result."""
    typer.echo(text, err=True)


def print_error(error: CamshaftError | str) -> None:
    """Say what failed."""
    typer.echo(f"error: {_explained(error)}", err=True)


def _explained(error: CamshaftError | str) -> str:
    if isinstance(error, Trap):
        return f"trap: {error.kind}: {error}"
    text = str(error)
    # What a sentence that ends in "nothing was changed" adds in brackets gets a line of its own.
    reason, unchanged, details = text.partition(f"{_UNCHANGED} (")
    return f"{reason}{_UNCHANGED}\n  {details[:-1]}" if unchanged and details.endswith(")") else text


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 instance`, `2 instances`; `many` is the plural where it does not end in s."""
    return f"{number} {one if number == 1 else many or one + 's'}"
