from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from camshaft.bytecode.rollout import ENOUGH, Rollout
from camshaft.cli.rollouts import NO_RATE, rollout_asked_for, share_of, time_of
from camshaft.errors import Rejected
from generators.nodes import EXAMPLES, NodeProcess, serving

COUNTER = EXAMPLES / "counter.py"
NEXT = """
from camshaft import Machine

class Counter(Machine):
    limit: int = 10
    count: int = 0

    def incr(self) -> None:
        assert self.count < self.limit, "too many"
        self.count += 1

    def value(self) -> int:
        return self.count
"""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    """A node whose counter stands at 1."""
    with serving(COUNTER, data=tmp_path / "data") as node:
        node.answer("call", "counter", "incr")
        yield node


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A next version, whose `incr` traps from 10 on."""
    found = tmp_path / "next_counter.py"
    found.write_text(NEXT)
    return found


def test_a_trial_is_shown_with_the_plan_reported_and_confirmed(node: NodeProcess, file: Path) -> None:
    done = node.camshaft("upgrade", file, "--yes", "--trial", "10m", "--enough", "1")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"counter \w{12} -> \w{12}: on trial at position 2, 1 instance migrated\n", done.stdout)
    assert (
        "  rollout:   trial: all instances at once, for 10m; allowed: traps 0 %; refusals 0 %; judged on 1 inputs\n"
        in (done.stderr)
    )
    node.answer("call", "counter", "incr")
    assert "  verdict:   watching\n" in node.answer("rollout", "counter")
    assert json.loads(node.answer("rollout", "counter", "--json"))["inputs"] == 1
    assert node.answer("confirm", "counter") == "counter: confirmed at position 4, 1 instance on the new version\n"
    assert node.camshaft("rollout", "counter").returncode == 1


def test_a_canary_grows_and_is_aborted(node: NodeProcess, file: Path) -> None:
    node.answer("upgrade", file, "--yes", "--canary", "0.0001%,100%")
    assert "share:     0.0001 %" in node.answer("rollout", "counter")
    assert node.answer("rollout", "counter", "hold").startswith("counter: held at position 3, ")
    assert node.answer("rollout", "counter", "resume").startswith("counter: resumed at position 4, ")
    assert node.answer("rollout", "counter", "grow", "100%") == (
        "counter: grown at position 5, 1 instance on the new version\n"
    )
    node.answer("call", "counter", "incr")
    assert node.answer("rollout", "counter", "abort") == "counter: went back at position 7, 1 instance\n"
    assert json.loads(node.answer("state", "counter")) == {"count": 2}


def test_an_unknown_action_is_refused_by_the_node(node: NodeProcess, file: Path) -> None:
    node.answer("upgrade", file, "--yes", "--canary", "5%")
    done = node.camshaft("rollout", "counter", "stop")
    assert done.returncode == 1
    assert "a rollout cannot 'stop'; it can grow, hold, resume, confirm, or go back by a rollback" in done.stderr


def asked(**options: object) -> Rollout | None:
    given = {
        "trial": None,
        "canary": None,
        "every": None,
        "allow_traps": NO_RATE,
        "allow_refusals": NO_RATE,
        "expect_different": None,
        "enough": ENOUGH,
        **options,
    }
    return rollout_asked_for(**given)  # type: ignore[arg-type]  # each as the option gives it


def test_options_mean_a_rollout() -> None:
    assert asked() is None
    assert asked(trial="10m") == Rollout.trial(timedelta(minutes=10))
    assert asked(
        canary="5%, 25%,100%", every="2h", allow_traps="1%", expect_different=["a"], enough=3
    ) == Rollout.canary(0.05, 0.25, 1.0, every=timedelta(hours=2), allow_traps=0.01, expect_different=["a"], enough=3)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"trial": "10m", "canary": "5%"}, "a trial is on all instances at once"),
        ({"trial": "10m", "every": "5m"}, "a trial is on all instances at once"),
        ({"every": "5m"}, "give --trial or --canary as well"),
        ({"allow_traps": "1%"}, "give --trial or --canary as well"),
        ({"enough": 3}, "give --trial or --canary as well"),
        ({"expect_different": ["a"]}, "give --trial or --canary as well"),
        ({"canary": "50%,5%"}, "the waves of a rollout grow"),
        ({"canary": "half"}, "expected a share in percent, such as 5% or 0.5%; got 'half'"),
        ({"trial": "soon"}, "expected a time such as 90s, 10m, 2h or 1d; got 'soon'"),
        ({"trial": "0s"}, "watched for more than no time"),
        ({"trial": "9000d"}, "at most a year"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(Rejected, match=said):
        asked(**options)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("90s", timedelta(seconds=90)),
        ("1.5h", timedelta(minutes=90)),
        ("500ms", timedelta(milliseconds=500)),
        ("1d", timedelta(days=1)),
    ],
)
def test_a_time_has_a_unit(text: str, time: timedelta) -> None:
    assert time_of(text) == time


@pytest.mark.parametrize(("text", "share"), [("5%", 0.05), ("0.5 %", 0.005), ("100%", 1.0), ("0%", 0.0)])
def test_a_share_is_in_percent(text: str, share: float) -> None:
    assert share_of(text) == share
