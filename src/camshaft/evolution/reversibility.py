"""How far an upgrade can be taken back by code, and what it loses on the way there.

- *reversible*: the migration loses nothing, and every state of the new version is that of some old one. The way back
  loses nothing, whenever it is gone.
- *reversible until first loss*: the migration loses nothing, and the way back gives the very states that there were. It
  loses what only the new version can hold, once something does.
- *irreversible*: the migration loses something, or there is no code for the way back. What is left is replay, which
  takes back what was done since.

What was derived is in its class by construction. What was written is in the second at best: that its downgrade gives
back what there was is its author's word, which a node tries on the instances that there are.
"""

from __future__ import annotations

from enum import Enum

from camshaft.evolution.carry import is_iso
from camshaft.evolution.derive import Derived


class Reversibility(Enum):
    """A class of upgrades, from the best to the worst."""

    REVERSIBLE = "reversible"
    UNTIL_LOSS = "reversible until first loss"
    IRREVERSIBLE = "irreversible"


_ORDER = list(Reversibility)


def worst(classes: list[Reversibility]) -> Reversibility:
    """The class of several upgrades, one after the other."""
    return max(classes, key=_ORDER.index, default=Reversibility.REVERSIBLE)


def of_derived(derived: Derived) -> Reversibility:
    """The class of an upgrade whose migration was derived."""
    if derived.way_back is None:
        return Reversibility.IRREVERSIBLE
    return Reversibility.REVERSIBLE if is_iso(derived.carry) else Reversibility.UNTIL_LOSS


def of_written(has_downgrade: bool, loses: bool) -> Reversibility:
    """The class of an upgrade whose migration was written."""
    return Reversibility.UNTIL_LOSS if has_downgrade and not loses else Reversibility.IRREVERSIBLE
