"""The commands between programs and text: asm and dis. They need no node."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from camshaft.cli.authoring import compiled_file, versions_of
from camshaft.cli.options import OneMachine
from camshaft.cli.printing import print_error, print_note
from camshaft.evolution.versions import short

if TYPE_CHECKING:
    from camshaft.bytecode.program import Program

PROGRAM_SUFFIX = ".cam"
_Text = Annotated[Path, typer.Argument(metavar="FILE.casm", help="A program as text, as `camshaft dis` prints it.")]
_Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="OUT", help="Where to write the program. [default: FILE.cam]")
]
_Shown = Annotated[
    Path, typer.Argument(metavar="FILE", help="A Python file that defines machines, a program, or a program as text.")
]
_AsPython = Annotated[bool, typer.Option("--python", help="Print the Python functions that a node runs instead.")]


def asm(file: _Text, output: _Output = None) -> None:
    """Read a program's text, verify it, and write the program's bytes."""
    from camshaft.bytecode.encoding import encode_program
    from camshaft.bytecode.verifier import load

    data = encode_program(_assembled(file, _content(file)))
    verified = load(data)
    written = output if output is not None else file.with_suffix(PROGRAM_SUFFIX)
    try:
        written.write_bytes(data)
    except OSError as error:
        print_error(f"{written}: {error.strerror}")
        raise typer.Exit(1) from None
    print_note(f"{verified.program.name} {short(verified.id)}: {len(data)} bytes in {written}")


def dis(file: _Shown, machine: OneMachine = None, python: _AsPython = False) -> None:
    """Print machines and migrations as text: their bytecode, or what is generated from it."""
    from camshaft.bytecode.text import disassemble

    shown = _python if python else disassemble
    typer.echo("\n\n".join(shown(program).rstrip("\n") for program in _programs(file, machine)))


def _programs(file: Path, machine: str | None) -> list[Program]:
    from camshaft.bytecode.encoding import decode_program

    if file.suffix == ".py":
        compiled = compiled_file(file)
        chosen = compiled.machines if machine is None else versions_of(compiled, file, machine)
        migrations = [migration.program for migration in compiled.migrations if migration.new in chosen]
        return [*(each.program for each in chosen), *migrations]
    content = _content(file)
    # No text begins with this byte: it is MessagePack's for an array of four, and not the first of any UTF-8 character.
    return [decode_program(content) if content[:1] == b"\x94" else _assembled(file, content)]


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        print_error(f"{file}: {'no such file' if isinstance(error, FileNotFoundError) else error.strerror}")
        raise typer.Exit(1) from None


def _assembled(file: Path, content: bytes) -> Program:
    from camshaft.bytecode.text import assemble_text
    from camshaft.errors import Rejected

    try:
        return assemble_text(content.decode())
    except (Rejected, UnicodeDecodeError) as error:
        reason = error if isinstance(error, Rejected) else "it is neither a program nor text in UTF-8"
        print_error(f"{file}: {reason}")
        raise typer.Exit(1) from None


def _python(program: Program) -> str:
    return "\n".join(_python_lines(program))


def _python_lines(program: Program) -> Iterator[str]:
    from camshaft.bytecode.verifier import verify
    from camshaft.execution.compiler import Compiled

    verified = verify(program)
    compiled = Compiled(verified)
    yield f"# {program.name} {verified.id}"
    for function, source in zip(program.functions, compiled.function_sources, strict=True):
        yield f"\n# function {function.name}"
        yield source.rstrip("\n")
    for method in program.methods:
        yield f"\n# {method.kind.value} {method.name}"
        yield compiled.methods[method.name].source.rstrip("\n")
