"""The chart of the benchmarks is a picture that says what it was given."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from curve import Chart, Line

SVG = "{http://www.w3.org/2000/svg}"


def drawn(lines: list[Line]) -> ElementTree.Element:
    return ElementTree.fromstring(Chart("Cost < value", "entries", "ns", (1, 10, 100), lines).svg())


def heights(picture: ElementTree.Element) -> list[list[float]]:
    points = [one.get("points", "") for one in picture.iter(f"{SVG}polyline")]
    return [[float(height) for height in re.findall(r",([\d.]+)", each)] for each in points]


def test_a_greater_value_is_higher_up_and_an_equal_one_as_high() -> None:
    picture = drawn([Line("rising", [100, 200, 300], colour=0), Line("flat", [100, 100, 100], colour=1)])
    rising, flat = heights(picture)
    assert rising[0] > rising[1] > rising[2] > 0
    assert flat == [rising[0]] * 3
    # A value axis that starts at zero: what is twice as large is twice as far from it.
    assert round(rising[0] - rising[1], 1) == round(rising[1] - rising[2], 1)


def test_the_scale_holds_the_greatest_value_and_is_written_beside_it() -> None:
    for greatest, top in ((1.0, "5"), (304.0, "500"), (1_524.0, "2,000"), (1_000_000.0, "1,000,000")):
        picture = drawn([Line("one", [0, greatest / 2, greatest], colour=0)])
        texts = [one.text for one in picture.iter(f"{SVG}text")]
        assert top in texts
        assert {"Cost < value", "entries", "ns", "1", "10", "100", "one"} <= set(texts)
        assert min(heights(picture)[0]) >= 50
