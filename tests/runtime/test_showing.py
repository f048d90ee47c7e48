"""How outcomes read."""

from __future__ import annotations

import pytest

from camshaft.errors import Where
from camshaft.runtime.outcomes import (
    Deployed,
    Member,
    Outcome,
    Released,
    Returned,
    RolledBack,
    Set,
    StaleInput,
    TakenBack,
    Trapped,
    Upgraded,
    Void,
)
from camshaft.runtime.showing import arguments_shown, shown
from camshaft.values.types import INT, STR


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (Returned(STR, "tea"), '"tea"'),
        (Trapped("KeyError", "tea"), "trap: KeyError: tea"),
        (
            Trapped("KeyError", "tea", Where("shop", "take", 3, "shop.py")),
            "trap: KeyError: tea (shop.py line 3, in take)",
        ),
        (StaleInput("another version"), "stale: another version"),
        (Deployed("shop", "ab" * 32), "Deployed shop abababababab"),
        (Set("shop", 5, 1), "Setting: shop has 5 units of fuel for each input"),
        (
            Upgraded("shop", "ab" * 32, "cd" * 32, 1, 7),
            "Upgrade successful! shop abababababab -> cdcdcdcdcdcd at position 7, 1 instance migrated",
        ),
        (
            RolledBack("shop", "cd" * 32, "ab" * 32, "replay", 3, 7, 9),
            "Rollback successful! shop cdcdcdcdcdcd -> abababababab at position 9, by replay",
        ),
        (
            Released("e" * 32, [Member("till", "", "ab" * 32, 0), Member("shop", "ab" * 32, "cd" * 32, 2)], 7),
            "Release eeeeeeeeeeee at position 7: till deployed, shop abababababab -> cdcdcdcdcdcd",
        ),
        (
            TakenBack("e" * 32, [RolledBack("shop", "cd" * 32, "ab" * 32, "replay", 3, 7, 9)], ["till"], 9),
            "Release eeeeeeeeeeee taken back at position 9: shop cdcdcdcdcdcd -> abababababab",
        ),
        (Void("no such machine"), "No change: no such machine"),
    ],
)
def test_each_outcome_reads_as_a_line(outcome: Outcome, text: str) -> None:
    assert shown(outcome) == text


def test_arguments_are_shown_as_json_one_by_one() -> None:
    assert arguments_shown((("sku", STR), ("n", INT)), ("tea", 5)) == ['"tea"', "5"]
