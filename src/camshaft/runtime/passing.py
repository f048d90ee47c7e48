"""The versions that an upgrade leads through, each with the adapters by which its clients are served by the next one.

The first is the version before the upgrade. Others never ran here; but they did elsewhere, and their clients may come,
so that one upgrade over several steps serves whom the steps would have served one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from camshaft.bytecode.adapters import AdapterCode, Facade, check_adapters, facade, own_facade
from camshaft.bytecode.encoding import decode_program, encode_program
from camshaft.bytecode.upgrade import Adapters, Upgrade
from camshaft.errors import Rejected
from camshaft.runtime.catalog import Catalog, Loaded

AdaptersRow: TypeAlias = tuple[bytes, int] | None
PassedRow: TypeAlias = tuple[int, AdaptersRow]
"""As in a snapshot: the index of a program, and its adapters."""


class Step(Struct, frozen=True, eq=False):
    """From a version to the next one."""

    version: Loaded
    adapters: AdapterCode | None
    """By which clients of the version are served by the next one; None where an upgrade brings none."""


def checked_steps(catalog: Catalog, upgrade: Upgrade, before: Loaded, after: Loaded) -> tuple[Step, ...]:
    """The steps of an upgrade, whose adapters link to the new program.

    Raises `Rejected` with what is wrong.
    """
    versions = [before, *(_passed(catalog, one.program, after.name) for one in upgrade.passed), after]
    if len({version.id for version in versions}) < len(versions):
        raise Rejected("the upgrade leads through one version twice")
    found = [upgrade.adapters, *(one.adapters for one in upgrade.passed)]
    try:
        steps = _steps(versions, found)
        if any(step.adapters for step in steps):
            linked(steps, after)
    except Rejected as error:
        raise Rejected(f"the adapters are not acceptable: {error}") from error
    return steps


def linked(steps: Sequence[Step], after: Loaded) -> Facade:
    """The interface of the version that the first step leads on from, as the version after the last one serves it.

    Raises `Rejected` where it is more than the verifier takes.
    """
    found = own_facade(after.verified)
    for step in reversed(steps):
        found = facade(step.version.verified.program, step.adapters, found, whole=step is not steps[0])
    return found


def _passed(catalog: Catalog, data: bytes, machine: str) -> Loaded:
    try:
        loaded = catalog.load(data)
    except Rejected as error:
        raise Rejected(f"a version that the upgrade leads through is not acceptable: {error}") from error
    if loaded.name != machine:
        raise Rejected(f"the upgrade is for {machine}, and leads through a version of {loaded.name}")
    return loaded


def _steps(versions: Sequence[Loaded], adapters: Sequence[Adapters | None]) -> tuple[Step, ...]:
    """The steps between versions; `adapters` has those of each but the last."""
    return tuple(
        Step(version, None if one is None else _checked(one.program, one.imports, version, following))
        for version, following, one in zip(versions[:-1], versions[1:], adapters, strict=True)
    )


def _checked(data: bytes, imports: int, version: Loaded, following: Loaded) -> AdapterCode:
    return check_adapters(decode_program(data), imports, version.verified.program, following.verified.program)


# ---- in a snapshot ---------------------------------------------------------------------------------------------------


def adapters_row(step: Step) -> AdaptersRow:
    """The adapters of a step as in a snapshot."""
    code = step.adapters
    return None if code is None else (encode_program(code.program), code.imports)


def restored_steps(versions: Sequence[Loaded], rows: Sequence[AdaptersRow]) -> tuple[Step, ...]:
    """The steps of an upgrade between versions, from their adapters. Raises `Rejected` where these do not fit them."""
    return _steps(versions, [None if row is None else Adapters(*row) for row in rows])
