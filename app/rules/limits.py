"""What holds a live rule back without changing its text: a share of subjects, and a breaker that has tripped.

Both are decided after the evaluators have answered, from the rule's id and the subject's key alone, so they are the
same whichever evaluator answered, in every process, and again when yesterday is replayed.

What would surprise: a share is one-sided. Raising it only adds subjects, so nobody falls out of a trial that grows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from app.values.deciding import Firing, Verdict, hardest

HARD_VERDICTS = frozenset({Verdict.HOLD, Verdict.BLOCK})
HARD_EFFECTS = frozenset({"compensate", "recover", "freeze"})
OUTSIDE_SHARE = "share"
TRIPPED = "tripped"
_ONE = 10_000


@dataclass(frozen=True, slots=True)
class Share:
    """For which part of all subjects a live rule acts, in basis points; for the others it is a shadow."""

    bp: int
    by: str = "subject"


@dataclass(frozen=True, slots=True)
class Band:
    """Between which firing rates a rule is believed, in basis points of ``window``'s evaluations."""

    window: timedelta
    min_evaluations: int
    low_bp: int
    high_bp: int

    def holds(self, *, fired: int, evaluated: int) -> bool:
        """Whether the rate is in the band, or too little was evaluated to say."""
        if evaluated < self.min_evaluations:
            return True
        return self.low_bp * evaluated <= fired * _ONE <= self.high_bp * evaluated


def is_in_share(rule_id: str, subject: str | None, bp: int) -> bool:
    """Whether a rule acts for a subject: always the same answer, and independent between rules.

    The first 64 bits of SHA-256 over both, modulo 10,000, lie under ``bp``. Without a subject nobody can be on a side,
    so only a whole share acts.
    """
    if bp >= _ONE:
        return True
    if subject is None:
        return False
    digest = hashlib.sha256(f"{rule_id}\x1f{subject}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8]) % _ONE < bp


def limited(firing: Firing, share: Share | None, *, subject: str | None, tripped: Collection[str]) -> Firing:
    """The firing as it may act; ``limited_by`` says what held it back.

    Outside the share it is a shadow. A tripped rule's block or hold is a review, and what it would pay waits.
    """
    if firing.shadow:
        return firing
    if share is not None and not is_in_share(firing.rule, subject, share.bp):
        return replace(firing, shadow=True, limited_by=(OUTSIDE_SHARE,))
    if firing.rule not in tripped:
        return firing
    pays = any(verb in HARD_EFFECTS for effect in firing.effects for verb in effect)
    if firing.decision not in HARD_VERDICTS and not pays:
        return firing
    milder = Verdict.REVIEW if firing.decision in HARD_VERDICTS else hardest([firing.decision, Verdict.REVIEW])
    held = tuple(
        {**effect, TRIPPED: True} if any(verb in HARD_EFFECTS for verb in effect) else effect
        for effect in firing.effects
    )
    return replace(firing, decision=milder, effects=held, limited_by=(TRIPPED,))
