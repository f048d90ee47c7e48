"""A chart of lines as SVG, over sizes that grow by steps, such as powers of ten.

The rule of this file: it measures nothing, and knows nothing of what was measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _PLOT_HEIGHT = 860, 290
_LEFT, _RIGHT, _TOP = 90, 20, 60
_BELOW = 60
"""From the lowest line of the grid to the legend: the sizes, and what they are."""
_LEGEND_LINE = 24
_LIGHT = ("#0b6e99", "#c1440e", "#3f7d20", "#7a3e9d", "#8a6d00", "#444444")
_DARK = ("#5cc8f5", "#ff9466", "#8fd16a", "#cf9bf0", "#e3c342", "#c9d1d9")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart: a value for each position on its axis, or for the first few."""

    title: str
    values: Sequence[float]
    colour: int
    """Lines that belong together have one colour."""
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over positions that are spaced evenly, as powers of ten on a logarithmic axis are.

    Values start at zero, or are drawn by their logarithm, where what is ten times as much is one step up.
    """

    title: str
    across: str
    up: str
    positions: Sequence[int]
    lines: Sequence[Line]
    is_logarithmic: bool = False

    def svg(self) -> str:
        """The picture. It brings its own background, light or dark as the reader's screen is."""
        values = [value for line in self.lines for value in line.values]
        scale = _logarithmic(values) if self.is_logarithmic else _linear(values)
        height = _TOP + _PLOT_HEIGHT + _BELOW + _LEGEND_LINE * ((len(self.lines) + 1) // 2) + 10
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif">',
            _style(),
            f'<rect class="page" width="{_WIDTH}" height="{height}"/>',
            _text(_LEFT, 24, self.title, size=16),
            _text(_LEFT, _TOP - 12, self.up),
            _text((_LEFT + _WIDTH - _RIGHT) // 2, _TOP + _PLOT_HEIGHT + 40, self.across, anchor="middle"),
            *self._grid(scale),
            *(self._line(line, scale) for line in self.lines),
            *(self._legend(index, line) for index, line in enumerate(self.lines)),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _x(self, index: int) -> float:
        return _LEFT + index * (_WIDTH - _LEFT - _RIGHT) / max(1, len(self.positions) - 1)

    def _grid(self, scale: _Scale) -> list[str]:
        parts = []
        for value in scale.marks:
            y = scale.y(value)
            parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>')
            parts.append(_text(_LEFT - 8, y + 4, f"{value:,.0f}" if value >= 1 else f"{value:g}", anchor="end"))
        for index, position in enumerate(self.positions):
            anchor = "end" if index == len(self.positions) - 1 else "middle"
            parts.append(_text(self._x(index), _TOP + _PLOT_HEIGHT + 20, f"{position:,}", anchor=anchor))
        return parts

    def _line(self, line: Line, scale: _Scale) -> str:
        points = [(self._x(index), scale.y(value)) for index, value in enumerate(line.values)]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dots = "".join(f'<circle class="{_dot(line)}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points)
        return f'<polyline points="{drawn}" {_stroke(line)}/>{dots}'

    @staticmethod
    def _legend(index: int, line: Line) -> str:
        # Two columns below the chart.
        x = _LEFT + index % 2 * (_WIDTH - _LEFT - _RIGHT) // 2
        y = _TOP + _PLOT_HEIGHT + _BELOW + 10 + index // 2 * _LEGEND_LINE
        return f'<path d="M{x} {y - 4}h36" {_stroke(line)}/>' + _text(x + 44, y, line.title)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where values stand between the lowest line of the grid and the highest."""

    marks: Sequence[float]
    is_logarithmic: bool

    def y(self, value: float) -> float:
        low, high, value = (math.log10(one) if self.is_logarithmic else one
                            for one in (self.marks[0], self.marks[-1], value))  # fmt: skip
        return _TOP + _PLOT_HEIGHT - (value - low) / (high - low) * _PLOT_HEIGHT


def _linear(values: Sequence[float]) -> _Scale:
    step = _step(max(values))
    return _Scale([step * count for count in range(6)], is_logarithmic=False)


def _logarithmic(values: Sequence[float]) -> _Scale:
    """Powers of ten from below the least value to above the greatest; with few of them, what lies between as well."""
    low = math.floor(math.log10(min(values)))
    high = max(low + 1, math.ceil(math.log10(max(values))))
    factors = (1, 2, 5) if high - low <= 2 else (1,)
    marks = [factor * 10.0**power for power in range(low, high) for factor in factors]
    return _Scale([*marks, 10.0**high], is_logarithmic=True)


def _style() -> str:
    def rules(page: str, text: str, grid: str, colours: Sequence[str]) -> str:
        lines = "".join(f".c{number}{{stroke:{colour}}}.d{number}{{fill:{colour}}}"
                        for number, colour in enumerate(colours))  # fmt: skip
        return f".page{{fill:{page}}}text{{fill:{text}}}.grid{{stroke:{grid}}}{lines}"

    light, dark = rules("#fff", "#1f2328", "#ddd", _LIGHT), rules("#0d1117", "#e6edf3", "#30363d", _DARK)
    return f"<style>{light}@media (prefers-color-scheme:dark){{{dark}}}</style>"


def _stroke(line: Line) -> str:
    dashes = ' stroke-dasharray="6 4"' if line.is_dashed else ""
    return f'class="c{line.colour % len(_LIGHT)}" fill="none" stroke-width="2"{dashes}'


def _dot(line: Line) -> str:
    return f"d{line.colour % len(_LIGHT)}"


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 13) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'


def _step(greatest: float) -> float:
    """The least round number of which five reach the greatest value."""
    step = 1.0
    while True:
        for factor in (1, 2, 3, 4, 5):
            if step * factor * 5 >= greatest:
                return step * factor
        step *= 10
