"""Finishing a pending screening: ask the reviewers, join their opinions to the stored decision, settle the outcome.

screening ─ still the content's newest? ─ reviewers (outside any transaction) ─ all abstained? → try again later
                                                                              └ else: outcome, case, webhook
After the last try an abstention is doubt, and doubt goes to a person.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import audit, contents
from app.flows.decide_case import announce_outcome
from app.flows.join_doubts import Doubted, open_or_join
from app.flows.judge_content import Judged, judge_content
from app.flows.parts import Parts
from app.flows.screening_rows import announce_cases, case_row
from app.flows.settle_erased import settle_unreadable
from app.flows.stored_screening import stored_content
from app.flows.wordlist_freshness import STALE_DOUBT, must_wait
from app.models import Content, Screening, WaitingScreening
from app.models.base import ORG
from app.queue import Claim, finish
from app.review.backend import Reviewer
from app.values.content import ContentToScreen
from app.values.deciding import Decision, Opinion, Verdict, hardest
from app.vault.crypto import SealBroken


class StillOut(Exception):
    """Every reviewer abstained; ask again later."""


def review_content(parts: Parts, claim: Claim, *, now: datetime) -> None:
    """Work one claimed review; raises StillOut when it should be tried again."""
    screening_id = claim.payload["screening_id"]
    try:
        to_review = _open(parts, screening_id)
    except SealBroken:  # its person was erased before erasing settled what was pending
        parts.db.write(lambda session: _give_up(parts, session, claim, now=now))
        return
    if to_review is None:  # replaced or decided meanwhile: nothing is out any more
        parts.db.write(lambda session: finish(session, claim, now=now))
        return
    opinions = _ask(parts.reviewers, to_review)
    if not opinions and claim.attempt < claim.max_attempts:
        raise StillOut
    judged = judge_content(parts.live.current, to_review, now=now, tripped=parts.live.tripped)
    doubts = () if opinions else ("媒体审核服务未给出意见",)
    verdict = hardest(
        [judged.decision.decision, *(each.verdict for each in opinions), *([Verdict.REVIEW] if doubts else [])]
    )
    decision = replace(judged.decision, decision=verdict, opinions=opinions, doubts=(*judged.decision.doubts, *doubts))
    parts.db.write(
        lambda session: _settle(parts, session, claim, to_review, replace(judged, decision=decision), now=now)
    )


def _open(parts: Parts, screening_id: str) -> ContentToScreen | None:
    """The content, when its review is still wanted; raises SealBroken."""
    with parts.db.read() as session:
        screening = session.get(Screening, screening_id)
        content = None if screening is None else session.get(Content, screening.content_pk)
        if screening is None or content is None or content.screening_id != screening_id or content.status != "pending":
            return None
        return stored_content(parts.people, session, screening, content_id=content.content_id)


def _give_up(parts: Parts, session: Session, claim: Claim, *, now: datetime) -> None:
    if finish(session, claim, now=now):
        settle_unreadable(session, parts, claim.payload["screening_id"], now=now)


def _ask(reviewers: tuple[Reviewer, ...], content: ContentToScreen) -> tuple[Opinion, ...]:
    opinions = (reviewer.review(content) for reviewer in reviewers if reviewer.wants(content))
    return tuple(opinion for opinion in opinions if opinion is not None)


def _settle(
    parts: Parts, session: Session, claim: Claim, of: ContentToScreen, judged: Judged, *, now: datetime
) -> None:
    decision = judged.decision
    screening_id = claim.payload["screening_id"]
    screening = session.get(Screening, screening_id)
    assert screening is not None, "screenings are kept"
    content = session.get(Content, screening.content_pk, with_for_update=True)
    assert content is not None, "a screening's content is kept"
    if not finish(session, claim, now=now) or content.screening_id != screening_id or content.status != "pending":
        return
    if must_wait(parts, decision, now=now):
        if all(each.verdict is Verdict.PASS for each in decision.opinions):  # by fresh lists the words alone count
            session.add(WaitingScreening(screening_id=screening_id, since=now))
            return
        decision = replace(decision, decision=Verdict.REVIEW, doubts=(*decision.doubts, STALE_DOUBT))
    contents.set_outcome(
        session, content, decision=decision.decision.value, by="reviewer", reason=_why(decision), now=now
    )
    if decision.decision in {Verdict.REVIEW, Verdict.BLOCK}:
        open_case(parts, session, screening, of, replace(judged, decision=decision), now=now)
    announce_outcome(session, content, now=now)
    audit.record(
        session,
        actor="system",
        action="content.review",
        object_type="screening",
        object_id=screening_id,
        shop_id=content.shop_id,
        details={
            "decision": decision.decision.value,
            "opinions": [[each.reviewer, each.verdict.value, each.score_bp] for each in decision.opinions],
        },
        now=now,
    )


def open_case(
    parts: Parts, session: Session, screening: Screening, content: ContentToScreen, judged: Judged, *, now: datetime
) -> None:
    """Open the case of a content that was settled after its answer had gone out, or let it join one like it."""
    row: dict[str, Any] = case_row(parts, parts.live.current, judged.decision, now=now) | {
        "org_id": ORG,
        "content_pk": screening.content_pk,
        "screening_id": screening.id,
        "author_id": screening.author_id,
    }
    _, opened = open_or_join(parts, session, Doubted(screening.id, content, judged), row, now=now)
    announce_cases(session, opened)


def _why(decision: Decision) -> str | None:
    reasons = [each.reason for each in decision.opinions if each.reason] or list(decision.doubts)
    return "；".join(reasons)[:2000] or None
