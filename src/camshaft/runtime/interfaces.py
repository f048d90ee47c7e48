"""Whether an input that was checked against one interface means the same under another."""

from __future__ import annotations

from camshaft.bytecode.interfaces import difference
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
    version = f"{new.name} runs program {new.id[:12]} now, the input was made for {old.id[:12]}"
    if old.verified.program.method(name) is None:
        return f"{version}, which has no method {name}"
    reason = difference(old.verified.program, new.verified.program, name)
    return None if reason is None else f"{version}: {reason}"
