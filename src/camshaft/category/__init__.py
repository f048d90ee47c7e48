"""The free category that machines are compiled to: terms, their typing and meaning, and two ways to write them.

Combinators (`fork`, `first`, `case`, …) write a term without variables, `morphism` as a Python function. What a
program is made of is in `terms`, the way from terms to bytecode in `assembler`.
"""

from camshaft.category.combinators import *  # noqa: F403 - its __all__ is the list
from camshaft.category.combinators import __all__ as _combinators
from camshaft.category.terms import Term
from camshaft.category.zooming import zoom

__all__ = ["Term", "zoom", *_combinators]
