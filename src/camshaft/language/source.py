"""Finding the source of a class or function: parse its file and match by the code that runs.

`inspect.getsource` returns the wrong one of two same-named classes in a file; a method's code knows its first line,
so a class is found by its methods. A file that changed after its import would be compiled to something else than what
runs as Python: it is detected by comparing the code.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import CodeType, FunctionType
from typing import Final, TypeAlias

from camshaft.language.diagnostics import Code, Diagnostic, Label, Problem, SourceText, Span
from camshaft.language.module_names import ModuleNames
from camshaft.language.syntax import children

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

MAX_NESTED_LOOPS: Final = 20
_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LOOPS: Final = (ast.For, ast.While, ast.With, ast.Try)
_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class SourceFile:
    """A parsed file of Python: `tree` is its module, `shown` what spans of it point into."""

    def __init__(self, path: Path, text: str) -> None:
        """Raises Problem with the syntax error where the text is not Python."""
        self.path = path
        self.text = text
        self.shown = SourceText.of(path, text)
        try:
            self.tree = ast.parse(text, str(path))
        except (SyntaxError, ValueError) as error:
            raise Problem(syntax_diagnostic(self.shown, error)) from error
        self._check_loops()

    def _check_loops(self) -> None:
        """Refuse comprehensions within more loops than CPython takes: from 3.12 on it crashes instead of saying so."""
        waiting: list[tuple[ast.AST, int]] = [(self.tree, 0)]
        while waiting:
            node, loops = waiting.pop()
            if isinstance(node, _COMPREHENSIONS):
                loops += len(node.generators)
                if loops > MAX_NESTED_LOOPS:
                    raise Problem(
                        Diagnostic(
                            Code.TOO_DEEP,
                            f"this comprehension is within {loops} loops; Python itself takes {MAX_NESTED_LOOPS}",
                            Label(self.span(node)),
                            help="make the inner lists in helper methods",
                        )
                    )
            elif isinstance(node, _LOOPS):
                loops += 1
            elif isinstance(node, _SCOPES):
                loops = 0
            waiting.extend([(child, loops) for child in children(node)])

    @staticmethod
    def read(path: Path) -> SourceFile:
        """The file at a path. Raises Problem where it is not readable or not Python.

        What was typed into a shell or a notebook, or given to `compile_source`, has no file; Python's own table of
        lines for tracebacks has its text.
        """
        if str(path).startswith("<"):
            return SourceFile(path, "".join(linecache.getlines(str(path))))
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            where = Span(SourceText.of(path, ""), 1, 0, 1)
            raise Problem(
                Diagnostic(Code.SYNTAX, f"the file is not UTF-8 text: {error}", Label(where), help="save it as UTF-8")
            ) from error
        except OSError as error:
            where = Span(SourceText.of(path, ""), 1, 0, 1)
            problem = f"the file cannot be read: {error.strerror}"
            raise Problem(Diagnostic(Code.NO_SOURCE, problem, Label(where))) from error
        return SourceFile(path, text)

    @cached_property
    def codes(self) -> dict[tuple[str, int], CodeType]:
        """What Python compiles the file's functions to, by qualified name and first line."""
        module = compile(self.text, str(self.path), "exec", dont_inherit=True)
        return {(code.co_qualname, code.co_firstlineno): code for code in _codes(module)}

    @cached_property
    def module_names(self) -> ModuleNames:
        """What the file says of the names of its module."""
        return ModuleNames(self.tree)

    def span(self, node: ast.AST) -> Span:
        """The span of a node of this file."""
        return Span.of(self.shown, node)

    def start(self) -> Span:
        """The first character of the file, for what is wrong with all of it."""
        return Span(self.shown, 1, 0, 1)

    def segment(self, node: ast.ClassDef | FunctionNode) -> str:
        """The text of a class or function, its decorators included."""
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return "\n".join(self.shown.lines[first - 1 : node.end_lineno])

    @cached_property
    def classes(self) -> dict[str, list[tuple[str, ast.ClassDef]]]:
        """The classes of the file by their own names, each with its qualified name, in order."""
        found: dict[str, list[tuple[str, ast.ClassDef]]] = {}
        for name, node in self._definitions:
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append((name, node))
        return found

    @cached_property
    def functions(self) -> dict[tuple[str, int], FunctionNode]:
        """The functions and methods of the file by their qualified names and first lines."""
        return {
            (name, _first_line(node)): node for name, node in self._definitions if not isinstance(node, ast.ClassDef)
        }

    @cached_property
    def _definitions(self) -> list[tuple[str, ast.ClassDef | FunctionNode]]:
        return list(_definitions(self.tree, ""))


def syntax_diagnostic(source: SourceText, error: SyntaxError | ValueError) -> Diagnostic:
    """The diagnostic of what Python's own parser said about a file."""
    line = getattr(error, "lineno", None) or 1
    column = max(0, (getattr(error, "offset", None) or 1) - 1)
    text = source.lines[line - 1] if line <= len(source.lines) else ""
    column = min(column, max(0, len(text) - 1))
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return Diagnostic(
        Code.SYNTAX,
        f"this is not Python: {message}",
        Label(Span(source, line, column, column + 1), "here, says Python's parser"),
        help="mend the syntax first; nothing else of the file was looked at",
    )


def _definitions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.ClassDef | FunctionNode]]:
    for child in children(node):
        if isinstance(child, ast.ClassDef):
            yield prefix + child.name, child
            yield from _definitions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name, child
            yield from _definitions(child, f"{prefix}{child.name}.<locals>.")
        elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield from _definitions(child, prefix)  # no expression holds a definition


class Sources:
    """The files that one compilation has read, each read and parsed once."""

    def __init__(self) -> None:
        self._files: dict[Path, SourceFile] = {}

    def file(self, path: Path) -> SourceFile:
        """The file at a path. Raises Problem as `SourceFile.read`."""
        found = self._files.get(path)
        if found is None:
            found = self._files[path] = SourceFile.read(path)
        return found

    def of_class(self, cls: type) -> tuple[SourceFile, ast.ClassDef]:
        """The file and the node of a class. Raises Problem where there is none, or the file has changed."""
        source = self._of_module(cls)
        methods = methods_of(cls)
        same_name = source.classes.get(cls.__name__, [])
        if methods:
            lines = {(name, function.__code__.co_firstlineno) for name, function in methods.items()}
            candidates = [node for _, node in same_name if lines <= _method_lines(node)]
        else:
            annotated = list(inspect.get_annotations(cls))
            candidates = [
                node for name, node in same_name if name == cls.__qualname__ and annotated_names(node) == annotated
            ]
        if not candidates:
            raise Problem(_changed(source, cls.__name__, same_name[-1][1] if same_name else None))
        # Of two classes that look the same in all that is known, the later one is what the name stands for.
        node = candidates[-1]
        for name, function in methods.items():
            self._check_fresh(source, function, node, name)
        return source, node

    def of_function(self, function: FunctionType) -> tuple[SourceFile, ast.FunctionDef]:
        """The file and the node of a function. Raises Problem as `of_class`."""
        if not has_text(function.__code__.co_filename):
            raise Problem(_no_source(function.__module__, function.__qualname__))
        source = self.file(Path(function.__code__.co_filename))
        code = function.__code__
        node = source.functions.get((code.co_qualname, code.co_firstlineno))
        if node is not None:
            self._check_fresh(source, function, node, node.name)
            if isinstance(node, ast.FunctionDef):
                return source, node
            what = f"`{node.name}` is async, and a step never waits"
            at = Label(source.span(node))
            raise Problem(Diagnostic(Code.UNSUPPORTED, what, at, code.co_qualname, help="write `def` without `async`"))
        raise Problem(_changed(source, function.__name__, None))

    def _of_module(self, cls: type) -> SourceFile:
        for function in methods_of(cls).values():
            if has_text(function.__code__.co_filename):
                return self.file(Path(function.__code__.co_filename))
        module = sys.modules.get(cls.__module__)
        path = getattr(module, "__file__", None)
        if path is None or not has_text(path):
            raise Problem(_no_source(cls.__module__, cls.__qualname__))
        return self.file(Path(path))

    def _check_fresh(self, source: SourceFile, function: FunctionType, node: ast.AST, name: str) -> None:
        code = function.__code__
        if any(used.startswith("@py") for used in _names_of(code)):
            return  # pytest has rewritten the asserts of this function, so its code is not the file's
        fresh = source.codes.get((code.co_qualname, code.co_firstlineno))
        if fresh is None or not _same_code(fresh, code):
            raise Problem(_changed(source, name, node))


def has_text(path: str) -> bool:
    """Whether there is a text behind the name of a code's file: a file, or lines that Python was given for it."""
    return bool(linecache.getlines(path)) if path.startswith("<") else Path(path).is_file()


def _no_source(module: str, name: str) -> Diagnostic:
    return Diagnostic(
        Code.NO_SOURCE,
        f"the source of `{name}` cannot be found: it was not defined in a file, but in a shell or by `exec`",
        Label(Span(SourceText(f"<{module}>", ("",)), 1, 0, 1)),
        help="write it in a file of Python and import it from there, or give its text to `camshaft.compile_source`",
    )


def methods_of(cls: type) -> dict[str, FunctionType]:
    """The functions that a class's own body defines, by their names there; of a decorated one, what it wraps."""
    found = {}
    for value in cls.__dict__.values():
        function = getattr(value, "fget", value) if isinstance(value, property) else getattr(value, "__func__", value)
        function = inspect.unwrap(function) if callable(function) else function
        if isinstance(function, FunctionType) and function.__module__ == cls.__module__:
            code = function.__code__
            # What a dataclass generates, or a decorator made, has the class's module too, but was not written here.
            if not code.co_filename.startswith("<string>") and code.co_qualname == f"{cls.__qualname__}.{code.co_name}":
                found[code.co_name] = function
    return found


def function_under(cls: type, name: str) -> FunctionType:
    """The function of a class's method or property."""
    found = inspect.getattr_static(cls, name)
    function = found.fget if isinstance(found, property) else found
    assert isinstance(function, FunctionType)
    return function


def annotated_names(node: ast.ClassDef) -> list[str]:
    """The names that a class's body annotates, in order."""
    return [
        statement.target.id
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]


def _first_line(node: FunctionNode) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _method_lines(node: ast.ClassDef) -> set[tuple[str, int]]:
    return {
        (child.name, _first_line(child))
        for child in node.body
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _names_of(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    yield from code.co_varnames


def _same_code(left: CodeType, right: CodeType) -> bool:
    """Whether two pieces of code do the same, wherever in a file they stand."""
    if left == right:
        return True
    if (left.co_code, left.co_names, left.co_varnames) != (right.co_code, right.co_names, right.co_varnames):
        return False
    if len(left.co_consts) != len(right.co_consts):
        return False
    return all(
        _same_code(one, other)
        if isinstance(one, CodeType) and isinstance(other, CodeType)
        else repr(one) == repr(other) and type(one) is type(other)
        for one, other in zip(left.co_consts, right.co_consts, strict=True)
    )


def _changed(source: SourceFile, name: str, node: ast.AST | None) -> Diagnostic:
    return Diagnostic(
        Code.STALE,
        f"`{name}` in this file is not what was imported: the file has changed since",
        Label(source.start() if node is None else source.span(node), "what the file says now"),
        help="import the file again, in a new process",
    )
