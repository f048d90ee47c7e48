"""The session that the idea comes from, as its author shows it: once as Erlang runs it, once as the experiment does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from generators.nodes import EXAMPLES, NodeProcess, serving

COUNTER = EXAMPLES / "counter.py"
FROM_THE_OLD_VALUE = EXAMPLES / "counter_v2.py"
FROM_ZERO = EXAMPLES / "counter_v2_from_zero.py"
GUARD = "error: the version running isn't the one the upgrade expects; nothing was changed"
UPGRADED = r"counter [0-9a-f]{12} -> [0-9a-f]{12}: upgraded at position \d+, 1 instance migrated\n"


def state(node: NodeProcess) -> object:
    return json.loads(node.answer("state", "counter"))


def incr(node: NodeProcess, times: int) -> None:
    for _ in range(times):
        assert node.answer("call", "counter", "incr") == ""


@pytest.mark.parametrize(
    ("before", "upgrade", "value", "after"),
    [
        pytest.param(1, FROM_ZERO, "2\n", {"old": 1, "count": 2}, id="the experiment: Pair (Int 1) (Int 2)"),
        pytest.param(2, FROM_THE_OLD_VALUE, "4\n", {"old": 2, "count": 4}, id="Erlang: {2,4}"),
        pytest.param(1, FROM_THE_OLD_VALUE, "3\n", {"old": 1, "count": 3}, id="the experiment as its text has it"),
    ],
)
def test_a_counter_is_upgraded_to_two_counters_while_it_runs_and_survives_a_kill(
    before: int, upgrade: Path, value: str, after: dict[str, int], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with serving(COUNTER, data=data) as node:
        incr(node, before)
        assert node.answer("call", "counter", "value") == f"{before}\n"

        assert re.fullmatch(UPGRADED, node.answer("upgrade", upgrade, "--yes"))

        incr(node, 2)
        assert node.answer("call", "counter", "value") == value
        assert state(node) == after

        again = node.camshaft("upgrade", upgrade, "--yes")
        assert again.returncode == 1
        assert again.stdout == ""
        assert again.stderr.splitlines()[0] == GUARD
        assert state(node) == after
        node.kill()

    with serving(COUNTER, data=data, port=node.port) as node:
        assert any("holds another version" in line for line in node.said)
        assert state(node) == after
        incr(node, 1)
        assert state(node) == {**after, "count": after["count"] + 1}
        assert node.stop() == 0


def test_the_trace_shows_input_output_and_new_state_as_the_seed_does(tmp_path: Path) -> None:
    with serving(COUNTER, "--trace", data=tmp_path / "data") as node:
        incr(node, 1)
        node.answer("call", "counter", "value")
        node.answer("upgrade", FROM_ZERO, "--yes")
        incr(node, 1)
        assert node.stop() == 0
    text = "\n".join(node.said)
    blocks = [
        'Input:     counter incr\nOutput:    null\nNew state: {"count":1}',
        'Input:     counter value\nOutput:    1\nNew state: {"count":1}',
        "Upgrade successful! counter",
        'Input:     counter incr\nOutput:    null\nNew state: {"old":1,"count":1}',
    ]
    places = [text.find(block) for block in blocks]
    assert -1 not in places, text
    assert places == sorted(places)
