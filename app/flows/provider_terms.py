"""The parameters that hold for a shop's service providers, read from the rules in force."""

from __future__ import annotations

from app.errors import NotReady
from app.flows.judge_line import scope_of
from app.flows.parts import Parts
from app.providers.rating import Terms

_NAMES = {
    "window_days": "rating_window_days",
    "min_count": "rating_min_count",
    "age_days": "rating_age_days",
}
_SAME = (
    "service_weight_bp",
    "fulfilment_weight_bp",
    "innovation_weight_bp",
    "grade_a_score",
    "grade_b_score",
    "grade_c_score",
    "appeal_days",
    "appeal_answer_days",
    "violation_days",
)


def provider_terms(parts: Parts, shop_id: str) -> Terms:
    """The terms; raises NotReady where the rules in force lack one of them."""
    policy = parts.live.current.engine.policy(scope_of(shop_id, {}))
    names = _NAMES | {name: name for name in _SAME}
    said = {name: policy.count(f"providers.{parameter}") for name, parameter in names.items()}
    lacking = [names[name] for name, value in said.items() if value is None]
    if lacking:
        raise NotReady(f"the rules in force have no parameter providers.{lacking[0]}: publish the pack `providers`")
    return Terms(**{name: value for name, value in said.items() if value is not None})
