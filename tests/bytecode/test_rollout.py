"""How an upgrade is rolled out, as data: what it may say, and that it travels unharmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.rollout import ALL, Rollout, duration, percent, rollout_of
from camshaft.bytecode.upgrade import Upgrade, decode_upgrade, encode_upgrade
from camshaft.errors import Rejected

MINUTES = timedelta(minutes=10)
FIELDS = Rollout.trial(MINUTES).fields()

rollouts = st.builds(
    Rollout,
    shares=st.lists(st.integers(1, ALL), min_size=1, max_size=5, unique=True).map(lambda them: tuple(sorted(them))),
    period=st.none() | st.integers(1, 10**12),
    traps=st.integers(0, ALL),
    refusals=st.integers(0, ALL),
    enough=st.integers(1, 10**9),
    different=st.lists(st.text("abc", min_size=1, max_size=3), max_size=3, unique=True).map(
        lambda them: tuple(sorted(them))
    ),
)


@given(rollouts, st.none() | st.binary(max_size=3))
def test_a_rollout_travels_in_its_upgrade(rollout: Rollout, downgrade: bytes | None) -> None:
    upgrade = Upgrade("ab" * 16, "counter", "cd" * 32, b"program", None, downgrade, rollout)
    assert decode_upgrade(encode_upgrade(upgrade)) == upgrade


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shares": []}, "has from 1 to 100 waves, not 0"),
        ({"shares": list(range(1, 102))}, "has from 1 to 100 waves, not 101"),
        ({"shares": [0]}, "the waves of a rollout grow, from more than 0 to at most 100 %: not 0 %"),
        ({"shares": [ALL + 1]}, "at most 100 %"),
        ({"shares": [500_000, 50_000]}, "the waves of a rollout grow, .*: not 50 %, 5 %"),
        ({"shares": [5, 5]}, "the waves of a rollout grow"),
        ({"period": 0}, "watched for more than no time"),
        ({"period": 10**14}, "at most a year"),
        ({"traps": -1}, "the allowed rate of traps is from 0 to 100 %"),
        ({"refusals": ALL + 1}, "the allowed rate of refusals is from 0 to 100 %"),
        ({"enough": 0}, "judged on from 1 to"),
        ({"different": ["b", "a"]}, "sorted, each there once"),
        ({"different": ["x" * 101]}, "of at most 100 characters each"),
        ({"shares": "all"}, "malformed bytes where the rollout of an upgrade should be"),
        ({"traps": True}, "malformed bytes where the rollout of an upgrade should be"),
        ({"other": 1}, "malformed bytes where the rollout of an upgrade should be"),
    ],
)
def test_what_no_node_would_follow_is_rejected(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Rejected, match=said):
        rollout_of({**FIELDS, **changes})


@pytest.mark.parametrize("fields", [None, [], b"", {}, {"shares": [ALL]}])
def test_what_is_no_rollout_is_rejected(fields: object) -> None:
    with pytest.raises(Rejected, match="malformed bytes"):
        rollout_of(fields)


def test_other_orders_of_its_fields_are_not_canonical() -> None:
    extensions = {"rollout": dict(reversed(FIELDS.items()))}
    container = ["camshaft-upgrade", 1, "ab" * 16, "counter", "cd" * 32, b"program", None, extensions]
    with pytest.raises(Rejected, match="not the canonical encoding"):
        decode_upgrade(msgspec.msgpack.encode(container))


def test_rates_and_shares_are_fractions_for_people_and_millionths_on_the_way() -> None:
    made = Rollout.canary(
        0.05, 0.25, 1.0, every=MINUTES, allow_refusals=0.01, expect_different=["total", "left", "left"]
    )
    assert made == Rollout((50_000, 250_000, ALL), 600_000_000, 0, 10_000, 100, ("left", "total"))
    assert made.text() == (
        "canary: 5 %, 25 %, 100 % of the instances, each for 10m; allowed: traps 0 %; refusals 1 %; different answers "
        "of left, total; judged on 100 inputs"
    )
    assert Rollout.trial(MINUTES).text() == (
        "trial: all instances at once, for 10m; allowed: traps 0 %; refusals 0 %; judged on 100 inputs"
    )
    with pytest.raises(Rejected):
        Rollout.canary()


@pytest.mark.parametrize(("millionths", "said"), [(ALL, "100 %"), (5_000, "0.5 %"), (1, "0.0001 %"), (0, "0 %")])
def test_a_share_is_shown_in_percent(millionths: int, said: str) -> None:
    assert percent(millionths) == said


@pytest.mark.parametrize(
    ("microseconds", "said"), [(60_000_000, "1m"), (90_000_000, "90s"), (500_000, "0.5s"), (7_200_000_000, "2h")]
)
def test_a_period_is_shown_in_its_largest_unit(microseconds: int, said: str) -> None:
    assert duration(microseconds) == said
