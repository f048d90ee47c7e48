"""The machines of the step benchmark do what the plain classes beside them do, so that their times can be compared."""

from __future__ import annotations

import pytest

from camshaft.simulation import BACKENDS, simulate
from machines import CASES
from machines.case import Case, observed


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_machine_and_the_plain_class_beside_it_do_the_same(case: Case, backend: str) -> None:
    inputs = case.inputs[: max(2, len(case.inputs) // 25)]
    assert observed(case, simulate(case.machine, backend=backend), inputs) == observed(case, case.plain(), inputs)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_inputs_of_a_machine_do_not_only_repeat_one_result(case: Case) -> None:
    results, fields = observed(case, case.plain(), case.inputs)
    _, at_first = observed(case, case.plain(), [])
    assert len({str(one) for one in results}) > 1 or case.title == "counter"
    assert fields != at_first
    assert set(fields) == set(case.machine.__annotations__)
