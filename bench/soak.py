"""`make soak`: a node under load for long, upgraded again and again: whether its memory stays, and every call is there.

The load is a share of what the node can do at its start, by clients that call at their rate whatever the node does.
Memory is that of the node's process, sampled every second; it is flat where the last quarter of the time needs no more
than the first did, after the node has warmed up.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

import camshaft as cam
from camshaft.bytecode.encoding import encode_program
from camshaft.cli.demo_processes import NodeProcess
from camshaft.client.client import Client
from camshaft.errors import Rejected
from camshaft.language.compile import compile_machine
from figures import Goal, Table, at_most
from machines.till import Till, Till2, back, forth
from memory import resident_kib
from open_loop import Caller, Latencies, at_rate, capacity, connected, drain, packed

CONNECTIONS = 32
IN_FLIGHT = 32
"""How many calls a connection makes at a time, both to find out what the node can do and to soak it."""
MOST_GROWTH = 1.05
"""What memory of the last quarter is of that of the first, at most: what a process's allocator gives and takes."""
SLACK_MIB = 4.0
"""How much it may grow besides: a few figures of each upgrade are history, and are kept."""
WARM_UP = 0.1
"""The share of the time that is not counted at first."""
_COMMANDS = [packed("CALL", f"till/{number}", "incr") for number in range(CONNECTIONS)]


@dataclass(frozen=True, slots=True)
class Plan:
    """For how long, how hard, and what happens meanwhile."""

    seconds: float
    share: float
    """Of the node's capacity."""
    upgrade_every_s: float
    durability: str
    sample_every_s: float = 1.0


@dataclass(slots=True)
class Soaked:
    """What was seen."""

    capacity: float
    calls: int = 0
    counted: int = 0
    upgrades: int = 0
    snapshots: int = 0
    memory_mib: list[float] = field(default_factory=list)
    latencies: Latencies = field(default_factory=Latencies)
    full_collections: int = 0

    def quarter_mib(self, last: bool) -> float:
        """The median of memory in the first or in the last quarter, without the time of warming up."""
        counted = self.memory_mib[int(len(self.memory_mib) * WARM_UP) :]
        length = max(1, len(counted) // 4)
        return statistics.median(counted[-length:] if last else counted[:length])

    @property
    def goals(self) -> list[Goal]:
        """What has to hold."""
        first, last = self.quarter_mib(False), self.quarter_mib(True)
        return [
            at_most("memory in the last quarter", last, round(first * MOST_GROWTH + SLACK_MIB, 1), " MiB", 1),
            at_most("calls that were lost, or counted twice", abs(self.calls - self.counted), 0, "", 0),
            at_most("full garbage collections", self.full_collections, 0, "", 0),
        ]


def soak(plan: Plan) -> Soaked:
    """Let a node work for as long as planned. Raises RuntimeError where a call was not answered as it should be."""
    with tempfile.TemporaryDirectory(prefix="camshaft-soak-") as directory:
        node = NodeProcess(
            Path(__file__).parent.parent / "examples" / "counter.py", Path(directory), "--durability", plan.durability
        )
        try:
            node.start()
            with Client(node.endpoint) as client:
                client.deploy_program(encode_program(compile_machine(Till).to_run()))
                most = capacity(node.endpoint.port, _COMMANDS, IN_FLIGHT, min(3.0, plan.seconds / 4))
                before = _counted(client)
                seen = uvloop.run(_load(plan, Soaked(most), node, client))
                seen.counted = _counted(client) - before
                seen.full_collections = int(client.info("memory")["memory"]["full_garbage_collections"])
            node.stop()
        finally:
            node.discard()
    return seen


async def _load(plan: Plan, seen: Soaked, node: NodeProcess, client: Client) -> Soaked:
    callers = await connected(node.endpoint.port, _COMMANDS)
    around = asyncio.create_task(_meanwhile(plan, seen, node, client, callers))
    await at_rate(callers, seen.capacity * plan.share, plan.seconds, IN_FLIGHT)
    around.cancel()
    await asyncio.gather(around, return_exceptions=True)
    await drain(callers)
    seen.calls = sum(caller.answered for caller in callers)
    seen.latencies.taken = [each for caller in callers for each in caller.latencies.taken]
    if not around.cancelled():
        around.result()
    return seen


async def _meanwhile(plan: Plan, seen: Soaked, node: NodeProcess, client: Client, callers: Sequence[Caller]) -> None:
    """Sample memory, upgrade to the other version and make snapshots, until cancelled."""
    began_s, sampled, upgraded = time.perf_counter(), 0, 0
    while True:
        elapsed_s = time.perf_counter() - began_s
        if elapsed_s >= (upgraded + 1) * plan.upgrade_every_s:
            upgraded += 1
            await asyncio.to_thread(_upgrade, client, upgraded)
            seen.upgrades += 1
            seen.snapshots += await asyncio.to_thread(_snapshot, client)
        if elapsed_s >= sampled * plan.sample_every_s:
            sampled += 1
            seen.memory_mib.append(resident_kib(node.pid) / 1024)
            _thin(callers)
        await asyncio.sleep(plan.sample_every_s / 10)


def _upgrade(client: Client, number: int) -> None:
    old, new, migrate = (Till, Till2, forth) if number % 2 else (Till2, Till, back)
    client.upgrade(cam.Upgrade(old=old, new=new, migrate=migrate))


def _snapshot(client: Client) -> int:
    try:
        client.connection.command("SNAPSHOT")
    except Rejected:  # in memory, or one is being written
        return 0
    return 1


def _thin(callers: Sequence[Caller]) -> None:
    """Keep as many latencies as tell their shares: hours of all of them would fill this process's memory."""
    for caller in callers:
        if len(caller.latencies.taken) > 20_000:
            caller.latencies.taken = caller.latencies.taken[::2]


def _counted(client: Client) -> int:
    return sum(int(client.call(f"till/{number}", "value", [], {})) for number in range(CONNECTIONS))


def table(plan: Plan, seen: Soaked) -> Table:
    """What was seen, as a table."""
    goals = seen.goals
    memory, lost, full = goals
    shares = "; ".join(f"{seen.latencies.share_ms(each):.1f}" for each in (0.5, 0.99, 0.999))
    rows: list[tuple[str, ...]] = [
        ("calls a second at most, with the same clients", f"{seen.capacity:,.0f}", "", ""),
        ("calls that were made and answered", f"{seen.calls:,}", "", ""),
        ("calls that were lost, or counted twice", lost.figure, *lost.cells),
        ("upgrades; snapshots", f"{seen.upgrades}; {seen.snapshots}", "", ""),
        ("latency, p50; p99; p99.9", f"{shares} ms", "", ""),
        ("memory in the first quarter", f"{seen.quarter_mib(False):.1f} MiB", "", ""),
        ("memory in the last quarter", memory.figure, *memory.cells),
        ("most memory", f"{max(seen.memory_mib):.1f} MiB", "", ""),
        ("full garbage collections", full.figure, *full.cells),
    ]
    remark = (
        f"{plan.seconds / 60:g} minutes at {plan.share:.0%} of what the node can do, an upgrade each "
        f"{plan.upgrade_every_s:g} s, durability `{plan.durability}`."
    )
    return Table("Soak", ("what", "seen", "limit", ""), tuple(rows), remark, tuple(goals))


def main() -> None:
    """Soak a node; exit with 1 where something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--share", type=float, default=0.8, help="of the node's capacity (0.8)")
    parser.add_argument("--upgrade-every", type=float, default=60.0, metavar="S", help="seconds (60)")
    parser.add_argument("--durability", choices=["always", "everysec", "memory"], default="always")
    given = parser.parse_args()
    plan = Plan(given.minutes * 60, given.share, given.upgrade_every, given.durability)
    seen = soak(plan)
    print(table(plan, seen).show())
    if not all(goal.is_met for goal in seen.goals):
        sys.exit("not everything holds that has to")


if __name__ == "__main__":
    main()
