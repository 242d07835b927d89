"""What kinds of notices authorities send, and by when each is to be answered.

The number of days is a parameter of the pack ``compensation``, with its origin, so a deployment changes it like any
other threshold; which days are worked follows from the pack's table of holidays and the deployment's worked weekends.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from app.values.china_days import ends_at

PACK = "compensation"
FILES_MAX, TITLE_MAX, TEXT_MAX = 10, 300, 20_000
_SATURDAY = 6
_LONGEST = 800


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind. ``parameter`` holds the days; ``is_working``: only worked days count, from the day after receipt."""

    name: str
    title: str
    parameter: str
    is_working: bool
    basis: str


_ALL = (
    NoticeKind("assistance", "协查通知", "notice_assistance_days", True, "文书未写明期限时的内部时限"),
    NoticeKind("complaint_12315", "12315投诉", "notice_complaint_days", True, "12315平台在线消费纠纷解决时限"),
    NoticeKind(
        "report_12315", "12315举报核查", "notice_report_days", True, "市场监督管理投诉举报处理暂行办法第三十一条"
    ),
    NoticeKind("rectification", "责令改正通知", "notice_rectification_days", True, "文书未写明期限时的内部时限"),
    NoticeKind(
        "penalty_notice",
        "行政处罚告知",
        "notice_hearing_days",
        True,
        "市场监督管理行政处罚程序规定（陈述、申辩、听证）",
    ),
    NoticeKind("penalty", "行政处罚决定", "notice_penalty_days", False, "行政处罚法第六十七条（缴纳罚款）"),
    NoticeKind("court", "法院协助或调查", "notice_court_days", True, "文书未写明期限时的内部时限"),
    NoticeKind("other", "其他来函", "notice_other_days", True, "内部时限"),
)
KINDS: Mapping[str, NoticeKind] = MappingProxyType({kind.name: kind for kind in _ALL})


def due_after(
    received_on: date, days: int, *, is_working: bool, holidays: Collection[date], worked: Collection[date]
) -> datetime:
    """The end of the last day, in China; the day of receipt does not count, a last day off moves on."""
    day, left = received_on, days
    for _ in range(_LONGEST):
        if left <= 0 and _is_worked(day, holidays, worked):
            break
        day += timedelta(days=1)
        left -= 1 if not is_working or _is_worked(day, holidays, worked) else 0
    return ends_at(day)


def _is_worked(day: date, holidays: Collection[date], worked: Collection[date]) -> bool:
    return day in worked or (day.isoweekday() < _SATURDAY and day not in holidays)
