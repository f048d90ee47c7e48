"""What `serve` says of machines that it found in its journal: which version goes on, and which rollout.

Nothing here changes anything: what runs is what ran last.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from camshaft.bytecode.encoding import program_id
from camshaft.bytecode.rollout import percent
from camshaft.evolution.changes import compare_interfaces, type_changes
from camshaft.evolution.versions import is_version, short

if TYPE_CHECKING:
    from camshaft.bytecode.program import Program
    from camshaft.bytecode.rollout_report import RolloutReport
    from camshaft.language.compile import CompiledMachine
    from camshaft.runtime.instances import Machine

_MOST_CHANGES = 5
"""How many differences of a version are named: `camshaft plan` names all."""


def version_lines(known: Machine, compiled: CompiledMachine, file: Path) -> Iterator[str]:
    """What differs between the version that goes on and that of a file; nothing where the file's runs."""
    rollout = known.rollout
    running = [known.loaded] if rollout is None else [rollout.before, rollout.after]
    if any(is_version(compiled, loaded.verified.program) for loaded in running):
        return
    other = short(program_id(compiled.program))
    if rollout is None:
        ids, replaces = short(known.loaded.id), f"`camshaft upgrade {file}` replaces it"
    else:
        ids = f"{short(rollout.before.id)} -> {short(rollout.after.id)}"
        replaces = "no upgrade replaces it while its rollout is under way"
    yield f"{known.name} {ids} goes on: it ran here last, and {file} holds another version, {other} ({replaces})"
    yield from (f"  {line}" for line in _differences(known.loaded.verified.program, compiled.program))


def rollout_lines(report: RolloutReport) -> Iterator[str]:
    """How far a rollout is that goes on, and what can be done about it."""
    name, kind = report.machine, "trial" if report.terms.is_trial else "canary"
    yield (
        f"{name} {short(report.from_id)} -> {short(report.to_id)}: the {kind} begun at position {report.upgrade} goes "
        f"on, {report.verdict}{', held' if report.held else ''}"
    )
    enough = f"{report.compared} of the {report.terms.enough} inputs that are enough"
    yield f"  share:     {percent(report.share)}, {report.instances} of {report.of} instances; {enough}"
    yield f"  next:      {report.next()}"
    yield (
        f"  you can:   `camshaft rollout {name}` to see more, `camshaft confirm {name}` to keep the new version, "
        f"`camshaft rollout {name} abort` to go back"
    )


def _differences(old: Program, new: Program) -> Iterator[str]:
    """What differs between two versions, in a line for the state and one for the methods."""
    methods = compare_interfaces(old, new)
    signed = (("+", methods.added), ("~", methods.changed), ("-", methods.dropped))
    yield f"state:   {_few([str(change) for change in type_changes(old.state, new.state)])}"
    yield f"methods: {_few([f'{sign} {name}' for sign, names in signed for name in names])}"


def _few(changes: list[str]) -> str:
    more = len(changes) - _MOST_CHANGES
    return ", ".join(changes[:_MOST_CHANGES]) + (f" and {more} more" if more > 0 else "") or "unchanged"
