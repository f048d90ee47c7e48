"""Inputs and outcomes as people read them: in the trace of a node, and in the plan of a rollback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from camshaft.bytecode.rollout import percent
from camshaft.errors import Where
from camshaft.runtime.outcomes import (
    Deleted,
    Deployed,
    Outcome,
    RefusedBy,
    Released,
    Restored,
    Retired,
    Returned,
    RolledBack,
    Set,
    StaleInput,
    Steered,
    TakenBack,
    Trapped,
    Upgraded,
    Void,
)
from camshaft.values.address import Address
from camshaft.values.types import Type
from camshaft.values.view import to_json


def arguments_shown(domain: Sequence[tuple[str, Type]], arguments: Sequence[Any]) -> list[str]:
    """The arguments of an input as JSON, one by one."""
    return [to_json(type_, value) for (_, type_), value in zip(domain, arguments, strict=True)]


def shown(outcome: Outcome) -> str:
    """An outcome as people read it."""
    match outcome:
        case Returned():
            return to_json(outcome.type, outcome.value)
        case RefusedBy():
            return f"refused: {outcome.name} {to_json(outcome.payload_type, outcome.payload)}{_at(outcome.where)}"
        case Trapped():
            return f"trap: {outcome.kind}: {outcome.message}{_at(outcome.where)}"
        case StaleInput():
            return f"stale: {outcome.reason}"
        case Void():
            return f"No change: {outcome.reason}"
        case _:
            return _change_shown(outcome)


def _change_shown(
    outcome: Deployed | Set | Upgraded | RolledBack | Retired | Deleted | Steered | Released | TakenBack | Restored,
) -> str:
    match outcome:
        case Deployed():
            return f"Deployed {outcome.machine} {outcome.program_id[:12]}"
        case Set():
            return f"Setting: {outcome.machine} has {outcome.fuel} units of fuel for each input"
        case Upgraded():
            instances = "1 instance" if outcome.migrated == 1 else f"{outcome.migrated} instances"
            return (
                f"Upgrade successful! {outcome.machine} {outcome.from_id[:12]} -> {outcome.to_id[:12]} "
                f"at position {outcome.position}, {instances} migrated"
            )
        case RolledBack():
            return (
                f"Rollback successful! {outcome.machine} {outcome.from_id[:12]} -> {outcome.to_id[:12]} "
                f"at position {outcome.position}, by {outcome.way}"
            )
        case Retired():
            done = "retired" if outcome.retired else "served again"
            return f"Clients of {outcome.machine} {outcome.interface[:12]}: {done}"
        case Deleted():
            return f"Deleted {Address(outcome.machine, outcome.key)} at position {outcome.position}"
        case Steered():
            return (
                f"Rollout of {outcome.machine}: {outcome.action} at position {outcome.position}, "
                f"{outcome.instances} instances run the new version, {percent(outcome.share)} of all addresses"
            )
        case Released() | TakenBack():
            return _of_a_release(outcome)
        case Restored():
            return f"Restored: {outcome.instances} instances"
        case _:
            assert_never(outcome)


def _of_a_release(outcome: Released | TakenBack) -> str:
    done = "" if isinstance(outcome, Released) else "taken back "
    members = ", ".join(
        f"{one.machine} {one.from_id[:12]} -> {one.to_id[:12]}" if one.from_id else f"{one.machine} deployed"
        for one in outcome.members
    )
    return f"Release {outcome.id[:12]} {done}at position {outcome.position}: {members}"


def _at(where: Where | None) -> str:
    return "" if where is None else f" ({where})"
