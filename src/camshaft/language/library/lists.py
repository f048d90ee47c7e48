"""The methods of lists and tuples."""

from __future__ import annotations

from typing import Final

from camshaft.language import targets
from camshaft.language.library.handlers import ChangeHandler, MethodHandler, MethodName
from camshaft.language.pytypes import PyList

METHODS: Final[dict[MethodName, MethodHandler]] = {}

CHANGES: Final[dict[MethodName, ChangeHandler]] = {(PyList, "append"): targets.append}

HINTS: Final[dict[MethodName, str]] = {
    (PyList, "pop"): "read the element, then take it away: `x = xs[-1]` and `del xs[-1]`",
    (PyList, "extend"): "write `xs += ys`",
    (PyList, "insert"): "build a new list with `+`",
    (PyList, "remove"): "take it away by its index: `del xs[i]`",
    (PyList, "clear"): "assign an empty list: `xs = []`",
    (PyList, "sort"): "keep the list in order when adding to it",
    (PyList, "copy"): "write `list(xs)`",
    (PyList, "index"): "search in a loop over `range(len(xs))`",
    (PyList, "count"): "count in a loop",
}
