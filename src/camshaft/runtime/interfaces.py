"""Whether an input that was checked against one interface means the same under another.

It fits where the method has the same parameter types, in order, the same result type and the same refusals. Names of
parameters play no part: arguments in the journal have none.
"""

from __future__ import annotations

from camshaft.bytecode.program import Method, Program
from camshaft.runtime.catalog import Loaded


def misfit(old: Loaded, new: Loaded, method: str) -> str | None:
    """Why an input of `method` that was checked against `old` must not run under `new`; None where it may.

    Types are compared by identity and the answer is remembered, so that a node pays for it once an upgrade.
    """
    key = (old.id, method)
    try:
        return new.misfits[key]
    except KeyError:
        reason = new.misfits[key] = _compare(old, new, method)
        return reason


def _compare(old: Loaded, new: Loaded, name: str) -> str | None:
    before, after = old.verified.program.method(name), new.verified.program.method(name)
    version = f"{new.name} runs program {new.id[:12]} now, the input was made for {old.id[:12]}"
    if before is None:
        return f"{version}, which has no method {name}"
    if after is None:
        return f"{version}: there is no method {name} any more"
    if _parameter_types(before) != _parameter_types(after):
        return f"{version}: {name} takes {_parameters(after)} now, not {_parameters(before)}"
    if before.result is not after.result:
        return f"{version}: {name} returns {after.result!r} now, not {before.result!r}"
    if _refusals(old.verified.program, before) != _refusals(new.verified.program, after):
        return f"{version}: the refusals of {name} changed"
    return None


def _parameter_types(method: Method) -> list[object]:
    return [parameter.type for parameter in method.parameters]


def _parameters(method: Method) -> str:
    return f"({', '.join(f'{parameter.name}: {parameter.type!r}' for parameter in method.parameters)})"


def _refusals(program: Program, method: Method) -> list[object]:
    return [program.refusal(name) for name in method.refusals]
