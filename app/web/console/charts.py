"""A line of values over days as the points of an SVG: drawn by the server, styled by the stylesheet, a table behind.

Our own few lines instead of a library, because the pages' policy allows no inline style, which chart libraries write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 14, 24


@dataclass(frozen=True, slots=True)
class Point:
    """One value at its place."""

    x: float
    y: float
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A line, the area below it, and its extremes."""

    points: tuple[Point, ...]
    line: str
    area: str
    low: int
    high: int
    base_y: float
    marks: tuple[Point, ...] = ()


def line_chart(
    values: Sequence[tuple[str, int]], *, top: int = 0, marks: Sequence[tuple[str, int]] = ()
) -> Chart | None:
    """Points of at least one value; the scale begins at zero, so that a small change does not look like a fall.

    It reaches to ``top`` at least; ``marks`` are values to draw a line across at.
    """
    if not values:
        return None
    low, high = min(value for _, value in values), max(value for _, value in values)
    top, bottom = max(high, top, *(value for _, value in marks), 0), min(low, 0)
    span = (top - bottom) or 1
    step = (WIDTH - _LEFT - _RIGHT) / max(len(values) - 1, 1)
    inner = HEIGHT - _TOP - _BOTTOM
    points = tuple(
        Point(round(_LEFT + number * step, 1), round(_TOP + (top - value) / span * inner, 1), label, value)
        for number, (label, value) in enumerate(values)
    )
    base_y = round(_TOP + top / span * inner, 1)
    line = " ".join(f"{point.x},{point.y}" for point in points)
    area = f"{points[0].x},{base_y} {line} {points[-1].x},{base_y}"
    across = tuple(
        Point(float(_LEFT), round(_TOP + (top - value) / span * inner, 1), label, value) for label, value in marks
    )
    return Chart(points, line, area, low, high, base_y, across)
