"""Finishing a pending screening: ask the reviewers, have the rules hear them, settle the outcome.

screening ─ still the content's newest? ─ reviewers (all at once, outside any transaction) ─ rules, with what they found
   ├ a person is asked for anyway, or all have spoken → outcome, case, webhook
   ├ somebody failed → tried again later          └ the platform sends a result later → looked at again then
After the last try whoever has not spoken is doubt, and doubt goes to a person. A case that words and rules opened does
not wait for any of this; what a reviewer adds later can only make the outcome harder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit, contents, queue
from app.flows.ask_reviewers import RETRIED, ask_reviewers
from app.flows.decide_case import announce_outcome
from app.flows.join_doubts import Doubted, open_or_join
from app.flows.judge_content import Judged, judge_content
from app.flows.parts import Parts
from app.flows.picture_words import keep_hits, with_lines, without_lines
from app.flows.screen_content import REVIEW_JOB, media_doubts
from app.flows.screening_rows import announce_cases, case_row
from app.flows.settle_erased import settle_unreadable
from app.flows.stored_screening import stored_content
from app.flows.wordlist_freshness import STALE_DOUBT, must_wait
from app.models import Case, CaseMember, Content, ReviewerOpinion, Screening, WaitingScreening
from app.models.base import ORG
from app.queue import Claim, finish
from app.review import media_results, opinions
from app.values.content import ContentToScreen
from app.values.deciding import Decision, Verdict, hardest
from app.vault.crypto import SealBroken

_STOPS = frozenset({Verdict.REVIEW, Verdict.BLOCK})
_OURS = frozenset({"screening", "reviewer"})


class StillOut(Exception):
    """A reviewer failed and is to be asked again later."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the reviewers said: who failed and may be asked again, who waits for the platform, who will say nothing."""

    said: Sequence[ReviewerOpinion]
    retried: tuple[str, ...]
    awaited: tuple[str, ...]
    silent: tuple[str, ...]


def review_content(parts: Parts, claim: Claim, *, now: datetime) -> None:
    """Work one claimed review; raises StillOut when it should be tried again."""
    screening_id = claim.payload["screening_id"]
    try:
        to_review = _still_open(parts, screening_id)
    except SealBroken:  # its person was erased before erasing settled what was pending
        parts.db.write(lambda session: _give_up(parts, session, claim, now=now))
        return
    if to_review is None:  # replaced or decided meanwhile: nothing is out any more
        parts.db.write(lambda session: _note_results(session, claim, screening_id, now=now))
        return
    judged = judge_content(parts.live.current, to_review, now=now, tripped=parts.live.tripped)
    is_last = bool(claim.payload.get("is_last"))
    heard = _heard(parts, ask_reviewers(parts, screening_id, to_review, judged, is_last=is_last, now=now))
    judged = _with_opinions(parts, to_review, heard, now=now)
    if judged.decision.decision not in _STOPS:
        if heard.retried and claim.attempt < claim.max_attempts:
            raise StillOut
        if heard.awaited:
            parts.db.write(lambda session: _look_again(session, claim, screening_id, now=now))
            return
    open_ = heard.retried + heard.silent
    doubts = tuple(f"{_title(parts, name)}未给出意见" for name in open_)
    decision = judged.decision
    if doubts:
        verdict = hardest([decision.decision, Verdict.REVIEW])
        decision = replace(decision, decision=verdict, doubts=(*decision.doubts, *doubts))

    def work(session: Session) -> None:
        keep_hits(session, heard.said, to_review, judged)
        settled = replace(judged, decision=decision)
        _settle(parts, session, claim, to_review, settled, awaits=bool(heard.awaited), now=now)

    parts.db.write(work)


def _still_open(parts: Parts, screening_id: str) -> ContentToScreen | None:
    """The content, while this is its newest version and no person has decided it; raises SealBroken."""
    with parts.db.read() as session:
        screening = session.get(Screening, screening_id)
        content = None if screening is None else session.get(Content, screening.content_pk)
        if screening is None or content is None or not _is_open(content, screening_id):
            return None
        return stored_content(parts.people, session, screening, content_id=content.content_id)


def _give_up(parts: Parts, session: Session, claim: Claim, *, now: datetime) -> None:
    if finish(session, claim, now=now):
        settle_unreadable(session, parts, claim.payload["screening_id"], now=now)


def _note_results(session: Session, claim: Claim, screening_id: str, *, now: datetime) -> None:
    """A result that comes after the decision changes nothing, but it is noted beside what the person decided."""
    for row in opinions.of_screening(session, screening_id).values():
        if row.state == opinions.AWAITED:
            media_results.join(session, row, is_last=bool(claim.payload.get("is_last")), now=now)
    finish(session, claim, now=now)


def _is_open(content: Content, screening_id: str) -> bool:
    return content.screening_id == screening_id and (content.status == "pending" or content.outcome_by in _OURS)


def _heard(parts: Parts, said: Sequence[ReviewerOpinion]) -> Heard:
    advising = {each.name for each in parts.reviewers if each.is_advice or each.is_quick}
    counted = [row for row in said if row.reviewer not in advising and not row.is_advice]
    abstained = [row for row in counted if row.state == opinions.ABSTAINED]
    return Heard(
        said=counted,
        retried=tuple(row.reviewer for row in abstained if row.why in RETRIED),
        awaited=tuple(row.reviewer for row in counted if row.state == opinions.AWAITED),
        silent=tuple(row.reviewer for row in abstained if row.why not in RETRIED),
    )


def _with_opinions(parts: Parts, content: ContentToScreen, heard: Heard, *, now: datetime) -> Judged:
    """Judged by rules that know what the reviewers found, and then by the opinions themselves: the hardest wins."""
    found: dict[str, Any] = {}
    for row in heard.said:
        found |= without_lines(row.facts)
    told = replace(with_lines(content, heard.said), facts={**content.facts, **found})
    judged = judge_content(
        parts.live.current, told, now=now, doubts=media_doubts(parts, content), tripped=parts.live.tripped
    )
    given = tuple(opinion for row in heard.said if (opinion := opinions.opinion_of(row)) is not None)
    so_far = [Verdict(row.verdict) for row in heard.said if row.state == opinions.AWAITED and row.verdict]
    verdict = hardest([judged.decision.decision, *(each.verdict for each in given), *so_far])
    return replace(judged, decision=replace(judged.decision, decision=verdict, opinions=given))


def _title(parts: Parts, name: str) -> str:
    return next((each.title for each in parts.reviewers if each.name == name), name)


def _look_again(session: Session, claim: Claim, screening_id: str, *, now: datetime) -> None:
    """Once the time is over in which the platform sends its results; each that comes is looked at before."""
    if finish(session, claim, now=now):
        _add_last_look(session, screening_id, now=now)


def _add_last_look(session: Session, screening_id: str, *, now: datetime) -> None:
    payload = {"screening_id": screening_id, "is_last": True}
    key = f"{REVIEW_JOB}:{screening_id}:last"
    queue.add(
        session,
        kind=REVIEW_JOB,
        payload=payload,
        due_at=now + opinions.WAITS,
        now=now,
        slot_key=key,
        max_attempts=6,
    )


def _settle(
    parts: Parts,
    session: Session,
    claim: Claim,
    of: ContentToScreen,
    judged: Judged,
    *,
    awaits: bool,
    now: datetime,
) -> None:
    decision = judged.decision
    screening_id = claim.payload["screening_id"]
    screening = session.get(Screening, screening_id)
    assert screening is not None, "screenings are kept"
    content = session.get(Content, screening.content_pk, with_for_update=True)
    assert content is not None, "a screening's content is kept"
    if not finish(session, claim, now=now) or not _is_open(content, screening_id):
        return
    if awaits:
        _add_last_look(session, screening_id, now=now)
    if content.status != "pending" and decision.decision.answer.hardness <= Verdict(content.decision).hardness:
        return
    if must_wait(parts, decision, now=now):
        if all(each.verdict is Verdict.PASS for each in decision.opinions):  # by fresh lists the words alone count
            session.add(WaitingScreening(screening_id=screening_id, since=now))
            return
        decision = replace(decision, decision=Verdict.REVIEW, doubts=(*decision.doubts, STALE_DOUBT))
    contents.set_outcome(
        session, content, decision=decision.decision.value, by="reviewer", reason=_why(decision), now=now
    )
    if decision.decision in _STOPS and not _has_case(session, screening_id):
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
            "fired": [firing.rule for firing in decision.firings],
        },
        now=now,
    )


def _has_case(session: Session, screening_id: str) -> bool:
    shown = select(Case.id).where(Case.screening_id == screening_id).limit(1)
    member = select(CaseMember.case_id).where(CaseMember.screening_id == screening_id).limit(1)
    return session.scalar(shown) is not None or session.scalar(member) is not None


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
