"""Compiling the file that a command is given: what is wrong in it is printed, and ends the command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from camshaft.cli.printing import print_error, print_note

if TYPE_CHECKING:
    from camshaft.language.compile import CompiledMachine
    from camshaft.language.project import CompiledFile


def compiled_file(file: Path, with_earlier: bool = False) -> CompiledFile:
    """A compiled source file; prints its diagnostics and ends the command where it is not accepted.

    `with_earlier` is as in `compile_file`.
    """
    from camshaft.language.diagnostics import CompileError
    from camshaft.language.project import compile_file

    if not file.is_file():
        print_error(f"{file}: no such file")
        raise typer.Exit(1)
    try:
        compiled = compile_file(file, with_earlier)
    except CompileError as error:
        print_note(str(error))
        raise typer.Exit(1) from None
    return compiled


def machines_to_run(file: Path) -> CompiledFile:
    """As `compiled_file`, for a file whose machines are to run: it may define one version of each only."""
    compiled = compiled_file(file)
    names = [machine.name for machine in compiled.machines]
    for name in names:
        if names.count(name) > 1:
            print_error(f"{file} defines {names.count(name)} versions of {name}; keep each in a file of its own")
            raise typer.Exit(1)
    return compiled


def versions_of(compiled: CompiledFile, file: Path, name: str | None) -> list[CompiledMachine]:
    """The versions of the machine of a name, or of the only one of the file, in the file's order.

    Ends the command where there is no such choice.
    """
    names = list(dict.fromkeys(machine.name for machine in compiled.machines))
    found = [one for one in compiled.machines if one.name == name or (name is None and len(names) == 1)]
    if found:
        return found
    if name is None:
        print_error(f"{file} defines several machines; choose one with --machine: {', '.join(names)}")
    else:
        print_error(f"{file} defines no machine {name}; it defines {', '.join(names)}")
    raise typer.Exit(1)
