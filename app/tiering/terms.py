"""By which windows, bounds and scores customers are put into segments: the parameters of the pack ``tiering``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import timedelta
from enum import StrEnum

import orjson

from app.errors import InvalidInput, NotReady, Problem
from app.values.policy import Policy

PACK = "tiering"
WINDOWS = ("spend_window_days", "activity_window_days", "followed_window_days")


class Segment(StrEnum):
    """Where a customer stands. ``unknown``: what decides it was never told; ``none``: in none of the three."""

    HIGH = "high"
    POTENTIAL = "potential"
    NEW = "new"
    NONE = "none"
    UNKNOWN = "unknown"


TARGETED = (Segment.HIGH, Segment.POTENTIAL, Segment.NEW)
TITLES: Mapping[str, str] = {
    Segment.HIGH: "高价值用户",
    Segment.POTENTIAL: "潜力用户",
    Segment.NEW: "新晋用户",
    Segment.NONE: "未入层",
    Segment.UNKNOWN: "资料不足",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers that hold; each is a parameter of the pack of the same name. ``x_5`` is the bound of the score 5."""

    spend_window_days: int
    month_days: int
    activity_window_days: int
    followed_window_days: int
    high_monthly_fen: int
    high_brand_count: int
    potential_monthly_fen: int
    potential_interaction_count: int
    new_first_order_rate_bp: int
    new_browse_seconds: int
    recency_5_days: int
    recency_4_days: int
    recency_3_days: int
    recency_2_days: int
    frequency_5_count: int
    frequency_4_count: int
    frequency_3_count: int
    frequency_2_count: int
    monetary_5_fen: int
    monetary_4_fen: int
    monetary_3_fen: int
    monetary_2_fen: int

    @property
    def spend_window(self) -> timedelta:
        """How far back orders count as spend."""
        return timedelta(days=self.spend_window_days)

    @property
    def activity_window(self) -> timedelta:
        """How far back visits and interactions count, and how long a customer is a newcomer."""
        return timedelta(days=self.activity_window_days)

    @property
    def followed_window(self) -> timedelta:
        """How long a number of followed accounts is believed."""
        return timedelta(days=self.followed_window_days)

    @property
    def digest(self) -> str:
        """The same for the same numbers."""
        return "sha256:" + hashlib.sha256(orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)).hexdigest()

    def scores(self, name: str) -> tuple[int, int, int, int]:
        """The bounds of 5, 4, 3 and 2 of ``recency``, ``frequency`` or ``monetary``."""
        found = {field.name.rpartition("_")[0]: getattr(self, field.name) for field in fields(self)}
        return tuple(found[f"{name}_{score}"] for score in (5, 4, 3, 2))


NAMES = tuple(field.name for field in fields(Terms))


def terms_of(policy: Policy) -> Terms:
    """The terms that hold for a shop; raises NotReady where the pack is not in force."""
    found = {name: policy.count(f"{PACK}.{name}") for name in NAMES}
    missing = sorted(name for name, value in found.items() if value is None)
    if missing:
        raise NotReady(f"the rules in force have no pack {PACK} with {', '.join(missing)}")
    return checked(Terms(**{name: value for name, value in found.items() if value is not None}))


def changed(terms: Terms, values: Mapping[str, int]) -> Terms:
    """The terms with other numbers; raises InvalidInput for a name that is none or a number out of place."""
    problems = [
        Problem(f"parameters.{name}", "is no parameter of tiering", ", ".join(NAMES))
        for name in values.keys() - {*NAMES}
    ]
    if problems:
        raise InvalidInput("the parameters are wrong", problems=sorted(problems, key=lambda each: each.field))
    return checked(replace(terms, **dict(values)))


def checked(terms: Terms) -> Terms:
    """The terms, whose bounds must be in their order; raises InvalidInput naming each that is not."""
    problems = [
        Problem(f"parameters.{name}", f"is {value}", "a whole number of at least 1")
        for name, value in asdict(terms).items()
        if value < 1
    ]
    if terms.potential_monthly_fen >= terms.high_monthly_fen:
        problems.append(Problem("parameters.potential_monthly_fen", "is not below high_monthly_fen", "less than that"))
    for name, is_rising in (("recency", True), ("frequency", False), ("monetary", False)):
        bounds = terms.scores(name)
        if list(bounds) != sorted(set(bounds), reverse=not is_rising):
            order = "5 < 4 < 3 < 2" if is_rising else "5 > 4 > 3 > 2"
            problems.append(
                Problem(f"parameters.{name}_*", f"are {', '.join(map(str, bounds))}", f"bounds with {order}")
            )
    if problems:
        raise InvalidInput("the parameters of tiering do not fit together", problems=problems)
    return terms
