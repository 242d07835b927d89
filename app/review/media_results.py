"""Results of media checks that the platform sends later: kept as they come, and joined to what the reviewer has said.

A result may come before we have noted that we wait for it, several times, or never. What is missing after half an hour
is no pass: the reviewer then has abstained, unless what did come says review or block by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.models import AwaitedCheck, ReviewerOpinion
from app.review import opinions
from app.values.deciding import Verdict, hardest
from app.values.media_check import MediaCheck

VERDICTS = {"pass": Verdict.PASS, "review": Verdict.REVIEW, "risky": Verdict.BLOCK}
_NO_RESULT = -1
_WORST = ("pass", "review", "risky")


def take(session: Session, results: Iterable[MediaCheck], *, reviewer: str, now: datetime) -> list[str]:
    """Keep results; returns the screenings that waited for them. The first result of a check counts."""
    waiting = []
    for each in results:
        row = session.get(AwaitedCheck, each.trace_id, with_for_update=True)
        if row is None:
            row = AwaitedCheck(trace_id=each.trace_id, reviewer=reviewer)
            session.add(row)
        if row.answered_at is not None:
            continue
        row.suggest, row.label, row.errcode, row.answered_at = each.suggest, each.label, each.errcode, now
        if row.screening_id is not None:
            waiting.append(row.screening_id)
    session.flush()
    return waiting


def join(session: Session, row: ReviewerOpinion, *, is_last: bool, now: datetime) -> None:
    """Settle an awaited opinion when every result is there, or the time for them is over."""
    checks = opinions.checks_of(session, row.screening_id, row.reviewer)
    missing = [each for each in checks if each.answered_at is None]
    if missing and not is_last and now - row.asked_at < opinions.WAITS:
        return
    suggest, errcode = _suggest(checks), _errcode(checks)
    row.facts = {**row.facts, "media_check.suggest": suggest, "media_check.errcode": errcode}
    so_far = Verdict(row.verdict) if row.verdict else Verdict.PASS
    verdict = hardest([so_far, VERDICTS[suggest] if suggest else Verdict.PASS])
    row.answered_at = now
    if errcode and verdict is Verdict.PASS:
        row.state, row.verdict, row.score_bp, row.why = opinions.ABSTAINED, None, None, "media_unchecked"
        return
    row.state, row.verdict, row.score_bp = opinions.GIVEN, verdict.value, row.score_bp or 10_000
    labels = sorted(
        {str(each.label) for each in checks if each.label is not None and each.suggest not in {None, "pass"}}
    )
    row.reason = "；".join(part for part in (row.reason, f"媒体检测标签 {'、'.join(labels)}" if labels else "") if part)


def _suggest(checks: Sequence[AwaitedCheck]) -> str | None:
    said = [each.suggest for each in checks if each.suggest in VERDICTS and not each.errcode]
    return max(said, key=_WORST.index, default=None)


def _errcode(checks: Sequence[AwaitedCheck]) -> int:
    """0 where every check came to a conclusion; what is missing or makes no sense counts as -1."""
    codes = [
        _NO_RESULT
        if each.answered_at is None or (not each.errcode and each.suggest not in VERDICTS)
        else each.errcode or 0
        for each in checks
    ]
    return next((code for code in codes if code), 0)
