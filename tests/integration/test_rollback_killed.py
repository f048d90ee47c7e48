"""A node that is killed while it goes back, under load: each answer it gave holds, and a retry finds out the rest."""

from __future__ import annotations

import contextlib
import random
import threading
from pathlib import Path

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.client.failures import Disconnected, Unreachable
from generators import machines
from generators.nodes import EXAMPLES, NodeProcess, serving

V1, V2 = machines.counter(), machines.counter_v2()
ROUNDS = 3
_WARM = 20
"""Calls after which a caller is under way."""


class Caller:
    """Counts on one instance, call after call, until the node is gone."""

    def __init__(self, port: int, key: str) -> None:
        self.acknowledged = 0
        self.is_under_way = threading.Event()
        self._address = f"counter/{key}"
        self._port = port
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(Disconnected, Unreachable), Client(Endpoint(port=self._port), retry=False) as client:
            while True:
                client.call(self._address, "incr", [], {})
                self.acknowledged += 1
                if self.acknowledged == _WARM:
                    self.is_under_way.set()

    def join(self) -> int:
        self._thread.join()
        return self.acknowledged


def test_a_node_killed_while_it_goes_back_has_done_it_or_not_and_a_retry_tells(tmp_path: Path) -> None:
    choose = random.Random(3)
    counted = {"ann": 0, "bob": 0}
    rollbacks = 0
    with serving(EXAMPLES / "cart.py", data=tmp_path) as first, Client(Endpoint(port=first.port)) as client:
        client.deploy_program(encode_program(V1))
    for round_ in range(ROUNDS):
        node = NodeProcess(EXAMPLES / "cart.py", data=tmp_path)
        # A version whose `incr` means the same, so that going back by replay loses no call.
        back = machines.merge() if round_ % 2 else None
        with Client(Endpoint(port=node.port), retry=False) as client:
            client.upgrade_bytes(machines.upgrade(V1, V2, machines.split(), back))
            callers = {key: Caller(node.port, key) for key in counted}
            for caller in callers.values():
                caller.is_under_way.wait()
            plan = client.plan_rollback("counter")
            killer = threading.Timer(choose.uniform(0, 0.01), node.kill)
            killer.start()
            with contextlib.suppress(Disconnected, Unreachable):
                client.rollback(plan, id=f"{round_:032x}")
            killer.join()
            for key, caller in callers.items():
                counted[key] += caller.join()
        with serving(EXAMPLES / "cart.py", data=tmp_path) as again, Client(Endpoint(port=again.port)) as client:
            happened = [record["kind"] for record in client.history("counter")].count("rollback")
            assert happened in (rollbacks, rollbacks + 1)
            done = client.rollback(plan, id=f"{round_:032x}")
            rollbacks += 1
            assert [record["kind"] for record in client.history("counter")].count("rollback") == rollbacks
            assert (done.undone, done.to_id) == (plan.undone, program_id(V1))
            for key, least in counted.items():
                found = int(client.call(f"counter/{key}", "value", [], {}))
                # The call that was under way at each kill was counted or not: nobody was told.
                assert least <= found <= least + 1
                counted[key] = found
