"""Who makes much that stays stops the garbage collector, and leaves it as it was."""

from __future__ import annotations

import gc

import pytest

from camshaft.values.collector import without_collections


def test_nothing_is_collected_within_the_block() -> None:
    assert gc.isenabled()
    with without_collections():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_was_stopped_stays_so() -> None:
    gc.disable()
    try:
        with without_collections():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_it_is_started_again_after_an_exception() -> None:
    with pytest.raises(ValueError, match="in the block"), without_collections():
        raise ValueError("in the block")
    assert gc.isenabled()
