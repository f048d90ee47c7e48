"""The commands for a machine's source, which need no node: `check` compiles files, `explain` tells what a code means.

`check --json` prints one object: `{"version": 1, "files": [path, …], "diagnostics": [diagnostic, …]}`. A diagnostic has
`file`, `line`, `column`, `end_line`, `end_column` (counted from 1, in characters; the end is exclusive), `severity`
(always "error"), `code`, `title`, `message`, `note` (beside the caret, "" where there is none), `inside` (the class or
method), `help`, and `related`: a list of `{file, line, column, end_line, end_column, message}`. Later versions may add
keys; what is here keeps its meaning as long as `version` is 1. Exit codes: 0 all files are accepted, 1 there are
diagnostics, or a path does not exist.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from camshaft.cli.printing import counted, print_error, print_note
from camshaft.evolution.versions import short

if TYPE_CHECKING:
    from camshaft.language.diagnostics import Diagnostic, Span
    from camshaft.language.project import CompiledFile

_VERSION: Final = 1
_SKIPPED: Final = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages", "venv"})


def check(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|DIRECTORY…", help="Files, and directories of files.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print what editors read: one object of JSON.")] = False,
) -> None:
    """Compile and verify files without running them; of a directory, those that define machines.

    Exit code 1 and diagnostics where one is not accepted.
    """
    from camshaft.language.diagnostics import CompileError
    from camshaft.language.project import compile_file

    files: list[Path] = []
    for path in paths:
        if not path.exists():
            print_error(f"{path}: no such file")
            raise typer.Exit(1)
        files += _files_in(path) if path.is_dir() else [path]
    if not files:
        print_error(f"{', '.join(map(str, paths))}: no file here defines a machine")
        raise typer.Exit(1)
    found: list[Diagnostic] = []
    for file in files:
        try:
            compiled = compile_file(file)
        except CompileError as error:
            # A function that two files use is told of once.
            found += [one for one in error.diagnostics if one not in found]
        else:
            if not as_json:
                _print_accepted(compiled)
    if as_json:
        shown = {"version": _VERSION, "files": [str(file) for file in files], "diagnostics": list(map(_as_json, found))}
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    elif found:
        print_note("\n\n".join(one.render() for one in found))
        if len(files) > 1:
            print_note(f"\n{counted(len(found), 'error')} in {counted(len(files), 'file')}")
    if found:
        raise typer.Exit(1)


def explain(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="A diagnostic's code, such as CAM012.")] = None,
) -> None:
    """Tell what a diagnostic's code means, with examples; without one, list all codes."""
    from camshaft.language.diagnostics import Code
    from camshaft.language.explanations import code_of, explanation

    if code is None:
        for one in Code:
            typer.echo(f"{one.number}  {one.title}")
        return
    meant = code_of(code)
    if meant is None:
        print_error(f"there is no code {code}; `camshaft explain` lists all of them")
        raise typer.Exit(1)
    typer.echo(explanation(meant).rstrip())


def _print_accepted(compiled: CompiledFile) -> None:
    from camshaft.bytecode.encoding import encode_program
    from camshaft.bytecode.program import MethodKind
    from camshaft.bytecode.verifier import load

    for machine in compiled.machines:
        if stands_for := machine.cls.__camshaft__.version:
            typer.echo(f"{machine.name} {short(stands_for)}: the types of that version, to write a migration from")
            continue
        verified = load(encode_program(machine.program))
        methods = verified.program.methods
        queries = sum(method.kind is MethodKind.QUERY for method in methods)
        commands = len(methods) - queries
        typer.echo(
            f"{machine.name} {short(verified.id)}: "
            f"{counted(commands, 'command')}, {counted(queries, 'query', 'queries')}"
        )
    for migration in compiled.migrations:
        load(encode_program(migration.program))
        # One that leads from a machine of this file to another file's is the way back.
        kind = "migration" if any(migration.new.cls is each.cls for each in compiled.machines) else "downgrade"
        typer.echo(f"{migration.new.name}: {kind} `{migration.function.__name__}`")


# ---- directories -----------------------------------------------------------------------------------------------------


def _files_in(directory: Path) -> list[Path]:
    """The files below a directory that define machines, in the order of their names."""
    return [path for path in _python_files(directory) if _defines_machine(path)]


def _python_files(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.iterdir()):
        if path.is_dir():
            if path.name not in _SKIPPED and not path.name.startswith("."):
                yield from _python_files(path)
        elif path.suffix == ".py":
            yield path


def _defines_machine(path: Path) -> bool:
    """Whether a file seems to define a machine or a migration: seen by its syntax, since checking a file imports it.

    One that Python cannot read counts: it should be told of.
    """
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return b"camshaft" in path.read_bytes()
    return any(
        (isinstance(node, ast.ClassDef) and any(_last_name(base) == "Machine" for base in node.bases))
        or (isinstance(node, ast.FunctionDef) and any(_last_name(one) == "migration" for one in node.decorator_list))
        for node in tree.body
    )


def _last_name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


# ---- for editors -----------------------------------------------------------------------------------------------------


def _as_json(found: Diagnostic) -> dict[str, Any]:
    return {
        **_place(found.primary.span),
        "severity": "error",
        "code": found.code.number,
        "title": found.code.title,
        "message": found.message,
        "note": found.primary.text,
        "inside": found.inside,
        "help": found.help,
        "related": [{**_place(label.span), "message": label.text} for label in found.secondary],
    }


def _place(span: Span) -> dict[str, Any]:
    return {
        "file": span.source.path,
        "line": span.line,
        "column": span.start + 1,
        "end_line": span.line,
        "end_column": span.end + 1,
    }
