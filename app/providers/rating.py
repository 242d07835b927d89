"""Rating a service provider from its finished work; pure, so that every figure can be checked by hand.

Service is the average of what clients gave, fulfilment the share of promised work done in time, innovation the average
of what was judged new; all 0 to 100 and rounded down. The score weighs them. Work without a judgement counts for the
dimensions that it does say something about, and the sample is the smaller of judged and promised work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

ONE = 10_000
GRADES = ("A", "B", "C", "D")
_DIMENSIONS = (("service_score", "服务"), ("fulfilment_score", "履约"), ("innovation_score", "创新"))


@dataclass(frozen=True, slots=True)
class Terms:
    """The parameters that hold for the shop."""

    window_days: int
    min_count: int
    age_days: int
    service_weight_bp: int
    fulfilment_weight_bp: int
    innovation_weight_bp: int
    grade_a_score: int
    grade_b_score: int
    grade_c_score: int
    appeal_days: int
    appeal_answer_days: int
    violation_days: int


@dataclass(frozen=True, slots=True)
class Work:
    """What a provider did in the window: jobs counted, and sums of what was said of them."""

    provider_id: str
    judged_count: int
    judged_sum: int
    promised_count: int
    timely_count: int
    novel_count: int
    novel_sum: int
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rated:
    """A provider's scores; ``score`` and ``grade`` are None while a dimension is missing."""

    provider_id: str
    service_score: int | None
    fulfilment_score: int | None
    innovation_score: int | None
    sample_count: int
    newest_at: datetime | None
    score: int | None
    grade: str | None

    def lacks(self, terms: Terms, *, now: datetime) -> bool:
        """Whether dimensions, sample or age forbid that it holds."""
        is_old = self.newest_at is None or now > self.newest_at + timedelta(days=terms.age_days)
        return self.score is None or self.sample_count < terms.min_count or is_old

    def told(self, grade_before: str | None) -> str:
        """What the provider is told: its figures, and how the grade changed."""
        said = [
            f"{title} {'未知' if getattr(self, name) is None else getattr(self, name)} 分"
            for name, title in _DIMENSIONS
        ]
        whole = "总分无法得出" if self.score is None else f"按权重合计 {self.score} 分"
        change = f"，等级由 {grade_before} 变为 {self.grade}" if grade_before and grade_before != self.grade else ""
        level = f"，评为 {self.grade} 级" if self.grade and not change else ""
        return f"{'、'.join(said)}，{whole}{level}{change}；依据 {self.sample_count} 份服务单"


def rate(work: Work, terms: Terms) -> Rated:
    """The scores of one provider."""
    service = _average(work.judged_sum, work.judged_count)
    fulfilment = _average(work.timely_count * 100, work.promised_count)
    innovation = _average(work.novel_sum, work.novel_count)
    sample = min(work.judged_count, work.promised_count)
    score = None
    if service is not None and fulfilment is not None and innovation is not None:
        weighed = service * terms.service_weight_bp + fulfilment * terms.fulfilment_weight_bp
        score = (weighed + innovation * terms.innovation_weight_bp) // ONE
    grade = None if score is None else grade_of(score, terms)
    return Rated(work.provider_id, service, fulfilment, innovation, sample, work.newest_at, score, grade)


def grade_of(score: int, terms: Terms) -> str:
    """A, B, C or D; a score at a border has the better grade."""
    borders = (terms.grade_a_score, terms.grade_b_score, terms.grade_c_score)
    return GRADES[sum(score < border for border in borders)]


def _average(total: int, count: int) -> int | None:
    return total // count if count else None
