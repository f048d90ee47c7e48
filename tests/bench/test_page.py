"""The page of results says what the figures say: what is held to a limit, and whether it is kept, comes first."""

from __future__ import annotations

import platform
import re

import eventsourced
import recovery
import scaling
import state_size
import surroundings
import throughput
import tracing
from curve import Chart, Line
from figures import Figure, Picture, Table, at_least, at_most
from machines.counter import Counter
from page import Section, anchor, page
from programs import ESCRIPT, REDIS_SERVER
from servers import BY_CALL, FCALL, OURS


def sections() -> list[Section]:
    quick, slow = at_most("a step", 1.25, 1.3), at_least("calls", 399_000, 400_000, "", 0)
    chart = Chart("The curve", "entries", "ns", (1, 10), [Line("one", [1, 2], colour=0)])
    steps = Table(
        "A step, `compiled`", ("what", "ns", "limit", ""), (("a step", "50", *quick.cells),), "Plain.", (quick,)
    )
    calls = Table("Calls", ("what", "calls/s", "limit", ""), (("calls", "399,000", *slow.cells),), "", (slow,),
                  (Picture("calls.svg", chart),))  # fmt: skip
    return [Section("steps", "Steps", (steps,)), Section("throughput", "Calls a second", (calls,))]


def test_a_figure_at_its_limit_keeps_it_and_one_beyond_does_not() -> None:
    assert at_most("a step", 1.3, 1.3).cells == ("≤ 1.3x", "met")
    assert at_most("a step", 1.301, 1.3).cells == ("≤ 1.3x", "missed")
    assert at_least("calls", 400_000, 400_000, "", 0).cells == ("≥ 400,000", "met")
    assert at_least("calls", 399_999.9, 400_000, "", 0).cells == ("≥ 400,000", "missed")
    assert at_most("a gap", 9.96, 10, " ms", 1).figure == "10.0 ms"


def test_the_page_begins_with_every_limit_and_names_those_missed() -> None:
    text = page("Measured", ["a machine"], sections(), [])
    before, _, _ = text.partition("## Contents")
    assert "1 of 2 limits are met." in before
    assert "- calls (399,000, limit ≥ 400,000)" in before
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in before.splitlines() if line[:1] == "|"]
    assert rows[2:] == [["a step", "1.25x", "≤ 1.3x", "met"], ["calls", "399,000", "≥ 400,000", "missed"]]


def test_the_page_says_what_was_not_measured() -> None:
    assert "Not measured in this run: memory, pauses." in page("Measured", [], sections(), ["memory", "pauses"])
    assert "Not measured" not in page("Measured", [], sections(), [])


def test_the_page_says_that_nothing_is_held_to_a_limit() -> None:
    assert "Nothing of this is held to a limit." in page("Measured", [], [], [])


def test_a_curve_has_a_line_for_each_contender_and_a_column_for_each_size() -> None:
    scale = scaling.SCALES[0]
    found = {name: [Figure((10.0 * size,)) for size in scale.sizes] for name in scale.contenders}
    table = scaling.table(scale, found)
    assert table.columns[1:] == ("1", "10", "50", "100", "300", "1,000")
    assert table.rows[0] == (OURS, "10", "100", "500", "1,000", "3,000", "10,000")
    (picture,) = table.pictures
    assert [line.title for line in picture.chart.lines] == list(scale.contenders)
    assert picture.chart.positions == scale.sizes
    assert [scale.load_of(300).connections, scaling.SCALES[1].load_of(8).pipeline] == [300, 8]


def test_tracing_is_compared_round_by_round() -> None:
    found = {tracing.WITHOUT: (100.0, 200.0, 100.0), tracing.OFF: (99.0, 190.0, 99.0), tracing.ON: (5.0,)}
    table = tracing.table({name: Figure(runs) for name, runs in found.items()}, 7)
    assert [row[2] for row in table.rows] == ["", "0.99 [0.95 to 0.99]x", "0.05x"]
    assert table.goals[0].is_met


def test_what_is_called_together_is_compared_with_what_is_called_together() -> None:
    table = eventsourced.table({"on disk": [Figure((10.0,)), Figure((25.0,))]})
    assert table.rows == (("on disk", "10.0", "25.0", "2.50x"),)


def test_a_section_that_failed_is_named_before_the_limits() -> None:
    failed = Section("memory", "Memory", (), "RuntimeError: a call failed")
    before, _, _ = page("Measured", [], [*sections(), failed], []).partition("## Limits")
    assert "Not measured to the end: Memory. RuntimeError: a call failed" in before


def test_the_contents_lead_to_every_section_and_table() -> None:
    text = page("Measured", [], sections(), [])
    headings = {anchor(title) for title in re.findall(r"^##+ (.+)$", text, re.MULTILINE)}
    links = re.findall(r"\]\(#([^)]+)\)", text)
    assert links == ["steps", "a-step-compiled", "calls-a-second", "calls"]
    assert {*links} <= headings
    assert "![The curve](calls.svg)" in text


def test_a_node_is_compared_with_each_contender_at_the_same_number_of_calls_in_flight() -> None:
    found = {(OURS, 64): 300.0, (OURS, 1): 30.0, (FCALL, 64): 200.0, (FCALL, 1): 60.0, (BY_CALL, 64): 100.0}
    table = throughput.table("always", {key: Figure((rate,)) for key, rate in found.items()})
    rows = [row[:4] for row in table.rows]
    assert rows == [
        (OURS, "64", "300", "1.00x"),
        (OURS, "1", "30", "1.00x"),
        (FCALL, "64", "200", "1.50x"),
        (FCALL, "1", "60", "0.50x"),
        (BY_CALL, "64", "100", "3.00x"),
    ]
    assert [goal.cells for goal in table.goals] == [("≥ 1.3x", "met"), ("≥ 0.9x", "missed"), ("≥ 3x", "met")]


def test_the_growth_of_a_step_is_that_of_compiled_code_with_plain_python_beside_it() -> None:
    sizes = len(state_size.SIZES)
    found = {}
    for number, series in enumerate(state_size.SERIES):
        found[series.title, "compiled"] = [Figure((100.0,))] * (sizes - 1) + [Figure((120.0 + 20 * number,))]
        found[series.title, "plain"] = [Figure((50.0,))] * (sizes - 1) + [Figure((100.0,))]
    table = state_size.table(found)
    assert [goal.figure for goal in table.goals] == ["1.20x", "1.40x", "1.60x", "1.80x"]
    assert [goal.is_met for goal in table.goals] == [True, False, False, False]
    assert table.rows[1][-3:] == ("2.00x", "", "")
    assert table.rows[2] == ("… compiled, of plain", *["2.00x"] * (sizes - 1), "1.20x", "1.67x", "", "")
    assert [picture.file for picture in table.pictures] == [state_size.CHART]


def test_a_journal_is_held_to_a_rate_where_it_is_long_enough_to_have_one() -> None:
    counter = recovery.Journal("counter", Counter, lambda _: ("incr", ()), (1_000, 100_000, 10_000_000), 400_000)
    seconds = {1_000: 0.1, 100_000: 0.2, 10_000_000: 40.0}
    table = recovery.folded({("counter", size): Figure((each,)) for size, each in seconds.items()}, [counter])
    assert [row[1:4] for row in table.rows] == [
        ("1,000", "0.100", "10,000"), ("100,000", "0.200", "500,000"), ("10,000,000", "40.000", "250,000")
    ]  # fmt: skip
    assert [goal.is_met for goal in table.goals] == [True, False]
    assert table.remark.endswith("The journal of 10,000,000 is folded once.")
    assert table.pictures[0].chart.lines[0].values == [0.1, 0.2, 40.0]


def test_the_page_names_the_machine_and_the_versions_of_all_that_takes_part() -> None:
    machine, versions = surroundings.lines()
    assert re.fullmatch(r"machine: .+, \d+ cores, \d+ GiB, .+", machine)
    assert f"Python {platform.python_version()}" in versions
    assert ("Erlang/OTP" in versions) == ESCRIPT.is_there
    assert ("Redis" in versions) == REDIS_SERVER.is_there
