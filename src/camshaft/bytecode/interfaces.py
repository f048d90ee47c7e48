"""Interfaces of two versions side by side: whether a method means the same to a client of the one as of the other.

It does where it has the same parameter types, in order, the same result type and the same refusals. Names of parameters
play no part: arguments in the journal have none. A method that is hidden from clients now is not it, unless it was
hidden before: whose call that is, an adapter says.
"""

from __future__ import annotations

from camshaft.bytecode.program import Method, Program
from camshaft.values.type_words import show


def difference(old: Program, new: Program, name: str) -> str | None:
    """Why a call of a method that `old` has must not run as that of `new`; None where it may."""
    before, after = old.method(name), new.method(name)
    assert before is not None
    if after is None:
        return f"there is no method {name} any more"
    if name in new.hidden and name not in old.hidden:
        return f"{name} is for adapters alone now"
    if _parameter_types(before) != _parameter_types(after):
        return f"{name} takes {_parameters(after)} now, not {_parameters(before)}"
    if before.result is not after.result:
        return f"{name} returns {show(after.result)} now, not {show(before.result)}"
    if _refusals(old, before) != _refusals(new, after):
        return f"the refusals of {name} changed"
    return None


def _parameter_types(method: Method) -> list[object]:
    return [parameter.type for parameter in method.parameters]


def _parameters(method: Method) -> str:
    return f"({', '.join(f'{parameter.name}: {show(parameter.type)}' for parameter in method.parameters)})"


def _refusals(program: Program, method: Method) -> list[object]:
    return [program.refusal(name) for name in method.refusals]
