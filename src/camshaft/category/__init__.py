"""The free category that machines are compiled to: terms, their typing and meaning, and two ways to write them.

Combinators (`fork`, `first`, `case`, …) write a term without variables, `@morphism` as a Python function over
ports, whose branches, loops and operations are in `morphisms`. What a program is made of is in `terms`, the way from
terms to bytecode in `assembler`.
"""

from camshaft.category.combinators import *  # noqa: F403 - its __all__ is the list
from camshaft.category.combinators import __all__ as _combinators
from camshaft.category.morphisms import Morphism, PortError, morphism
from camshaft.category.simplifier import simplify
from camshaft.category.terms import Term
from camshaft.category.zooming import zoom

__all__ = ["Morphism", "PortError", "Term", "morphism", "simplify", "zoom", *_combinators]
