"""Training: weights from the older decisions, their reading as chances from the next ones, a trial on the newest.

The split is by time, because what counts is tomorrow's contents; equal texts are one sample, or the trial would be
asked what the training was told. The steps have no chance in them but the order of samples, drawn from a fixed seed:
the same decisions give the same model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from app.review.linear.features import BITS, Places, places_of
from app.review.linear.figures import Trial, trial_of
from app.review.linear.model import NEVER_BP, LinearModel, chance

EPOCHS, RATE, DECAY, SEED = 12, 0.5, 1e-4, 20_260_101
SHARES = (70, 15)
"""Of a hundred samples: to train with, and to calibrate with; the rest, the newest, is the trial's."""
PRECISION_BP, MISSED_BP, LEAST_BEYOND = 9_000, 500, 10
"""What the two bounds promise on the calibration's decisions: of those objected to so many are right, of those let be
at most so many wrong, and at least so many lie beyond a bound."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """A text that officers decided: ``is_objected`` when they did not let it pass."""

    text: str
    is_objected: bool
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Trained:
    """The model with its trial; ``incumbent`` is how the model in use fared on the same decisions."""

    model: LinearModel
    trial: Trial
    trained_count: int
    calibrated_count: int
    incumbent: Trial | None


def split(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample], list[Sample]]:
    """Oldest, next and newest samples; of equal texts the newest decision counts."""
    newest = {each.text: each for each in sorted(samples, key=lambda each: (each.decided_at, each.text))}
    ordered = sorted(newest.values(), key=lambda each: (each.decided_at, each.text))
    first = len(ordered) * SHARES[0] // 100
    second = len(ordered) * sum(SHARES) // 100
    return ordered[:first], ordered[first:second], ordered[second:]


def train(samples: Sequence[Sample], *, incumbent: LinearModel | None = None) -> Trained:
    """A model and its trial; ``check_enough`` has said before that there are enough samples."""
    older, next_, newest = split(samples)
    weights = _weights(older)
    raw = LinearModel(weights, 1.0, 0.0)
    sums = np.array([raw.sum_of(each.text) for each in next_])
    objected = np.array([each.is_objected for each in next_], np.float64)
    slope, offset = calibrate(sums, objected)
    chances = [round(chance(slope * each + offset) * 10_000) for each in sums]
    low_bp, high_bp = bounds(chances, [each.is_objected for each in next_])
    model = replace(raw, slope=slope, offset=offset, low_bp=low_bp, high_bp=high_bp)
    before = _tried(incumbent, newest) if incumbent else None
    return Trained(model, _tried(model, newest), len(older), len(next_), before)


def calibrate(sums: Floats, objected: Floats) -> tuple[float, float]:
    """Slope and offset that make chances of sums (Platt 1999, with his softened targets; Newton's steps)."""
    positives = float(objected.sum())
    negatives = len(objected) - positives
    target = np.where(objected > 0, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    slope, offset = 1.0, 0.0
    for _ in range(50):
        said = 1 / (1 + np.exp(-np.clip(slope * sums + offset, -50, 50)))
        off, spread = said - target, np.maximum(said * (1 - said), 1e-9)
        gradient = np.array([(off * sums).sum() + 1e-6 * slope, off.sum()])
        cross = (spread * sums).sum()
        curve = np.array([[(spread * sums * sums).sum() + 1e-6, cross], [cross, spread.sum() + 1e-6]])
        step = np.linalg.solve(curve, gradient)
        slope, offset = slope - float(step[0]), offset - float(step[1])
        if float(np.abs(step).max()) < 1e-8:  # noqa: PLR2004 - no longer moving
            break
    return slope, offset


def bounds(chances_bp: Sequence[int], objected: Sequence[bool]) -> tuple[int, int]:
    """Up to which chance the model lets be and from which it objects; between the two it abstains.

    A bound that cannot keep its promise is out of reach. They never cross.
    """
    pairs = sorted(zip(chances_bp, objected, strict=True))
    high_bp = NEVER_BP
    right = 0
    for count, (value, is_objected) in enumerate(reversed(pairs), start=1):
        right += is_objected
        is_edge = count == len(pairs) or pairs[len(pairs) - count - 1][0] != value
        if is_edge and count >= LEAST_BEYOND and right * 10_000 >= PRECISION_BP * count:
            high_bp = value
    low_bp = -1
    wrong = 0
    for count, (value, is_objected) in enumerate(pairs, start=1):
        wrong += is_objected
        is_edge = count == len(pairs) or pairs[count][0] != value
        if is_edge and value < high_bp and count >= LEAST_BEYOND and wrong * 10_000 <= MISSED_BP * count:
            low_bp = value
    return low_bp, high_bp


def _weights(samples: Sequence[Sample]) -> NDArray[np.float32]:
    """Logistic regression by AdaGrad: places that are seen rarely keep learning fast."""
    order = np.random.default_rng(SEED)
    rows: list[tuple[Places, float, float]] = []
    for each in samples:
        places = places_of(each.text)
        if places.size:
            rows.append((places, 1 / float(np.sqrt(places.size)), float(each.is_objected)))
    weights, squares = np.zeros(2**BITS), np.full(2**BITS, 1e-3)
    for _ in range(EPOCHS):
        for at in order.permutation(len(rows)):
            places, scale, target = rows[at]
            off = (chance(float(weights[places].sum()) * scale) - target) * scale
            gradient = off + DECAY * weights[places]
            squares[places] += gradient * gradient
            weights[places] -= RATE * gradient / np.sqrt(squares[places])
    return np.where(np.abs(weights) < 1e-4, 0, weights).astype(np.float32)  # noqa: PLR2004 - as good as nothing


def _tried(model: LinearModel, samples: Sequence[Sample]) -> Trial:
    chances = [model.chance_bp(each.text) for each in samples]
    return trial_of(chances, [each.is_objected for each in samples], low_bp=model.low_bp, high_bp=model.high_bp)
