"""Figures and tables: what several runs of one measurement come to, and how they are shown.

The rule of this file: it measures nothing.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from curve import Chart


@dataclass(frozen=True, slots=True)
class Figure:
    """A measurement repeated: the median of the runs, with the least and the greatest."""

    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the runs."""
        return statistics.median(self.runs)

    def show(self, digits: int = 0) -> str:
        """The median, and the spread in brackets: `81,300 [79,100 to 83,000]`."""
        low, high = min(self.runs), max(self.runs)
        shown = f"{self.median:,.{digits}f}"
        return shown if low == high else f"{shown} [{low:,.{digits}f} to {high:,.{digits}f}]"

    def over(self, other: Figure) -> str:
        """The ratio of the medians."""
        return f"{self.median / other.median:.2f}x"


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit that a figure is held to, and whether it keeps it."""

    what: str
    """Which figure, for a reader who does not see the table that it stands in."""
    figure: str
    limit: str
    is_met: bool

    @property
    def cells(self) -> tuple[str, str]:
        """What stands behind the figure in its row: the limit, and a word on it."""
        return self.limit, verdict(self.is_met)


def at_most(what: str, value: float, limit: float, unit: str = "x", digits: int = 2) -> Goal:
    """The goal of a figure that may not be greater."""
    return Goal(what, f"{value:,.{digits}f}{unit}", f"≤ {limit:,g}{unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "x", digits: int = 2) -> Goal:
    """The goal of a figure that may not be less."""
    return Goal(what, f"{value:,.{digits}f}{unit}", f"≥ {limit:,g}{unit}", value >= limit)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, and the file that it is drawn in, beside the page."""

    file: str
    chart: Chart


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text, shown as Markdown that is also legible in a terminal."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remark: str = ""
    goals: tuple[Goal, ...] = ()
    """What its figures are held to, in the order of the rows that say so."""

    pictures: tuple[Picture, ...] = ()

    def show(self) -> str:
        """The table as Markdown, with its title, its remark and its pictures."""
        shown = [f"![{one.chart.title}]({one.file})" for one in self.pictures]
        return "\n\n".join([f"### {self.title}", self.body(), *([self.remark] if self.remark else []), *shown])

    def body(self) -> str:
        """The table alone: the first column to the left, the others to the right."""
        widths = [max(2, *map(len, cells)) for cells in zip(self.columns, *self.rows, strict=True)]
        lines = [_line(self.columns, widths)]
        lines.append("| " + " | ".join([f"{'-' * widths[0]}", *(f"{'-' * (w - 1)}:" for w in widths[1:])]) + " |")
        return "\n".join([*lines, *(_line(row, widths) for row in self.rows)])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    return "| " + " | ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]) + " |"


def verdict(is_met: bool) -> str:
    """Whether a limit is met, in a word."""
    return "met" if is_met else "missed"
