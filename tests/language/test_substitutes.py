"""Functions that the language has something else for are found by their own names."""

from __future__ import annotations

import importlib
from functools import reduce
from typing import Any

import pytest

from camshaft.language.substitutes import SUBSTITUTES


@pytest.mark.parametrize("name", SUBSTITUTES)
def test_each_function_of_the_table_has_the_name_that_it_is_found_by(name: str) -> None:
    module, *way = name.split(".")
    start: Any = importlib.import_module(module)
    found = reduce(lambda owner, part: getattr(owner, part, None), way, start)
    # Newer versions of Python have functions that older ones have not.
    assert found is None or found.__name__ == way[-1]
