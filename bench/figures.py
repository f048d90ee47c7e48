"""Figures and tables: what several runs of one measurement come to, and how they are shown.

The rule of this file: it measures nothing.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


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
class Table:
    """A table of text, shown as Markdown that is also legible in a terminal."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remark: str = ""

    def show(self) -> str:
        """The table as Markdown: the first column to the left, the others to the right."""
        widths = [max(map(len, cells)) for cells in zip(self.columns, *self.rows, strict=True)]
        lines = [_line(self.columns, widths)]
        lines.append("| " + " | ".join([f"{'-' * widths[0]}", *(f"{'-' * (w - 1)}:" for w in widths[1:])]) + " |")
        lines += [_line(row, widths) for row in self.rows]
        return "\n".join([f"## {self.title}", "", *lines, *(["", self.remark] if self.remark else [])])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    return "| " + " | ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]) + " |"


def verdict(is_met: bool) -> str:
    """Whether a limit is met, in a word."""
    return "met" if is_met else "missed"
