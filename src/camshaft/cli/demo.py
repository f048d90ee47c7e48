"""`camshaft demo`: what Camshaft promises, shown on a real node under load, in half a minute.

A node runs as a process of its own, on a directory of its own. Two other processes pay at its tills without pause.
Meanwhile the till is upgraded three times, two bad upgrades are refused, and the node is killed with SIGKILL once.
In the end each client's own ledger is compared with the state: every acknowledged payment must be in it exactly once.
"""

from __future__ import annotations

import importlib.util
import json
import tempfile
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from camshaft.bytecode.encoding import decode_program, encode_program
from camshaft.bytecode.upgrade import Upgrade, encode_upgrade
from camshaft.cli.demo_ledger import SHOPS, compare
from camshaft.cli.demo_machines import till_v1, till_v2, till_v3, till_v4
from camshaft.cli.demo_processes import ClientProcess, DemoFailed, NodeProcess
from camshaft.cli.demo_table import Account, Display, Event, doubts, event_table, ledger_table, verdict
from camshaft.client.client import Client
from camshaft.errors import CamshaftError, Rejected
from camshaft.evolution import upgrade as evolution
from camshaft.evolution.versions import short

MACHINES: Final = Path(__file__).parent / "demo_machines"
CLIENTS: Final = (("redis", "ada"), ("camshaft", "bob"))
"""How each client connects, and the customer that it is."""
_REASON_WIDTH: Final = 150
_LOAD_TIMEOUT_S: Final = 60.0
_SETTLE_S: Final = 0.05
"""What still counts as around an event, after it."""


@dataclass(frozen=True, slots=True)
class Load:
    """Between two events every client makes at least so many payments, and at least for so long."""

    payments: int = 400
    lasting_s: float = 1.2


class _Demo:
    """The demo while it runs."""

    def __init__(self, node: NodeProcess, display: Display, load: Load) -> None:
        self.node = node
        self.control = Client(node.endpoint)
        self.display = display
        self._load = load
        self.clients: list[ClientProcess] = []
        self.events: list[Event] = []

    def load(self) -> None:
        """Let the clients pay for a while. Raises DemoFailed where one of them makes no progress."""
        self.display.at("paying")
        started = time.monotonic()
        goals = [(client, client.accepted + self._load.payments) for client in self.clients]
        until = started + self._load.lasting_s
        while time.monotonic() < until or any(client.accepted < goal for client, goal in goals):
            for client in self.clients:
                client.check()
            if time.monotonic() > started + _LOAD_TIMEOUT_S:
                raise DemoFailed(f"the clients made no progress for {_LOAD_TIMEOUT_S:g} s")
            self.display.acknowledged(sum(client.accepted for client in self.clients))
            time.sleep(0.05)

    @contextmanager
    def event(self, title: str) -> Iterator[None]:
        """Something that happens under load."""
        self.display.at(title)
        started = time.monotonic()
        yield
        self.events.append(Event(title, started, time.monotonic()))

    def upgrade(self, title: str, upgrade: Upgrade) -> None:
        """Upgrade the till. Raises DemoFailed where the node refuses to."""
        with self.event(title):
            done = self.control.upgrade_bytes(encode_upgrade(upgrade))
        self.display.done(
            f"{title}, {short(done.from_id)} -> {short(done.to_id)} at position {done.position:,}, "
            + (f"{done.migrated} instances migrated" if done.migrated else "no state had to change")
        )

    def refused_upgrade(self, title: str, upgrade: Upgrade) -> None:
        """Try an upgrade that the node must refuse. Raises DemoFailed where it does not, or where anything changed."""
        before = self._running()
        with self.event(title):
            try:
                self.control.upgrade_bytes(encode_upgrade(upgrade))
            except Rejected as error:
                reason = str(error)
            else:
                raise DemoFailed(f"{title}: the node took an upgrade that it must refuse")
        if self._running() != before:
            raise DemoFailed(f"{title}: the node refused the upgrade, and another version runs now")
        self.display.done(f"{title}: {textwrap.shorten(reason, _REASON_WIDTH, placeholder=' …')}")

    def crash(self, title: str) -> None:
        """Kill the node without warning, and start it again with the same arguments."""
        pid = self.node.pid
        with self.event(title):
            self.node.kill()
            self.display.at(f"process {pid} is gone; starting it again")
            self.node.start()
        self.display.done(f"{title}: process {pid} killed, process {self.node.pid} recovered from the journal")

    def settle(self) -> list[Account]:
        """End the clients, and compare their ledgers with the state."""
        self.display.at("comparing the ledgers with the state")
        spans = [(event.started, event.ended + _SETTLE_S) for event in self.events]
        reports = [(client, client.finish(spans)) for client in self.clients]
        states = {shop: json.loads(self.control.state(f"till/{shop}")) for shop in SHOPS}
        return [
            Account(client.customer, client.kind, report, compare(report, client.customer, states))
            for client, report in reports
        ]

    def upgrades_in_history(self) -> int:
        """How many upgrades the node says that there have been."""
        return sum(entry["kind"] == "upgrade" for entry in self.control.history("till"))

    def _running(self) -> str:
        (till,) = self.control.machines()
        return str(till["id"])


def run_demo(load: Load = Load()) -> int:
    """Run the demo and print what happened. Returns the exit code: 0 where every acknowledged call was kept, once."""
    console = Console()
    if importlib.util.find_spec("redis") is None:
        console.print(
            "The demo also drives the node through the package `redis`, which is not installed: "
            "pip install 'camshaft\\[demo]'"
        )
        return 1
    with tempfile.TemporaryDirectory(prefix="camshaft-demo-") as name:
        demo = _Demo(NodeProcess(MACHINES / "till_v1.py", Path(name)), Display(console), load)
        try:
            with demo.display.showing():
                accounts = _run(demo, Path(name))
        except (DemoFailed, CamshaftError) as error:
            console.print(f"[red]failed:[/] {error}", highlight=False)
            return 1
        finally:
            for client in demo.clients:
                client.discard()
            demo.control.close()
            demo.node.discard()
    console.print(event_table(demo.events, accounts))
    console.print(ledger_table(accounts))
    console.print(doubts(accounts), highlight=False)
    failures = verdict(accounts)
    for failure in failures:
        console.print(f"[red]failed:[/] {failure}", highlight=False)
    if not failures:
        kept = sum(account.report.accepted for account in accounts)
        console.print(f"[green]All {kept:,} acknowledged calls are in the final state, each exactly once.[/]")
    return 1 if failures else 0


def _run(demo: _Demo, directory: Path) -> list[Account]:
    """The script of the demo."""
    demo.display.at("compiling four versions of the till")
    upgrades = _upgrades()
    demo.display.at("starting a node")
    demo.node.start()
    demo.display.done(f"a node runs as process {demo.node.pid} at {demo.node.endpoint}")
    demo.clients += [ClientProcess(kind, demo.node.endpoint, customer, directory) for kind, customer in CLIENTS]
    demo.load()
    demo.display.done("two clients pay without pause: ada through the package `redis`, bob through Camshaft's own")

    demo.upgrade("upgrade 1: a new field", upgrades[0])
    demo.load()
    demo.refused_upgrade("refused: ill-typed migration", _ill_typed(upgrades[1]))
    demo.load()
    demo.upgrade("upgrade 2: another state type", upgrades[1])
    demo.load()
    demo.crash("SIGKILL and recovery")
    demo.load()
    demo.refused_upgrade("refused: for a version that is gone", _again(upgrades[0]))
    demo.load()
    demo.upgrade("upgrade 3: another rule", upgrades[2])
    demo.load()

    accounts = demo.settle()
    if demo.upgrades_in_history() != len(upgrades):
        raise DemoFailed(f"the node's history has {demo.upgrades_in_history()} upgrades, not {len(upgrades)}")
    demo.node.stop()
    return accounts


def _upgrades() -> list[Upgrade]:
    """The upgrades from each version of the till to the next, the second with its written migration."""
    steps: list[evolution.Upgrade[Any, Any]] = [
        evolution.Upgrade(till_v1.Till, till_v2.Till),
        evolution.Upgrade(till_v2.Till, till_v3.Till, till_v3.to_money),
        evolution.Upgrade(till_v3.Till, till_v4.Till),
    ]
    return [step.prepared().upgrade for step in steps]


def _ill_typed(upgrade: Upgrade) -> Upgrade:
    """The upgrade with a migration that claims to give back the old state, which its code does not."""
    assert upgrade.migration is not None
    migration = decode_program(upgrade.migration)
    (method,) = migration.methods
    broken = replace(migration, methods=(replace(method, result=method.domain),))
    return replace(_again(upgrade), migration=encode_program(broken))


def _again(upgrade: Upgrade) -> Upgrade:
    """The same upgrade as a new request: under an id of its own, so that it is not a repetition of the first."""
    return replace(upgrade, id=f"{int(upgrade.id, 16) ^ 1:032x}")
