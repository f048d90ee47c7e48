"""What is measured beside machines does what it is measured for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import libraries
import loading
import state_size
from camshaft.errors import Rejected
from camshaft.runtime.catalog import Catalog
from camshaft.simulation import BACKENDS, simulate
from contest import contest
from figures import Figure, verdict


@pytest.mark.parametrize("library", libraries.LIBRARIES, ids=lambda library: library.package)
def test_the_toggles_of_other_libraries_toggle_as_ours_does(library: libraries.Library) -> None:
    libraries.check(library)


def test_a_library_that_does_not_toggle_is_not_measured() -> None:
    still = libraries.Library("still", libraries.TransitionsToggle, lambda toggle: False, 1, 1.0)
    with pytest.raises(RuntimeError, match="the toggle of still is not where Camshaft's is"):
        libraries.check(still)


@pytest.mark.parametrize("lines", [60, loading.LINES])
def test_the_source_that_is_loaded_has_its_number_of_lines_and_compiles(lines: int) -> None:
    text = loading.source(lines)
    assert lines <= sum(1 for line in text.splitlines() if line) < lines + 60
    loaded = Catalog().load(loading.program(text))
    assert loaded.name == "warehouse"
    assert {"receive_hall0", "sell_hall0", "scarce_hall0", "worth_hall0"} <= set(loaded.methods)


def test_what_is_loaded_is_the_same_each_time_and_not_any_bytes() -> None:
    data = loading.program(loading.source(60))
    assert data == loading.program(loading.source(60))
    with pytest.raises(Rejected):
        Catalog().load(data[:-1])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("series", state_size.SERIES, ids=lambda series: series.title)
def test_the_stock_of_a_machine_is_that_of_plain_python(series: state_size.Series, backend: str) -> None:
    steps = state_size.inputs(100, series.keys, seed=1)[:200]
    machine = simulate(state_size.Stock, backend=backend, counts=state_size.entries(100))
    plain = state_size.PlainStock(state_size.entries(100))
    series.drive(machine, steps)
    series.drive(plain, steps)
    assert list(machine.counts.items()) == list(plain.counts.items())
    assert plain.counts != state_size.entries(100)


@pytest.mark.parametrize("size", [1, 10, 1_000])
def test_writes_go_to_keys_that_are_there_and_to_as_many_as_the_series_says(size: int) -> None:
    keys = {key for key, _ in state_size.inputs(size, state_size.FEW_KEYS, seed=1)}
    assert keys <= set(state_size.entries(size))
    assert len(keys) == min(size, state_size.FEW_KEYS)


def test_a_contest_gives_both_the_same_inputs_and_a_ratio_for_each_round() -> None:
    seen: dict[str, list[list[int]]] = {"first": [], "second": []}

    def drive(machine: str, inputs: Sequence[int]) -> None:
        seen[machine].append(list(inputs))

    numbers = list(range(10_000))
    found = contest(drive, lambda: "first", lambda: "second", numbers, rounds=4)
    assert seen["first"] == seen["second"] == [numbers] * 5
    assert len(found.ratio.runs) == len(found.first_ns.runs) == 4
    assert found.ratio.runs[0] == found.second_ns.runs[0] / found.first_ns.runs[0]


def test_a_verdict_is_one_of_two_words() -> None:
    assert (verdict(True), verdict(False)) == ("met", "missed")
    assert state_size.growth([2.0, 3.0, 2.5]) == 1.5
    assert Figure((1.0, 3.0, 2.0)).show(1) == "2.0 [1.0 to 3.0]"
