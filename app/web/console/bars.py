"""Stacked bars over hours or days as the rectangles of an SVG, with a scale people can read; a table stands behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 196
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 4, 12, 24
_MOST_LABELS = 7
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Rect:
    """One part of one bar."""

    x: float
    y: float
    width: float
    height: float
    part: str
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across with its value, or a label below."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Bars:
    """The rectangles, the lines across and the labels below."""

    rects: tuple[Rect, ...]
    lines: tuple[Tick, ...]
    labels: tuple[Tick, ...]
    most: int


def stacked(rows: Sequence[tuple[str, Sequence[tuple[str, str, int]]]]) -> Bars | None:
    """Bars of (label, parts from the bottom up as (name, what it is called, value)); None where all is nothing."""
    most = max((sum(value for _, _, value in parts) for _, parts in rows), default=0)
    if most == 0:
        return None
    top = _round_up(most)
    inner, slot = HEIGHT - _TOP - _BOTTOM, (WIDTH - _LEFT - _RIGHT) / len(rows)
    rects: list[Rect] = []
    for number, (label, parts) in enumerate(rows):
        height_below = 0.0
        for part, called, value in parts:
            height = value / top * inner
            if value:
                x, y = _LEFT + number * slot + slot * 0.12, _TOP + inner - height_below - height
                title = f"{label} {called} {value:,}"
                rects.append(Rect(round(x, 1), round(y, 1), round(slot * 0.76, 1), round(height, 1), part, title))
            height_below += height
    every = -(-len(rows) // _MOST_LABELS)
    labels = [
        Tick(round(_LEFT + (number + 0.5) * slot, 1), label)
        for number, (label, _) in enumerate(rows)
        if number % every == 0
    ]
    lines = [Tick(round(_TOP + inner - top * part / 2 / top * inner, 1), f"{top * part // 2:,}") for part in (0, 1, 2)]
    return Bars(tuple(rects), tuple(lines), tuple(labels), most)


def _round_up(most: int) -> int:
    """The next even number of the kind 2, 10, 20, 50, 100 …, so that its half is a whole number too."""
    scale = 1
    while True:
        for step in _STEPS:
            if step * scale >= most and step * scale % 2 == 0:
                return step * scale
        scale *= 10
