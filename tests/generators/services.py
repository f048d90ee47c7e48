"""A service of the examples while it is tried: as plain Python, by the interpreter and compiled, and time that passes.

Each call is made on all three, and they must agree: on the result, the refusal, the trap, and the state after it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, TypeVar, cast

from camshaft import AssertionFailed, Machine, Refusal, fixed, simulate
from camshaft.bytecode.verifier import verify
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import Interpreter
from camshaft.language.compile import compile_machine, compile_migration
from camshaft.language.objects import from_value, to_value
from camshaft.language.pytypes import core
from camshaft.simulation import BACKENDS
from camshaft.values.codec import encode

MONDAY: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SEED: Final = 7

M = TypeVar("M", bound=Machine)
N = TypeVar("N", bound=Machine)


class Service(Generic[M]):
    """A machine, three times. `now` is the time that its steps are told."""

    def __init__(self, machine: type[M], *, key: str = "", seed: int = SEED, start: M | None = None) -> None:
        self.now = MONDAY
        self._key = key
        self._seed = seed
        self._compiled = compile_machine(machine)
        self._type = core(self._compiled.state_type_py)
        self.plain = machine() if start is None else start
        fields = {name: getattr(self.plain, name) for name in machine.__camshaft__.fields}
        self._simulated = [simulate(machine, backend=one, **copy.deepcopy(fields)) for one in BACKENDS]
        # Each has draws of its own, from the same seed.
        self._told = [fixed(now=lambda: self.now, seed=seed, key=key) for _ in range(1 + len(BACKENDS))]

    def wait(self, **time: float) -> None:
        """Let time pass: the arguments are those of `timedelta`."""
        self.now += timedelta(**time)

    def __call__(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Make a call on all three; gives its result, or the refusal or the class of the trap that it ended with."""
        before = copy.deepcopy(self.plain)
        told, *others = self._told
        expected = self._outcome(self.plain, told, method, args, kwargs)
        if isinstance(expected, Refusal | type):
            self.plain = before  # plain Python does not undo a step that raised
        for simulated, its in zip(self._simulated, others, strict=True):
            found = self._outcome(simulated, its, method, args, kwargs)
            assert found == expected, f"{method}{args}: bytecode {found!r}, Python {expected!r}"
            assert self._state(simulated) == self._state(self.plain), f"{method}{args}: {simulated}, {self.plain}"
        return expected

    def _outcome(self, machine: Machine, told: Any, method: str, args: Any, kwargs: Any) -> Any:
        with told:
            try:
                return getattr(machine, method)(*copy.deepcopy(args), **copy.deepcopy(kwargs))
            except Refusal as refusal:
                return refusal
            except AssertionError:  # also the class of the trap
                return AssertionFailed

    def _state(self, machine: Machine) -> bytes:
        return encode(self._type, to_value(self._compiled.state_type_py, machine))

    def upgraded(self, migrate: Callable[[Any], N]) -> Service[N]:
        """The service in its next version, whose state the migration makes: all ways of running it agree on that."""
        migration = compile_migration(migrate)
        old, new = migration.old.state_type_py, migration.new.state_type_py
        expected = encode(core(new), to_value(new, migrate(copy.deepcopy(self.plain))))
        verified = verify(migration.program)
        state = to_value(old, self.plain)
        made, _ = Interpreter(verified).step("migrate", (state,), ())
        assert encode(core(new), made) == expected
        compiled = Compiled(verified)
        assert encode(core(new), compiled.run("migrate", (state,), compiled.cell(()))) == expected
        # What it draws must not be what was drawn before.
        start = cast(N, from_value(new, made))
        service = Service(type(start), key=self._key, seed=self._seed + 1, start=start)
        service.now = self.now
        return service
