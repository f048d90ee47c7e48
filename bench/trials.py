"""What a rollout costs an input: its step runs under both versions, and nothing of that is left when it is over.

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
from figures import Figure, Goal, Table, at_most

LIMITS = (2.2, 1.8, 1.1)
"""How many times as long an input may take in a trial, outside of a canary, and when a trial is over."""
KINDS = ("in a trial", "not in a canary", "after a trial")
_POSITION = 2
"""Of the upgrade."""
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
    """An input without a rollout, in a trial, of an instance that is not in a canary, and after a trial, in turns."""
    rows: list[tuple[str, ...]] = []
    goals: list[Goal] = []
    for method, arguments, is_one_call in (("incr", (), False), ("add", (1,), False), ("incr", (), True)):
        trial, least = _rollout(ALL), _rollout(1)
        replicas = {
            "plain": _upgraded(None),
            "trial": _upgraded(trial),
            "not": _upgraded(least),
            "over": _upgraded(trial),
        }
        replicas["over"].steer(Steer("1" * 32, "counter", _POSITION, "confirm"))
        runs: dict[str, list[float]] = {name: [] for name in replicas}
        for _ in range(rounds):
            for name, replica in replicas.items():
                runs[name].append(_input_ns(replica, method, arguments, is_one_call=is_one_call))
        assert replicas["trial"].engine.rollouts.running, "the trial goes on"
        assert not replicas["over"].engine.rollouts.running
        plain, *others = (Figure(tuple(runs[name])) for name in replicas)
        if is_one_call:
            again = [each for one in others for each in (one.over(plain), "", "")]
            rows.append((f"{method}, the same call again and again", plain.show(), *again))
            continue
        found = [_goal(f"an input, `{method}`, {what}", one, plain, limit)
                 for what, one, limit in zip(KINDS, others, LIMITS, strict=True)]  # fmt: skip
        rows.append((method, plain.show(), *(cell for goal in found for cell in (goal.figure, *goal.cells))))
        goals += found
    return Table(
        "An input in a trial, which runs under both versions; of an instance outside of a canary; and after a trial",
        ("method", "plain ns", *(cell for kind in KINDS for cell in (kind, "limit", ""))),
        tuple(rows),
        "A call that is the same as the one before it is looked up once where nothing is rolled out, and each time "
        "where something is.",
        goals=tuple(goals),
    )


def _goal(what: str, one: Figure, plain: Figure, limit: float) -> Goal:
    # Round by round: the machine is another one a minute later.
    ratio = Figure(tuple(mine / other for mine, other in zip(one.runs, plain.runs, strict=True))).median
    return at_most(what, ratio, limit)


def _input_ns(replica: Replica, method: str, arguments: tuple[int, ...], *, is_one_call: bool) -> float:
    engine = replica.engine
    interface = engine.machine("counter").program_of("ann").id
    # Without a rollout, one that is the input before it again is looked up once: here each is another one.
    inputs = [Input("counter", "ann", method, arguments, interface) for _ in range(1 if is_one_call else INPUTS)]
    batch = Entries(0, b"", inputs * INPUTS if is_one_call else inputs)
    return time_ns(partial(engine.apply, engine.position, batch)) / INPUTS


def _rollout(share: int) -> Rollout:
    return Rollout((share,), None, 0, 0, 1, ())


def _upgraded(rollout: Rollout | None) -> Replica:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(OLD))
    replica.commit([Input("counter", "ann", "incr", (), program_id(OLD))])
    replica.upgrade(encode_upgrade(Upgrade("0" * 32, "counter", program_id(OLD), encode_program(NEW), rollout=rollout)))
    return replica
