"""Scoring a content: its texts measured in three dimensions, weighed by the pack's parameters, judged by its rules.

texts ─ quality_of ─┬─ info, emotion, guide ─ weights of the shop ─ score (None where a dimension is missing)
                    └─ content.score facts ─ Engine.evaluate ─ firings
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.rules.engine import Engine, Evaluation
from app.text.passage import TextField
from app.text.personal_data import without_personal
from app.text.quality import Feature, Quality, quality_of
from app.values.deciding import Hit, Verdict
from app.values.rule_scope import RuleScope
from app.values.sign_off import NOTHING_SIGNED, SignOffs

KIND = "content.score"
_FORCED = "forced_following"
_DIMENSIONS = ("info", "emotion", "guide")
_TITLES = {"info": "信息密度", "emotion": "情绪感染力", "guide": "互动引导"}
_MOST_HINTS = 5


@dataclass(frozen=True, slots=True)
class Scored:
    """The quality, its weighed sum (None: a dimension is missing), the weights, and what the rules say of it."""

    quality: Quality
    score: int | None
    weights: tuple[int, int, int]
    grade: str | None
    evaluation: Evaluation

    def answer(self) -> dict[str, Any]:
        """As plain JSON; quoted words are starred where they are personal."""
        quality = self.quality
        dimensions = dict(zip(_DIMENSIONS, (quality.info, quality.emotion, quality.guide), strict=True))
        return {
            "score": self.score,
            "grade": self.grade,
            "dimensions": [
                {
                    "name": name,
                    "title": _TITLES[name],
                    "score": dimensions[name],
                    "weight": weight,
                    "features": [_feature(each) for each in quality.features if each.dimension == name],
                }
                for name, weight in zip(_DIMENSIONS, self.weights, strict=True)
            ],
            "fear": [without_personal(each) for each in quality.fear],
            "induced": [without_personal(each) for each in quality.induced],
            "hints": list(quality.hints[:_MOST_HINTS]),
        }


def score_texts(
    engine: Engine,
    texts: Sequence[TextField],
    *,
    hits: Sequence[Hit],
    scope: RuleScope,
    now: datetime,
    sign_offs: SignOffs = NOTHING_SIGNED,
    tripped: Collection[str] = (),
) -> Scored:
    """Score the texts; ``hits`` are the listed words found in them."""
    forced = [hit.text for hit in hits if hit.category == _FORCED and hit.verdict is not Verdict.PASS]
    quality = quality_of(texts, forced=forced)
    policy = engine.policy(scope)
    weights = tuple(policy.count(f"content.score_{name}_weight") or 0 for name in _DIMENSIONS)
    facts = {
        "info_score": quality.info,
        "emotion_score": quality.emotion,
        "guide_score": quality.guide,
        "fear_count": len(quality.fear),
        "induced_count": len(quality.induced),
    }
    evaluation = engine.evaluate(KIND, facts, now=now, scope=scope, sign_offs=sign_offs, tripped=tripped)
    score = _weighed((quality.info, quality.emotion, quality.guide), weights)
    least, high = policy.count("content.score_pass"), policy.count("content.score_excellent")
    return Scored(quality, score, (weights[0], weights[1], weights[2]), _grade(score, least, high), evaluation)


def _weighed(dimensions: Sequence[int | None], weights: Sequence[int]) -> int | None:
    told = [each for each in dimensions if each is not None]
    if len(told) < len(dimensions) or not sum(weights):
        return None
    return sum(value * weight for value, weight in zip(told, weights, strict=True)) // sum(weights)


def _grade(score: int | None, least: int | None, high: int | None) -> str | None:
    if score is None or least is None or high is None:
        return None
    return "excellent" if score >= high else "passable" if score >= least else "poor"


def _feature(feature: Feature) -> dict[str, Any]:
    return {
        "name": feature.name,
        "title": feature.title,
        "count": feature.count,
        "points": feature.points,
        "most": feature.most,
        "hint": feature.hint or None,
    }
