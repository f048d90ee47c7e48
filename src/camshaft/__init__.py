"""Camshaft: typed state machines that can be replaced while they run.

`import camshaft as cam`. What an author needs is here; everything else is found by its layer (docs/architecture.md).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from camshaft.bytecode.rollout import Rollout
    from camshaft.client.async_client import AsyncClient, AsyncInstance, close_async, connect_async, state_async
    from camshaft.client.client import Client
    from camshaft.client.failures import Busy, Disconnected, NoAnswer, Unreachable
    from camshaft.client.proxy import close, connect, pipeline, state
    from camshaft.embedded import Node
    from camshaft.errors import (
        TRAPS,
        AssertionFailed,
        BadValue,
        CamshaftError,
        DividedByZero,
        Fault,
        IndexOutOfRange,
        MissingKey,
        OutOfFuel,
        Refused,
        Rejected,
        Stale,
        TooLarge,
        Trap,
    )
    from camshaft.evolution.derive import MigrationNeeded
    from camshaft.evolution.upgrade import Upgrade
    from camshaft.language.compile import compile_machine, compile_source
    from camshaft.language.diagnostics import CompileError
    from camshaft.language.machine import Machine, Refusal, adapter, check_invariants, hidden, invariant, migration
    from camshaft.language.occasion import fixed, key, now, randint, random, randrange, uuid
    from camshaft.language.pasts import drops, was
    from camshaft.simulation import simulate
else:
    # Each name is imported at its first use: a machine's file needs three of them, `camshaft call` none, and importing
    # the compiler takes longer than a call does.
    _HOMES = {
        name: home
        for home, names in {
            "camshaft.bytecode.rollout": "Rollout",
            "camshaft.client.async_client": "AsyncClient AsyncInstance close_async connect_async state_async",
            "camshaft.client.client": "Client",
            "camshaft.client.failures": "Busy Disconnected NoAnswer Unreachable",
            "camshaft.client.proxy": "close connect pipeline state",
            "camshaft.embedded": "Node",
            "camshaft.errors": "TRAPS AssertionFailed BadValue CamshaftError DividedByZero Fault IndexOutOfRange "
            "MissingKey OutOfFuel Refused Rejected Stale TooLarge Trap",
            "camshaft.evolution.derive": "MigrationNeeded",
            "camshaft.evolution.upgrade": "Upgrade",
            "camshaft.language.compile": "compile_machine compile_source",
            "camshaft.language.diagnostics": "CompileError",
            "camshaft.language.machine": "Machine Refusal adapter check_invariants hidden invariant migration",
            "camshaft.language.occasion": "fixed key now randint random randrange uuid",
            "camshaft.language.pasts": "drops was",
            "camshaft.simulation": "simulate",
        }.items()
        for name in names.split()
    }

    def __getattr__(name):
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module 'camshaft' has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(home), name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted([*globals(), *_HOMES])


__all__ = [
    "TRAPS",
    "AssertionFailed",
    "AsyncClient",
    "AsyncInstance",
    "BadValue",
    "Busy",
    "CamshaftError",
    "Client",
    "CompileError",
    "Disconnected",
    "DividedByZero",
    "Fault",
    "IndexOutOfRange",
    "Machine",
    "MigrationNeeded",
    "MissingKey",
    "NoAnswer",
    "Node",
    "OutOfFuel",
    "Refusal",
    "Refused",
    "Rejected",
    "Rollout",
    "Stale",
    "TooLarge",
    "Trap",
    "Unreachable",
    "Upgrade",
    "adapter",
    "check_invariants",
    "close",
    "close_async",
    "compile_machine",
    "compile_source",
    "connect",
    "connect_async",
    "drops",
    "fixed",
    "hidden",
    "invariant",
    "key",
    "migration",
    "now",
    "pipeline",
    "randint",
    "random",
    "randrange",
    "simulate",
    "state",
    "state_async",
    "uuid",
    "was",
]
