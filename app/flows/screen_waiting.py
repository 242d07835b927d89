"""Contents that waited for fresh wordlists are screened again by themselves, a portion at a time, without a case each.

fresh? ─ oldest waiting ─ judge (live) ─ one unit of work: outcome, a case only where it is now stopped, told, forgotten
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import audit, contents
from app.flows.decide_case import announce_outcome
from app.flows.judge_content import Judged, judge_content
from app.flows.parts import Parts
from app.flows.review_content import open_case
from app.flows.screen_content import media_doubts
from app.flows.settle_erased import settle_unreadable
from app.flows.stored_screening import stored_content
from app.flows.wordlist_freshness import must_wait
from app.metrics import WAITING_SCREENINGS
from app.models import Content, Screening, WaitingScreening
from app.values.content import ContentToScreen
from app.values.deciding import Verdict
from app.vault.crypto import SealBroken

PORTION = 200


def screen_waiting(parts: Parts, *, now: datetime) -> int:
    """Screen everything that waits, for as long as the lists are fresh; returns how many were settled."""
    settled = 0
    while portion := _portion(parts):
        done = _settle_portion(parts, portion, now=now)
        settled += done
        if done < len(portion):
            break
    with parts.db.read() as session:
        WAITING_SCREENINGS.set(session.scalar(select(func.count()).select_from(WaitingScreening)) or 0)
    return settled


def waiting_count(session: Session) -> int:
    """How many contents wait."""
    return session.scalar(select(func.count()).select_from(WaitingScreening)) or 0


def _portion(parts: Parts) -> list[str]:
    with parts.db.read() as session:
        order = (WaitingScreening.since, WaitingScreening.screening_id)
        return list(session.scalars(select(WaitingScreening.screening_id).order_by(*order).limit(PORTION)))


def _settle_portion(parts: Parts, screening_ids: list[str], *, now: datetime) -> int:
    done = 0
    for screening_id in screening_ids:
        try:
            content = _opened(parts, screening_id)
        except SealBroken:  # its person was erased
            parts.db.write(
                lambda session, of=screening_id: settle_unreadable(session, parts, of, now=now)  # type: ignore[misc]
            )
            done += 1
            continue
        judged = None
        if content is not None:
            doubts = media_doubts(parts, content)
            judged = judge_content(parts.live.current, content, now=now, doubts=doubts, tripped=parts.live.tripped)
            if must_wait(parts, judged.decision, now=now):
                continue
        parts.db.write(
            lambda session, of=screening_id, content=content, judged=judged: _settle(  # type: ignore[misc]
                parts, session, of, content, judged, now=now
            )
        )
        done += 1
    return done


def _opened(parts: Parts, screening_id: str) -> ContentToScreen | None:
    """The content, when this screening is still its newest and nobody has decided it meanwhile; raises SealBroken."""
    with parts.db.read() as session:
        screening = session.get(Screening, screening_id)
        content = None if screening is None else session.get(Content, screening.content_pk)
        if screening is None or content is None or not _is_open(content, screening_id):
            return None
        return stored_content(parts.people, session, screening, content_id=content.content_id)


def _settle(
    parts: Parts,
    session: Session,
    screening_id: str,
    stored: ContentToScreen | None,
    judged: Judged | None,
    *,
    now: datetime,
) -> None:
    gone = session.execute(
        delete(WaitingScreening)
        .where(WaitingScreening.screening_id == screening_id)
        .returning(WaitingScreening.screening_id)
    ).scalar()
    screening = session.get(Screening, screening_id)
    if gone is None or screening is None or judged is None or stored is None:
        return
    content = session.get(Content, screening.content_pk, with_for_update=True)
    if content is None or not _is_open(content, screening_id):
        return
    decision = judged.decision
    contents.set_outcome(session, content, decision=decision.decision.value, by="screening", reason=None, now=now)
    if decision.decision in {Verdict.REVIEW, Verdict.BLOCK}:
        open_case(parts, session, screening, stored, judged, now=now)
    announce_outcome(session, content, now=now)
    details = {"decision": decision.decision.value, "wordlists": parts.live.current.wordlists_id}
    audit.record(
        session,
        actor="system",
        action="content.rescreen",
        object_type="screening",
        object_id=screening_id,
        shop_id=content.shop_id,
        details=details,
        now=now,
    )


def _is_open(content: Content, screening_id: str) -> bool:
    return content.screening_id == screening_id and content.status == "pending"
