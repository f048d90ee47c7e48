"""The two versions of the machine that is tortured, and the upgrades between them."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from camshaft.bytecode.encoding import program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.rollout import Rollout
from camshaft.evolution.upgrade import Upgrade
from camshaft.language.compile import compile_machine
from torture.machines import ledger_v1, ledger_v2

MACHINE: Final = "ledger"
FILE: Final = Path(ledger_v1.__file__)
"""What a node serves."""
CLASSES: Final = {1: ledger_v1.Ledger, 2: ledger_v2.Ledger}
_PERIOD: Final = timedelta(days=300)
"""A trial does not end by itself, whatever the clock does."""


@cache
def programs() -> dict[int, Program]:
    """The program of each version."""
    return {version: compile_machine(cls).program for version, cls in CLASSES.items()}


@cache
def version_of() -> dict[str, int]:
    """The version of each program's id."""
    return {program_id(program): version for version, program in programs().items()}


@cache
def interface(version: int) -> str:
    """The id of a version's program."""
    return program_id(programs()[version])


def upgrade(id_: str, *, on_trial: bool) -> bytes:
    """The bytes of an upgrade to the second version."""
    different = ["take", "fragile", "work"]
    return Upgrade(
        old=ledger_v1.Ledger,
        new=ledger_v2.Ledger,
        migrate=ledger_v2.forward,
        downgrade=ledger_v2.back,
        adapters=[ledger_v2.take],
        rollout=Rollout.trial(_PERIOD, expect_different=different) if on_trial else None,
        id=id_,
    ).encode()
