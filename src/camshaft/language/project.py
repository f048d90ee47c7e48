"""An author's file: importing it as Python would, and compiling all machines and migrations that are defined in it.

This runs the author's own code, on the author's side. A node never does.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import FunctionType, ModuleType, TracebackType

from camshaft.language.adapters import CompiledAdapter, compile_adapter
from camshaft.language.diagnostics import Code, CompileError, Diagnostic, Label, Problem, SourceText, Span
from camshaft.language.machine import ADAPTER_MARK, MIGRATION_MARK, Machine
from camshaft.language.programs import CompiledMachine, CompiledMigration, compile_machine, compile_migration
from camshaft.language.source import SourceFile, Sources, syntax_diagnostic
from camshaft.values.collector import without_collections


@dataclass(frozen=True)
class CompiledFile:
    """What a file defines, in its order. What it imports is not in it."""

    path: Path
    machines: list[CompiledMachine]
    migrations: list[CompiledMigration]
    adapters: list[CompiledAdapter] = field(default_factory=list)
    earlier: list[CompiledMigration] = field(default_factory=list)
    """The migrations of the files that its own lead on from, and so on, the oldest first; where they were asked for."""


@without_collections()
def compile_file(path: str | Path, with_earlier: bool = False) -> CompiledFile:
    """Import a file and compile every machine and migration that it defines.

    `with_earlier`: and the migrations and adapters of the files of the versions that its migrations lead on from.

    Its directory is the first place that its imports are looked for in, as when Python runs the file. The modules of
    that directory are loaded anew and forgotten afterwards, so that the files' present text counts.

    Raises:
        CompileError: with all that is wrong in the file.
    """
    path = Path(path).absolute()
    sources = Sources()
    try:
        source = sources.file(path)
    except Problem as error:
        raise CompileError([] if error.diagnostic is None else [error.diagnostic]) from error
    with _own_modules(path), importing(source):
        module = _load(path)
        compiled = _compile_module(path, module, sources, source)
        return _with_earlier(compiled, module, sources) if with_earlier else compiled


def compile_loaded(path: Path, module: ModuleType, source: SourceFile) -> CompiledFile:
    """Compile every machine and migration that a module defines, which was loaded from this source.

    Raises:
        CompileError: with all that is wrong in it.
    """
    return _compile_module(path, module, Sources(), source)


def _compile_module(path: Path, module: ModuleType, sources: Sources, source: SourceFile) -> CompiledFile:
    machines: list[CompiledMachine] = []
    migrations: list[CompiledMigration] = []
    adapters: list[CompiledAdapter] = []
    diagnostics: list[Diagnostic] = []
    found = list(dict.fromkeys(value for value in vars(module).values() if _is_defined_in(value, module)))
    for value in found:
        try:
            if isinstance(value, FunctionType) and hasattr(value, ADAPTER_MARK):
                adapters.append(compile_adapter(value, sources))
            elif isinstance(value, FunctionType):
                migrations.append(compile_migration(value, sources))
            elif isinstance(value, type) and issubclass(value, Machine):
                machines.append(compile_machine(value, sources))
        except CompileError as error:
            diagnostics += error.diagnostics
    own = {value for value in found if isinstance(value, type)}
    # One that leads from a machine of this file is a downgrade, for the way back to where the machine was before.
    elsewhere = [one for one in migrations if one.new.cls not in own and one.old.cls not in own]
    diagnostics += [_leads_elsewhere(one, sources) for one in elsewhere]
    if not found:
        diagnostics.append(
            Diagnostic(
                Code.MACHINE,
                "there is no machine in this file",
                Label(source.start()),
                help="write `class Counter(Machine):` with typed fields and methods",
            )
        )
    if diagnostics:
        raise CompileError(diagnostics)
    return CompiledFile(path, machines, migrations, adapters)


def _with_earlier(compiled: CompiledFile, module: ModuleType, sources: Sources) -> CompiledFile:
    """With the migrations by which one came to the versions that this file's migrations lead on from, the oldest first,
    and the adapters for their clients."""
    found: list[CompiledMigration] = []
    adapters = list(compiled.adapters)
    seen = {module.__name__}
    waiting = compiled.migrations
    while waiting:
        names = list(dict.fromkeys(one.old.cls.__module__ for one in waiting if one.old.cls.__module__ not in seen))
        seen.update(names)
        modules = [sys.modules[name] for name in names]
        own = [value for each in modules for value in vars(each).values() if _is_defined_in(value, each)]
        written = [one for one in dict.fromkeys(own) if isinstance(one, FunctionType)]
        waiting = [compile_migration(one, sources) for one in written if not hasattr(one, ADAPTER_MARK)]
        adapters += [compile_adapter(one, sources) for one in written if hasattr(one, ADAPTER_MARK)]
        found = [*waiting, *found]
    return replace(compiled, earlier=found, adapters=adapters)


def _leads_elsewhere(migration: CompiledMigration, sources: Sources) -> Diagnostic:
    """The problem of a migration that no upgrade to this file would ever run."""
    source, node = sources.of_function(migration.function)
    cls = migration.new.cls
    return Diagnostic(
        Code.MIGRATION,
        f"`{node.name}` makes a `{cls.__module__}.{cls.__qualname__}`, which is not a machine of this file",
        Label(source.span(node.returns or node)),
        help="return the version that this file defines; the old version is the parameter's type",
    )


def _is_defined_in(value: object, module: ModuleType) -> bool:
    if isinstance(value, type) and issubclass(value, Machine):
        return value.__module__ == module.__name__
    if isinstance(value, FunctionType) and (hasattr(value, MIGRATION_MARK) or hasattr(value, ADAPTER_MARK)):
        return value.__module__ == module.__name__
    return False


def _load(path: Path) -> ModuleType:
    # By its path and not by its name: a file may be named like a module of the standard library.
    # With a loader, since Python chooses one by the suffix, and a user may have given it any.
    loader = SourceFileLoader(path.stem, str(path))
    spec = importlib.util.spec_from_file_location(path.stem, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    loader.exec_module(module)
    return module


@contextmanager
def _own_modules(path: Path) -> Iterator[None]:
    """The modules of a file's directory by themselves: loaded anew, first on the path, and forgotten afterwards."""
    directory = path.parent
    names = {entry.stem for entry in directory.glob("*.py")} | {
        entry.parent.name for entry in directory.glob("*/__init__.py")
    }
    names -= sys.stdlib_module_names | {"camshaft"}
    names.add(path.stem)
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in names}
    for name in before:
        del sys.modules[name]
    sys.path.insert(0, str(directory))
    # Cached bytecode is trusted by time and size, and an edit can keep both.
    unwritten, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.dont_write_bytecode = unwritten
        sys.path.remove(str(directory))
        for name in [name for name in sys.modules if name.partition(".")[0] in names]:
            del sys.modules[name]
        sys.modules.update(before)


class importing:  # noqa: N801  # used as a statement: `with importing(source):`
    """Turns whatever the author's code raises while it is imported into a diagnostic of the line that raised it."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, SyntaxError) and error.filename is not None:
            source = SourceText.of(Path(error.filename), error.text or "")
            file = Path(error.filename)
            if file.is_file():
                source = SourceText.of(file, file.read_text(encoding="utf-8", errors="replace"))
            raise CompileError([syntax_diagnostic(source, error)]) from error
        if not isinstance(error, Exception | SystemExit) or isinstance(error, CompileError):
            return
        lines = [frame for frame in traceback.extract_tb(trace) if frame.filename == str(self._source.path)]
        if not lines:
            return  # it was not the author's code that raised: a fault, which nobody must hide
        line = lines[-1].lineno or 1
        text = self._source.shown.lines[line - 1]
        span = Span(self._source.shown, line, len(text) - len(text.lstrip()), len(text.rstrip()))
        raise CompileError(
            [
                Diagnostic(
                    Code.IMPORT,
                    f"importing the file failed: {type(error).__name__}: {error}",
                    Label(span, "raised by this line"),
                    help="run the file with Python itself to see more",
                )
            ]
        ) from error
