"""The laws of terms, as data: which two terms mean the same, and under which condition on their effects.

Terms have effects, so that most laws of a cartesian closed category hold only on a condition: `fork(f, g) >> first`
is f only where g can be left out. `left` and `right` are schemes (`schemes`), and `holes` states the type of each
metavariable, in an order in which each domain is known once those before it are. What a condition says about a hole
with an index, it says about all terms that the hole stands for.

The simplifier uses the laws that have a direction, and nothing else. The tests try every law on generated terms, and
show for every condition two terms that differ without it.

Sources, by the name that a law gives:

    Elliott     Conal Elliott, "Compiling to Categories" (2017), section 3: cartesian closed categories
    Power       Power and Thielecke, "Closed Freyd- and kappa-categories" (1999): discardable, copyable, central
    Cockett     J. R. B. Cockett, "Introduction to distributive categories" (1993)
    Plotkin     Plotkin and Power, "Notions of Computation Determine Monads" (2002): the equations of global state
"""

from __future__ import annotations

from typing import Final

from camshaft.category.laws.law import Arrow, Condition, Direction, Law, Needs
from camshaft.category.laws.products import CATEGORY, EXPONENTIAL, PRODUCT
from camshaft.category.laws.state import STATE
from camshaft.category.laws.sums import COPRODUCT, DISTRIBUTIVE

__all__ = ["LAWS", "Arrow", "Condition", "Direction", "Law", "Needs"]

LAWS: Final = (*CATEGORY, *PRODUCT, *COPRODUCT, *DISTRIBUTIVE, *EXPONENTIAL, *STATE)
"""Every law, in the order in which the constructors stand in `terms`. Places in them have no keys."""
