"""What a trial costs an input: its step runs under both versions, and nothing of that is left when it is over.

The step is the smallest there is, so that all that a rollout does beside the two steps weighs as much as it can.
"""

from __future__ import annotations

from functools import partial

from camshaft import Machine
from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.rollout import ALL, Rollout
from camshaft.bytecode.upgrade import Upgrade, encode_upgrade
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import compile_machine
from camshaft.runtime.entries import Entries, Input, Steer
from camshaft.runtime.replica import Replica
from contest import time_ns
from figures import Figure, Table, verdict

LIMIT = 2.2
OVER_LIMIT = 1.1
INPUTS = 20_000


class Counter(Machine):
    count: int = 0

    def incr(self) -> None:
        self.count += 1

    def add(self, n: int) -> int:
        self.count += n
        return self.count


class Renewed(Machine, name="counter"):
    count: int = 0

    def incr(self) -> None:
        self.count = self.count + 1

    def add(self, n: int) -> int:
        self.count = n + self.count
        return self.count


OLD, NEW = (compile_machine(cls).program for cls in (Counter, Renewed))


def measure(rounds: int) -> Table:
    """An input without a rollout, in a trial, and after it, in turns."""
    rows = []
    for method, arguments in (("incr", ()), ("add", (1,))):
        batch = Entries(0, b"", [Input("counter", "ann", method, arguments, program_id(NEW))] * INPUTS)
        replicas = {"plain": _upgraded(None), "trial": _upgraded(_trial()), "over": _upgraded(_trial())}
        replicas["over"].steer(Steer("1" * 32, "counter", 1, "confirm"))
        runs: dict[str, list[float]] = {name: [] for name in replicas}
        for _ in range(rounds):
            for name, replica in replicas.items():
                engine = replica.engine
                runs[name].append(time_ns(partial(engine.apply, engine.position, batch)) / INPUTS)
        assert replicas["trial"].engine.rollouts.running, "the trial goes on"
        assert not replicas["over"].engine.rollouts.running
        plain, trial, over = (Figure(tuple(runs[name])) for name in replicas)
        in_it, after = trial.median / plain.median, over.median / plain.median
        rows.append((method, plain.show(), trial.show(), f"{in_it:.2f}x", f"≤ {LIMIT}x", verdict(in_it <= LIMIT),
                     f"{after:.2f}x", f"≤ {OVER_LIMIT}x", verdict(after <= OVER_LIMIT)))  # fmt: skip
    return Table(
        "An input in a trial, which runs under both versions",
        ("method", "plain ns", "in a trial ns", "of plain", "limit", "", "when it is over", "limit", ""),
        tuple(rows),
    )


def _trial() -> Rollout:
    return Rollout((ALL,), None, 0, 0, 1, ())


def _upgraded(rollout: Rollout | None) -> Replica:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(OLD))
    replica.upgrade(encode_upgrade(Upgrade("0" * 32, "counter", program_id(OLD), encode_program(NEW), rollout=rollout)))
    return replica
