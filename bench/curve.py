"""A chart of lines as SVG, over a logarithmic axis of sizes.

The rule of this file: it measures nothing, and knows nothing of what was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 860, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 50, 170
_COLOURS = ("#0b6e99", "#c1440e", "#3f7d20", "#7a3e9d")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart: a value for each position on its axis."""

    title: str
    values: Sequence[float]
    colour: int
    """Lines that belong together have one colour."""
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over positions that are spaced evenly, as powers of ten on a logarithmic axis are. Values start at zero."""

    title: str
    across: str
    up: str
    positions: Sequence[int]
    lines: Sequence[Line]

    def svg(self) -> str:
        """The picture. It brings its own background, so that it can be read on a dark page too."""
        top = _step(max(max(line.values) for line in self.lines)) * 5
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">',
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
            _text(_LEFT, 28, self.title, size=16),
            _text(_LEFT - 50, _TOP - 6, self.up),
            _text((_LEFT + _WIDTH - _RIGHT) // 2, _HEIGHT - _BOTTOM + 40, self.across, anchor="middle"),
            *self._grid(top),
            *(self._line(line, top) for line in self.lines),
            *(self._legend(index, line) for index, line in enumerate(self.lines)),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _x(self, index: int) -> float:
        return _LEFT + index * (_WIDTH - _LEFT - _RIGHT) / max(1, len(self.positions) - 1)

    @staticmethod
    def _y(value: float, top: float) -> float:
        return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)

    def _grid(self, top: float) -> list[str]:
        parts = []
        for share in range(6):
            value = top * share / 5
            y = self._y(value, top)
            parts.append(f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>')
            parts.append(_text(_LEFT - 8, y + 4, f"{value:,.0f}", anchor="end"))
        for index, position in enumerate(self.positions):
            anchor = "end" if index == len(self.positions) - 1 else "middle"
            parts.append(_text(self._x(index), _HEIGHT - _BOTTOM + 20, f"{position:,}", anchor=anchor))
        return parts

    def _line(self, line: Line, top: float) -> str:
        points = " ".join(f"{self._x(index):.1f},{self._y(value, top):.1f}" for index, value in enumerate(line.values))
        return f'<polyline points="{points}" {_stroke(line)}/>'

    def _legend(self, index: int, line: Line) -> str:
        # Two columns below the chart.
        x = _LEFT + index % 2 * (_WIDTH - _LEFT - _RIGHT) // 2
        y = _HEIGHT - _BOTTOM + 70 + index // 2 * 24
        return f'<path d="M{x} {y - 4}h36" {_stroke(line)}/>' + _text(x + 44, y, line.title)


def _stroke(line: Line) -> str:
    dashes = ' stroke-dasharray="6 4"' if line.is_dashed else ""
    return f'fill="none" stroke="{_COLOURS[line.colour % len(_COLOURS)]}" stroke-width="2"{dashes}'


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
