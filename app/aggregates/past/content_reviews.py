"""Who looked at a content before it is published: the machine's decision, reviewers' opinions, officers' cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditRow, Case, Content, ReviewerOpinion, Screening
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = (
    "past.content_version_count",
    "past.content_risk_count",
    "past.machine_pass_count",
    "past.human_pass_count",
    "past.own_pass_count",
    "past.ai_opinion_count",
    "past.ai_pass_count",
    "past.ai_block_count",
    "past.ai_open_count",
)
PARAMETERS: tuple[str, ...] = ()
_LOW, _MID, _HIGH = range(3)
_GRAVE = 4
_PASSED = ("pass", "label")


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Of the content's present version; risk and passes are None where it was never screened."""
    del policy
    found = session.execute(
        select(Content, Screening)
        .join(Screening, Screening.id == Content.screening_id)
        .where(Content.shop_id == event.shop_id, Content.content_id == event.subject)
    ).first()
    if found is None:
        return dict.fromkeys(FACTS) | {FACTS[0]: 0}
    content, screening = found
    cases = session.scalars(select(Case).where(Case.screening_id == screening.id)).all()
    passed = [by for case in cases if case.state == "decided" and case.outcome in _PASSED for by in _both(case)]
    submitters = {facts.get("submitted_by"), screening.author_id, _screened_by(session, screening.id)} - {None}
    return {
        FACTS[0]: content.version,
        FACTS[1]: _risk(screening, content, cases),
        FACTS[2]: int(screening.decision != "block" and content.status == "final"),
        FACTS[3]: len(set(passed)),
        FACTS[4]: sum(by in submitters for by in set(passed)),
        **dict(zip(FACTS[5:], _opinions(session, screening.id), strict=True)),
    }


def _both(case: Case) -> list[str | None]:
    """Who passed a case: where two had to, the first as well."""
    is_shared = case.first_by is not None and (case.first or {}).get("outcome") in _PASSED
    return [case.decided_by, *([case.first_by] if is_shared else [])]


def _opinions(session: Session, screening_id: str) -> tuple[int, int, int, int]:
    """Opinions that count, passes and blocks among them, and those still to come."""
    wanted = (ReviewerOpinion.screening_id == screening_id) & ReviewerOpinion.is_advice.is_(False)
    rows = session.execute(select(ReviewerOpinion.state, ReviewerOpinion.verdict).where(wanted)).all()
    given = [verdict for state, verdict in rows if state == "given"]
    passes, blocks = sum(verdict in _PASSED for verdict in given), given.count("block")
    return len(given), passes, blocks, sum(state == "awaited" for state, _ in rows)


def _risk(screening: Screening, content: Content, cases: Any) -> int:
    """High where it was to be blocked or is grave, middle where a person had to look, low where it passed by itself."""
    severity = max((case.severity for case in cases), default=0)
    if screening.decision == "block" or severity >= _GRAVE:
        return _HIGH
    return _MID if screening.decision == "review" or cases or content.status != "final" else _LOW


def _screened_by(session: Session, screening_id: str) -> str | None:
    """Who sent it to be screened, by the audit log."""
    wanted = (AuditRow.object_type == "screening") & (AuditRow.object_id == screening_id)
    return session.scalar(select(AuditRow.actor).where(wanted, AuditRow.action == "content.screen").limit(1))
