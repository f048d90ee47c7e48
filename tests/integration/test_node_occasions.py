"""Time, keys and random numbers on a real node: a killed node that starts again replays them as they were."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import camshaft as cam
from camshaft import Machine, now, randint, uuid
from generators.nodes import NodeProcess, serving

LOBBY = """\
from datetime import datetime

import camshaft as cam
from camshaft import Machine


class Lobby(Machine):
    players: list[str] = []
    rolls: list[int] = []
    chances: list[float] = []
    seen: list[datetime] = []

    def join(self) -> str:
        name = f"{cam.key()}/{cam.uuid()}"
        self.players.append(name)
        self.rolls.append(cam.randint(1, 6))
        self.chances.append(cam.random())
        self.seen.append(cam.now())
        return name

    def clock(self) -> datetime:
        return cam.now()

    def ticket(self) -> str:
        return f"{cam.key()}/{cam.uuid()}"
"""
KEYS = ("red", "blue")


def called(node: NodeProcess, key: str, method: str) -> str:
    """What a method gives that answers with a text or a time."""
    answer = json.loads(node.answer("call", f"lobby/{key}", method))
    assert isinstance(answer, str)
    return answer


def states(node: NodeProcess) -> dict[str, object]:
    return {key: json.loads(node.answer("state", f"lobby/{key}")) for key in KEYS}


def test_a_killed_node_that_starts_again_has_the_times_and_the_random_numbers_that_it_had(tmp_path: Path) -> None:
    file, data = tmp_path / "lobby.py", tmp_path / "data"
    file.write_text(LOBBY)
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    with serving(file, data=data) as node:
        names = [called(node, key, "join") for key in KEYS for _ in range(3)]
        had = states(node)
        node.kill()
    with serving(file, data=data) as node:
        assert states(node) == had
        names.append(called(node, "red", "join"))
        first, second = (called(node, "red", "ticket") for _ in range(2))
        told = datetime.fromisoformat(called(node, "red", "clock"))
        after = states(node)
    assert len({*names, first, second}) == len(names) + 2
    assert [name.partition("/")[0] for name in names] == ["red"] * 3 + ["blue"] * 3 + ["red"]
    assert first.startswith("red/")
    red = after["red"]
    assert isinstance(red, dict)
    assert red["players"] == [*names[:3], names[6]]
    assert len(set(red["chances"])) == 4
    assert all(1 <= roll <= 6 for roll in red["rolls"])
    times = [datetime.fromisoformat(moment) for moment in red["seen"]]
    assert before <= times[0]
    assert times == sorted(times)
    assert times[-1] <= told <= datetime.now(UTC)


class Lobby(Machine):
    players: list[str] = []
    last: datetime | None = None

    def join(self) -> tuple[str, int]:
        name = f"{cam.key()}/{uuid()}"
        self.players.append(name)
        self.last = now()
        return name, randint(1, 6)

    def key_of_mine(self) -> str:
        return cam.key()


def test_a_node_in_this_process_does_the_same(tmp_path: Path) -> None:
    with cam.Node(tmp_path) as node:
        node.deploy(Lobby)
        joined = [node.instance(Lobby, "ann").join() for _ in range(3)]
        assert node.instance(Lobby).key_of_mine() == ""
        assert node.instance(Lobby, "ann").key_of_mine() == "ann"
        had = cam.state(node.instance(Lobby, "ann"))
    with cam.Node(tmp_path) as node:
        assert cam.state(node.instance(Lobby, "ann")) == had
    assert had.players == [name for name, _ in joined]
    assert had.last is not None
    assert had.last <= datetime.now(UTC)


def test_a_fixed_block_of_a_client_says_nothing_to_a_node() -> None:
    with cam.fixed(seed=1, key="client", now=datetime(2000, 1, 1, tzinfo=UTC)), cam.Node() as node:
        node.deploy(Lobby)
        lobby = node.instance(Lobby, "ann")
        first, second = lobby.join()[0], lobby.join()[0]
        assert first.startswith("ann/")
        assert first != second
        last = cam.state(lobby).last
    assert last is not None
    assert last.year > 2000
