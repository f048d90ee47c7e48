"""Which lines of a program's methods its inputs reach: a corpus program that is not reached says nothing."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

NEVER: Final = "# never runs"
"""What stands at the end of a line that no input can reach, where that is the claim."""


class Reached:
    """The lines of one file that ran within `tracing()`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: set[int] = set()

    @contextmanager
    def tracing(self) -> Iterator[None]:
        """Notice the lines that run meanwhile, as plain Python."""
        before = sys.gettrace()
        sys.settrace(self._trace)
        try:
            yield
        finally:
            sys.settrace(before)

    def _trace(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        if frame.f_code.co_filename != str(self._path):
            return None
        self._lines.add(frame.f_lineno)
        return self._trace

    def wrong(self) -> list[int]:
        """The lines of statements that did not run though they should, or ran though they are marked `NEVER`."""
        text = self._path.read_text()
        marked = {number for number, line in enumerate(text.splitlines(), 1) if line.endswith(NEVER)}
        statements = set(_statements(ast.parse(text)))
        return sorted((statements - self._lines) ^ marked)


def _statements(tree: ast.Module) -> Iterator[int]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.stmt) and node is not function and not _is_without_code(node):
                    yield node.lineno


def _is_without_code(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.AnnAssign(value=None):
            return True
        case _:
            return False
