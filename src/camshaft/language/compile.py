"""The way into the compiler: a class, a migration or a file, to programs."""

from camshaft.language.adapters import CompiledAdapter, compile_adapter
from camshaft.language.diagnostics import CompileError, Diagnostic
from camshaft.language.from_text import compile_source
from camshaft.language.programs import CompiledMachine, CompiledMigration, compile_machine, compile_migration
from camshaft.language.project import CompiledFile, compile_file

__all__ = [
    "CompileError",
    "CompiledAdapter",
    "CompiledFile",
    "CompiledMachine",
    "CompiledMigration",
    "Diagnostic",
    "compile_adapter",
    "compile_file",
    "compile_machine",
    "compile_migration",
    "compile_source",
]
