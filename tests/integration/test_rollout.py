"""Rollouts over the wire and in this process: how one stands, what is done about it, and a node that is killed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import camshaft as cam
from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.rollout import ALL, Rollout
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.client.outcomes import Steered
from camshaft.errors import Rejected
from camshaft.journal.memory import MemoryJournal
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators import machines
from generators.nodes import EXAMPLES, NodeProcess, serving
from generators.rollouts import CAPPED, ONES, PAIRS, TENS, terms

KEYS = [f"counter/k{number}" for number in range(40)]


@pytest.fixture
def client() -> Iterator[Client]:
    """A client of a node with forty counters at 1."""
    with NodeThread(Replica(MemoryJournal())) as node, Client(Endpoint(port=node.port)) as client:
        client.deploy_program(encode_program(ONES))
        client.connection.commands([("CALL", key, "incr") for key in KEYS])
        yield client


def begin(client: Client, rollout: Rollout, new: Program = TENS) -> None:
    migrate = machines.split() if new is PAIRS else None
    client.upgrade_bytes(machines.upgrade(ONES, new, migrate, rollout=rollout))


def values(client: Client) -> list[int]:
    return [int(client.call(key, "value", [], {})) for key in KEYS]


def test_a_report_says_how_a_trial_stands(client: Client) -> None:
    begin(client, terms(enough=3, traps=ALL // 100), CAPPED)
    client.connection.commands([("CALL", KEYS[0], "incr")] * 2)
    report = client.rollout("counter")
    assert (report.verdict, report.share, report.instances, report.of) == ("watching", ALL, 40, 40)
    assert (report.inputs, report.compared, report.following) == (2, 2, None)
    client.connection.commands([("CALL", KEYS[0], "incr")])
    report = client.rollout("counter")
    assert report.verdict == "healthy"
    assert report.now >= report.since > 0
    assert json.loads(report.json())["verdict"] == "healthy"
    assert "  share:     100 %: 40 of 40 instances run the new version\n" in report.text()
    assert "  against it: nothing\n" in report.text()
    assert report.text().endswith("  next:      nothing, until it is confirmed, told to grow, or rolled back")


def test_a_canary_grows_is_held_resumed_and_confirmed(client: Client) -> None:
    begin(client, terms(ALL // 10, ALL // 2))
    report = client.rollout("counter")
    assert "50 % of the instances, when it is told to grow" in report.text()
    assert client.steer(report, "grow").share == 0.5
    assert client.steer("counter", "grow", 0.75).share == 0.75
    assert client.steer("counter", "hold").action == "hold"
    assert client.rollout("counter").held
    assert "held" in client.rollout("counter").text()
    client.steer("counter", "resume")
    done = client.steer("counter", "confirm")
    assert done == Steered("counter", "confirm", 1.0, 40, done.position)
    with pytest.raises(Rejected, match="no rollout of counter is under way"):
        client.rollout("counter")
    assert [record["kind"] for record in client.history("counter")][2:] == ["rollout"] * 5


def test_what_is_asked_twice_with_one_id_happens_once(client: Client) -> None:
    begin(client, terms(ALL // 10, ALL // 2))
    report = client.rollout("counter")
    first = client.steer(report, "grow", id="a" * 32)
    assert client.steer(report, "grow", id="a" * 32) == first
    with pytest.raises(Rejected, match="another upgrade or rollback had the id"):
        client.steer(report, "hold", id="a" * 32)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ROLLOUT", "nothing"), "there is no machine 'nothing' here"),
        (("STEER", "counter", "x", "grow", "a" * 32), "an upgrade is named by its position in the journal"),
        (("STEER", "counter", "41", "grow", "a" * 32, "5%"), "a share is given in parts per million"),
        (("STEER", "counter", "41", "grow", "a"), "a step of a rollout's id has 32 hex digits"),
        (("STEER", "counter", "40", "grow", "a" * 32), "is that of the upgrade at position 41, not 40"),
        (("STEER", "counter", "41", "stop", "a" * 32), "a rollout cannot 'stop'; it can grow, hold, resume, confirm"),
        (("STEER", "counter", "41", "grow", "a" * 32, "1", "2"), "wrong number of arguments for 'steer' command"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(client: Client, words: tuple[str, ...], said: str) -> None:
    begin(client, terms(ALL // 10))
    with pytest.raises(Rejected, match=said):
        client.connection.command(*words)
    assert client.rollout("counter").share == ALL // 10


def test_clients_hear_the_old_version_where_the_new_one_fails_and_go_on_with_it(client: Client) -> None:
    begin(client, terms(), CAPPED)
    assert client.connection.commands([("CALL", KEYS[0], "incr")] * 6) == [None] * 6
    assert values(client)[:2] == [7, 1]
    assert "rolled back by trial" in client.history("counter")[-1]["outcome"]


def test_a_rollback_of_a_canary_gives_every_client_what_it_was_told(client: Client) -> None:
    begin(client, terms(ALL // 2), PAIRS)
    client.connection.commands([("CALL", key, "incr") for key in KEYS])
    assert client.rollback("counter").way == "trial"
    assert values(client) == [2] * 40


def test_a_node_that_is_killed_goes_on_with_its_rollout(tmp_path: Path) -> None:
    """Killed after each step of a canary, which stands then as it stood before, and can still be taken back."""
    rollout = terms(ALL // 4, ALL // 2, ALL)
    node = NodeProcess(EXAMPLES / "cart.py", data=tmp_path)
    with Client(Endpoint(port=node.port)) as client:
        client.deploy_program(encode_program(ONES))
        client.connection.commands([("CALL", key, "incr") for key in KEYS])
        begin(client, rollout, PAIRS)
    steps = ["nothing", "grow", "hold", "grow", "resume"]
    for counted, step in enumerate(steps, 2):
        with Client(Endpoint(port=node.port)) as client:
            if step != "nothing":
                client.steer("counter", step)
            client.connection.commands([("CALL", key, "incr") for key in KEYS])
            before = client.rollout("counter")
            assert values(client) == [counted] * 40
        node.kill()
        node = NodeProcess(EXAMPLES / "cart.py", data=tmp_path)
        with Client(Endpoint(port=node.port)) as client:
            after = client.rollout("counter")
            assert {**json.loads(after.json()), "now": 0} == {**json.loads(before.json()), "now": 0}
            assert values(client) == [counted] * 40
    node.kill()
    with serving(EXAMPLES / "cart.py", data=tmp_path) as again, Client(Endpoint(port=again.port)) as client:
        done = client.rollback("counter")
        assert (done.way, done.to_id, done.instances) == ("trial", program_id(ONES), 40)
        assert values(client) == [len(steps) + 1] * 40


def test_a_node_says_when_a_rollout_goes_back_by_itself(tmp_path: Path) -> None:
    node = NodeProcess(EXAMPLES / "cart.py", data=tmp_path)
    with Client(Endpoint(port=node.port)) as client:
        client.deploy_program(encode_program(ONES))
        begin(client, terms(), CAPPED)
        client.connection.commands([("CALL", "counter", "incr")] * 6)
    assert node.stop() == 0
    (told,) = (line for line in node.said if "rolled back" in line)
    assert told.startswith("counter, at position 8: rolled back by trial: 1 of 6 inputs trapped")


class Lamp(cam.Machine):
    switched: int = 0

    def switch(self) -> int:
        self.switched += 1
        return self.switched


class Dimmer(cam.Machine, name="lamp"):
    switched: int = 0
    level: int = 10

    def switch(self) -> int:
        self.switched += 1
        return self.switched


class Broken(cam.Machine, name="lamp"):
    switched: int = 0

    def switch(self) -> int:
        self.switched += 2
        return self.switched


def test_a_node_in_this_process_has_the_same_methods() -> None:
    with cam.Node() as node:
        node.deploy(Lamp)
        node.instance(Lamp, "hall").switch()
        canary = cam.Rollout.canary(0.5, 1.0, enough=1)
        node.upgrade(cam.Upgrade(old=Lamp, new=Dimmer, rollout=canary))
        # A client of either version is served by both.
        assert node.instance(Lamp, "hall").switch() == 2
        assert node.instance(Dimmer, "hall").switch() == 3
        assert node.steer("lamp", "grow").share == 1.0
        assert node.instance(Dimmer, "hall").switch() == 4
        assert node.rollout("lamp").verdict == "healthy"
        report = node.rollout("lamp")
        assert node.steer(report, "confirm", id="b" * 32) == node.steer(report, "confirm", id="b" * 32)
        assert cam.state(node.instance(Dimmer, "hall")) == Dimmer(switched=4)


def test_a_node_in_this_process_goes_back_by_itself() -> None:
    with cam.Node() as node:
        node.deploy(Lamp)
        node.upgrade(cam.Upgrade(old=Lamp, new=Broken, rollout=cam.Rollout.canary(1.0)))
        assert [node.instance(Broken, "hall").switch() for _ in range(2)] == [1, 2]
        with pytest.raises(Rejected, match="answered otherwise than by the old version, undeclared"):
            node.rollout("lamp")


class TooHot(cam.Refusal):
    limit: int


class Heater(cam.Machine):
    degrees: int = 20

    def set(self, degrees: int) -> int:
        if degrees > 30:
            raise TooHot(limit=30)
        self.degrees = degrees
        return self.degrees


class SignedHeater(cam.Machine, name="heater"):
    degrees: int = 20
    by: str = "nobody"

    def set(self, degrees: int, by: str = "somebody") -> int:
        if degrees > 30:
            raise TooHot(limit=30)
        self.degrees = degrees
        self.by = by
        return self.degrees


def test_an_old_client_is_adapted_in_a_trial_and_both_versions_answer_it_alike() -> None:
    with cam.Node() as node:
        node.deploy(Heater)
        old, new = node.instance(Heater, "hall"), node.instance(SignedHeater, "hall")
        old.set(19)
        node.upgrade(cam.Upgrade(old=Heater, new=SignedHeater, rollout=cam.Rollout.canary(1.0)))
        assert old.set(25) == 25
        with pytest.raises(TooHot, match="limit=30"):
            old.set(99)
        assert new.set(26, "ann") == 26
        report = node.rollout("heater")
        assert (report.inputs, report.compared, report.unfit.count, report.different.count) == (3, 2, 1, 0)
        assert cam.state(new) == SignedHeater(degrees=26, by="ann")
        node.rollback("heater")
        assert cam.state(old) == Heater(degrees=25), "what was set by name was never heard of"
