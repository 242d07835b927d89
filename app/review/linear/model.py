"""A trained model: a weight for each place, and how its sums are read as a chance that officers would object.

As bytes it is a line of JSON and the weights that are not zero; its name is the hash of these bytes. Nothing in it can
be executed, and bytes that do not fit their name or their head are refused.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from app.errors import AppError
from app.review.linear.features import BITS, RUNS, places_of, runs_of

_FORMAT = 1
_SHOWN, _LEAST_SHARE = 3, 0.02
NEVER_BP = 10_001


class BrokenModel(AppError):
    """Stored bytes that are no model, or not the one they are said to be."""

    code = "broken_model"
    status = 500
    title = "A stored model is damaged"


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """``slope`` and ``offset`` turn a sum into a chance; above ``high_bp`` it objects, up to ``low_bp`` it does not."""

    weights: NDArray[np.float32]
    slope: float
    offset: float
    low_bp: int = -1
    high_bp: int = NEVER_BP

    def sum_of(self, text: str) -> float:
        """The plain sum, before it is read as a chance; long and short texts are comparable."""
        places = places_of(text)
        return float(self.weights[places].sum() / math.sqrt(places.size)) if places.size else 0.0

    def chance_bp(self, text: str) -> int:
        """The chance in basis points that officers would object to a text."""
        return round(chance(self.slope * self.sum_of(text) + self.offset) * 10_000)

    def reasons(self, text: str) -> tuple[str, ...]:
        """The few runs that weigh most against a text, none inside another."""
        found: list[tuple[float, int, int]] = []
        for length in RUNS[1:]:
            weights = self.weights[runs_of(text, length).astype(np.intp)]
            found += [(float(weight), at, at + length) for at, weight in enumerate(weights) if weight > _LEAST_SHARE]
        taken: list[tuple[int, int]] = []
        for _, start, end in sorted(found, reverse=True):
            if len(taken) < _SHOWN and all(end <= other[0] or start >= other[1] for other in taken):
                taken.append((start, end))
        return tuple(dict.fromkeys(text[start:end] for start, end in sorted(taken)))

    def as_bytes(self) -> bytes:
        """The model as it is stored; the same model always gives the same bytes."""
        [places] = np.nonzero(self.weights)
        head = {
            "format": _FORMAT,
            "bits": BITS,
            "runs": list(RUNS),
            "slope": self.slope,
            "offset": self.offset,
            "low_bp": self.low_bp,
            "high_bp": self.high_bp,
            "count": len(places),
        }
        body = places.astype("<u4").tobytes() + self.weights[places].astype("<f4").tobytes()
        return orjson.dumps(head, option=orjson.OPT_SORT_KEYS) + b"\n" + zlib.compress(body, 6)


def name_of(body: bytes) -> str:
    """What a model is called: the hash of its bytes."""
    return "sha256:" + hashlib.sha256(body).hexdigest()


def read_model(body: bytes, *, expected: str) -> LinearModel:
    """The model in some bytes; raises BrokenModel where they are not the expected ones, or none of ours."""
    if name_of(body) != expected:
        raise BrokenModel(f"the bytes are not those of {expected}")
    try:
        line, _, packed = body.partition(b"\n")
        head: dict[str, Any] = orjson.loads(line)
        if (head["format"], head["bits"], head["runs"]) != (_FORMAT, BITS, list(RUNS)):
            raise BrokenModel("the model was made for other features")
        count = int(head["count"])
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(packed, 8 * 2**BITS + 1)
        if not unpacking.eof or count < 0 or len(plain) != 8 * count:
            raise BrokenModel("the model's weights are cut off")
        places, values = np.frombuffer(plain[: 4 * count], "<u4"), np.frombuffer(plain[4 * count :], "<f4")
        if count and int(places.max()) >= 2**BITS:
            raise BrokenModel("a weight lies outside the model")
        weights = np.zeros(2**BITS, np.float32)
        weights[places] = values
        return LinearModel(weights, head["slope"], head["offset"], head["low_bp"], head["high_bp"])
    except (orjson.JSONDecodeError, zlib.error, KeyError, TypeError, ValueError) as error:
        raise BrokenModel(f"the bytes are no model: {type(error).__name__}") from None


def chance(value: float) -> float:
    """The logistic function, safe at both ends."""
    if value >= 0:
        return 1 / (1 + math.exp(-min(value, 700)))
    return math.exp(max(value, -700)) / (1 + math.exp(max(value, -700)))
