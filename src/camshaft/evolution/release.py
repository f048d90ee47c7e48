"""Releases at the author's side: from upgrades and new machines to the bytes that a node checks and makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.release import Release, encode_release
from camshaft.evolution.upgrade import Upgrade, expected_version, new_upgrade_id
from camshaft.language.compile import CompiledMachine, compile_machine
from camshaft.language.machine import Machine


def encoded_release(
    members: Iterable[Upgrade[Any, Any] | type[Machine]],
    running: Mapping[str, Program],
    requires: Iterable[type[Machine]],
) -> bytes:
    """The bytes of a release of upgrades, and of new machines given as classes.

    `running` are the programs that run where it goes, by the names of their machines. Raises what `Upgrade.encode`
    raises.
    """
    programs, upgrades = [], []
    for one in members:
        if isinstance(one, Upgrade):
            upgrades.append(one.encode(running.get(one.machine)))
        else:
            programs.append(encode_program(compile_machine(one).program))
    required = [required_version(compile_machine(cls), running) for cls in requires]
    return encode_release(Release(new_upgrade_id(), tuple(programs), tuple(upgrades), tuple(required)))


def required_version(machine: CompiledMachine, running: Mapping[str, Program]) -> tuple[str, str]:
    """A requirement that a machine runs a version: by its id, or by its origin where another compiler made it."""
    there = running.get(machine.name)
    version = program_id(machine.program) if there is None else expected_version(machine, there)
    return machine.name, version
