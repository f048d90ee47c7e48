"""What has an order: which types do, and by what their values compare.

Operators compare by it, and so does what sorts: there is one answer to what comes first.
"""

from __future__ import annotations

from collections.abc import Sequence

from camshaft.bytecode.primitives.table import is_ordered
from camshaft.category.terms import Identity, Primitive, Project, Term, compose, fork
from camshaft.language.literals import inclusion
from camshaft.language.pytypes import (
    PyBool,
    PyClass,
    PyList,
    PyLiteral,
    PyMachine,
    PyNever,
    PyNone,
    PySequence,
    PyTuple,
    PyType,
    PyUnion,
    core,
)
from camshaft.values.types import Record


def comparable(type_: PyType) -> Term | None:
    """value -> what compares in the same order as the value does in Python, None where that has no order."""
    match type_:
        case PyBool():
            return Primitive("bool_to_int")
        case PyLiteral():
            return inclusion(type_, type_.base)
        case PyTuple(elements):
            parts = [comparable(element) for element in elements]
            if all(isinstance(part, Identity) for part in parts):
                return Identity()
            return _of_parts([str(index) for index in range(len(parts))], parts)
        case PyClass(cls) if cls.__dataclass_params__.order:  # type: ignore[attr-defined]  # every dataclass has them
            # Python compares the tuples of their fields.
            return _of_parts([one.name for one in type_.fields], [comparable(one.type) for one in type_.fields])
        case PyList(element) | PySequence(element):
            return Identity() if isinstance(comparable(element), Identity) else None
        case PyNone() | PyUnion() | PyClass() | PyMachine() | PyNever():
            return None
        case _:
            type_of_values = core(type_)
            return Identity() if is_ordered(type_of_values) and not isinstance(type_of_values, Record) else None


def _of_parts(labels: Sequence[str], parts: Sequence[Term | None]) -> Term | None:
    """record -> the tuple of what its parts compare by."""
    found = [compose(Project(label), part) for label, part in zip(labels, parts, strict=True) if part is not None]
    return fork(*found) if len(found) == len(parts) else None
