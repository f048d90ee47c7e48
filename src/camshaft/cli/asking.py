"""Asking before something is changed: at a terminal a question, elsewhere `--yes` where something would be lost."""

from __future__ import annotations

import sys

import typer

from camshaft.cli.printing import print_note
from camshaft.errors import Rejected


def ask(question: str, what: str, loses: bool) -> None:
    """Go on only if the user agrees to `what`, whose plan has been shown.

    Ends the command where the answer is no, or none (Ctrl-C). Raises `Rejected` where nobody is at a terminal and the
    plan loses something: a script says `--yes` to that.
    """
    if not sys.stdin.isatty():
        if loses:
            raise Rejected(
                f"{what} loses something, and there is nobody to ask: with --yes it is done; nothing was changed"
            )
        return
    try:
        agreed = typer.confirm(question, default=not loses, err=True)
    except typer.Abort:
        print_note("")
        agreed = False
    if not agreed:
        print_note("nothing was changed")
        raise typer.Exit(1)
