from __future__ import annotations

from camshaft.node.rates import Rate


def test_a_rate_is_that_of_the_last_seconds() -> None:
    rate = Rate()
    assert rate.per_second == 0
    rate.saw(10.0, 5)
    assert rate.per_second == 0
    for second, number in enumerate((105, 205, 305, 405, 505, 5_505), 11):
        rate.saw(float(second), number)
    assert rate.per_second == (5_505 - 105) / 5


def test_a_number_that_was_set_back_begins_anew() -> None:
    rate = Rate()
    rate.saw(1.0, 100)
    rate.saw(2.0, 10)
    rate.saw(4.0, 30)
    assert rate.per_second == 10
