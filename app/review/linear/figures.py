"""How good a model's chances are: by order (AUC), by value (Brier, calibration error), and where it would speak up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_ONE = 10_000
_BINS = 10
AUC_BP, BRIER_WORSE_BP = 7_500, 100
"""What a model has to reach, and by how much it may be worse than the one in use."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Figures over decisions a model had not seen, in basis points; None where there was nothing to divide by.

    ``brier_base_bp`` is the Brier score of always saying the share of objections. ``coverage_bp`` is the share the
    model has an opinion on; precision and recall are of its objections, ``missed_bp`` of what it would let be.
    """

    count: int
    objected_count: int
    auc_bp: int | None
    brier_bp: int
    brier_base_bp: int
    ece_bp: int
    coverage_bp: int
    precision_bp: int | None
    recall_bp: int | None
    missed_bp: int | None

    def why_not(self, before: Trial | None) -> str | None:
        """Why a model with this trial is not taken into use; None when it may be. ``before``: the one in use."""
        if self.auc_bp is None:
            return "one_sided"
        if self.auc_bp < AUC_BP:
            return "weak"
        if self.brier_bp >= self.brier_base_bp:
            return "uncalibrated"
        if before is not None and self.brier_bp > before.brier_bp + BRIER_WORSE_BP:
            return "worse"
        return None

    def answer(self) -> dict[str, int | None]:
        """As plain data."""
        return {name: getattr(self, name) for name in self.__slots__}


def trial_of(chances_bp: Sequence[int], objected: Sequence[bool], *, low_bp: int, high_bp: int) -> Trial:
    """The figures of some chances against what officers decided."""
    count, positives = len(objected), sum(objected)
    share = positives * _ONE // count if count else 0
    against = [right for value, right in zip(chances_bp, objected, strict=True) if value >= high_bp]
    let_be = [right for value, right in zip(chances_bp, objected, strict=True) if value <= low_bp]
    return Trial(
        count=count,
        objected_count=positives,
        auc_bp=auc_bp(chances_bp, objected),
        brier_bp=_brier_bp(chances_bp, objected),
        brier_base_bp=_brier_bp([share] * count, objected),
        ece_bp=ece_bp(chances_bp, objected),
        coverage_bp=(len(against) + len(let_be)) * _ONE // count if count else 0,
        precision_bp=sum(against) * _ONE // len(against) if against else None,
        recall_bp=sum(against) * _ONE // positives if positives else None,
        missed_bp=sum(let_be) * _ONE // len(let_be) if let_be else None,
    )


def auc_bp(chances_bp: Sequence[int], objected: Sequence[bool]) -> int | None:
    """How often an objected text stands above one let be, equals counting half (Mann-Whitney); None for one kind."""
    positives = sum(objected)
    negatives = len(objected) - positives
    if not positives or not negatives:
        return None
    pairs = sorted(zip(chances_bp, objected, strict=True))
    below, doubled, at = 0, 0, 0
    while at < len(pairs):
        end = at
        while end < len(pairs) and pairs[end][0] == pairs[at][0]:
            end += 1
        right = sum(is_objected for _, is_objected in pairs[at:end])
        doubled += right * (2 * below + (end - at - right))
        below += end - at - right
        at = end
    return doubled * _ONE // (2 * positives * negatives)


def ece_bp(chances_bp: Sequence[int], objected: Sequence[bool]) -> int:
    """Expected calibration error over ten bins: by how much what was said and what was decided differ."""
    bins: list[list[tuple[int, bool]]] = [[] for _ in range(_BINS)]
    for value, is_objected in zip(chances_bp, objected, strict=True):
        bins[min(value * _BINS // _ONE, _BINS - 1)].append((value, is_objected))
    gaps = sum(abs(sum(value for value, _ in each) - _ONE * sum(right for _, right in each)) for each in bins)
    return gaps // len(objected) if objected else 0


def _brier_bp(chances_bp: Sequence[int], objected: Sequence[bool]) -> int:
    squares = sum((value - _ONE * right) ** 2 for value, right in zip(chances_bp, objected, strict=True))
    return squares // (_ONE * len(objected)) if objected else 0
