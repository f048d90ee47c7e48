"""Machines from a text: what is typed into a shell, generated, or sent through a form, without a file."""

from __future__ import annotations

import itertools
import linecache
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

from camshaft.language.diagnostics import CompileError, Problem
from camshaft.language.machine import Machine
from camshaft.language.project import compile_loaded, importing
from camshaft.language.source import SourceFile

_COUNTER: Final = itertools.count(1)


def compile_source(text: str, *, name: str = "machines") -> tuple[type[Machine], ...]:
    """Compile the machines that a text of Python defines; gives their classes, in the order of the text.

    `(Counter,) = cam.compile_source(text)`: the classes are used like imported ones, by `simulate`, `Node.deploy`,
    `connect` and `Upgrade`. `name` stands for the file in diagnostics and tracebacks, as in `<machines>`. The text runs
    as a module of its own, `sys.modules[Counter.__module__]`, which has what else it defines, such as its migrations.
    It can import files as any module can, and earlier texts by the names of their modules.

    Raises:
        CompileError: with all that is wrong in the text; then it leaves no module behind.
    """
    module = ModuleType(name if name not in sys.modules else f"{name}_{next(_COUNTER)}")
    path = f"<{name}>" if module.__name__ == name else f"<{module.__name__}>"
    module.__file__ = path
    # Without a time of change, `linecache` keeps the lines for ever: tracebacks show them, and `source` finds them.
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    sys.modules[module.__name__] = module
    try:
        source = SourceFile(Path(path), text)
        with importing(source):
            exec(compile(text, path, "exec", dont_inherit=True), vars(module))  # noqa: S102  # it is the author's own
        compiled = compile_loaded(Path(path), module, source)
    except Problem as error:
        _forget(module, path)
        raise CompileError([] if error.diagnostic is None else [error.diagnostic]) from error
    except BaseException:
        # Whatever the text raised, an interrupt too: a module that nobody was given would stay, and its lines.
        _forget(module, path)
        raise
    return tuple(machine.cls for machine in compiled.machines)


def _forget(module: ModuleType, path: str) -> None:
    del sys.modules[module.__name__]
    del linecache.cache[path]
