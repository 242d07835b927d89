"""Deciding a case: close it once, make the outcome of every content behind it follow, leave a precedent and strikes.

case (of the caller's shops) ─ may they? ─ still open, theirs or nobody's? ─ two officers? ─ first: waits for the second
   └ decided ─ outcomes of all members ─ words learn ─ precedent ─ strikes ─ audit row ─ outbox
A big cluster's webhooks are told by the worker; outcomes themselves change in the one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import audit, queue
from app.errors import Forbidden, InvalidInput, Problem
from app.flows.case_settings import four_eyes_categories
from app.flows.draw_review import draw_review
from app.flows.parts import Parts
from app.flows.policies import policies_of
from app.flows.settle_tellings import lock_tellings, settle_tellings
from app.flows.train_officer import check_trained
from app.flows.word_feedback import learn_from
from app.models import Case, CaseMember, Content, Wording
from app.outbox.messages import announce, is_heard
from app.review import cases, clusters, marks, precedents, wordings
from app.review.cases import Said
from app.review.claiming import DECIDERS, SENIORS
from app.values.access import Caller

TELL_JOB = "tell_outcomes"
_TOLD_AT_ONCE = 50
_DIGESTS = 200


def decide_case(parts: Parts, case_id: str, said: Said, *, caller: Caller, now: datetime) -> Case:
    """Decide ``pass``, ``label``, ``block`` or ``return`` with a reason.

    Raises:
        NotFound: no such case in the caller's shops.
        Forbidden: not their queue, or they gave the first of two decisions.
        Conflict: somebody was faster, has the case, or changed it.
        InvalidInput: unknown outcome or policy, no reason.
    """
    return parts.db.write(lambda session: decide_in(parts, session, case_id, said, caller=caller, now=now))


def decide_in(
    parts: Parts, session: Session, case_id: str, said: Said, *, caller: Caller, now: datetime, bulk: str | None = None
) -> Case:
    """The same within a unit of work that does more."""
    case = cases.find(session, case_id, caller=caller)
    check_may_decide(case, caller)
    check_trained(parts, session, caller)
    said = _with_policy(parts, session, case, said)
    lock_tellings(session, case)
    how = cases.close(session, case, said, by=caller.name, now=now, needs_two=needs_two(parts, case))
    if how == "decided":
        settle(parts, session, case, by=caller.name, now=now)
        settle_tellings(parts, session, case, by=caller.name, now=now)
        draw_review(parts, session, case, by=caller.name, now=now)
    details = {"outcome": said.outcome, "policy": said.policy, "screening_id": case.screening_id, "size": case.size}
    details["due_at"] = case.due_at.isoformat()
    audit.record(
        session,
        actor=caller.name,
        action={"decided": "case.decide", "second": "case.decide_first", "disputed": "case.dispute"}[how],
        object_type="case",
        object_id=case.id,
        shop_id=case.shop_id,
        reason=said.reason,
        details=details
        | ({"suggestion": said.suggestion} if said.suggestion else {})
        | ({"bulk": bulk} if bulk else {}),
        now=now,
    )
    return case


def check_may_decide(case: Case, caller: Caller) -> None:
    """Raise Forbidden unless the caller's roles reach this case's queue."""
    needed = SENIORS if case.queue == "senior" else DECIDERS
    if not caller.grants & needed:
        raise Forbidden(f"deciding in the queue `{case.queue}` needs one of {', '.join(sorted(needed))}")


def needs_two(parts: Parts, case: Case) -> bool:
    """Whether the case takes a second officer: by its category, or by how much money it is about."""
    if case.queue == "senior" and case.state != "second":
        return False
    is_dear = case.amount_fen is not None and case.amount_fen >= parts.settings.four_eyes_fen
    return is_dear or case.category in four_eyes_categories(parts.settings)


def settle(parts: Parts, session: Session, case: Case, *, by: str, now: datetime, is_appeal: bool = False) -> None:
    """What follows from a decided case; after an appeal nothing is learnt from it a second time."""
    outcome, reason = case.outcome or "", case.reason or ""
    wording = wordings.in_force(session, outcome, case.policy)
    case.wording_id = None if wording is None else wording.id
    session.flush()
    contents = set_outcomes(session, case, by=by, reason=reason, now=now)
    tell_outcomes(session, case, contents, now=now)
    if not is_appeal:
        learn_from(parts, session, case, outcome=outcome, by=by, now=now)
    if case.basis is None or case.folded_digest is None:
        return
    texts = select(CaseMember.folded_digest).where(CaseMember.case_id == case.id).distinct().limit(_DIGESTS)
    precedents.leave(
        session,
        case_id=case.id,
        shop_id=case.shop_id,
        texts=[case.folded_digest, *session.scalars(texts)],
        basis=case.basis,
        outcome=outcome,
        reason=reason,
        by=by,
        days=parts.settings.precedent_days,
        now=now,
    )
    if outcome == "block":
        struck = clusters.authors(session, case)
        marks.strike(session, case, authors=struck, by=by, days=parts.settings.strike_days, now=now)


def set_outcomes(session: Session, case: Case, *, by: str, reason: str, now: datetime) -> list[str]:
    """Give the outcome to every content behind the case that is still as it was screened; their keys."""
    members = select(CaseMember.screening_id).where(CaseMember.case_id == case.id)
    theirs = Content.screening_id == case.screening_id
    if case.size > 1:
        theirs |= Content.screening_id.in_(members)
    if case.content_pk is None:
        return []
    owners = select(CaseMember.content_pk).where(CaseMember.case_id == case.id)
    named = (Content.id == case.content_pk) | Content.id.in_(owners) if case.size > 1 else Content.id == case.content_pk
    values = {
        "decision": precedents.VERDICTS[case.outcome or "block"],
        "status": "final",
        "outcome_by": by,
        "outcome_at": now,
        "outcome_reason": reason,
    }
    changed = update(Content).where(named, theirs).values(values).returning(Content.id)
    return list(session.scalars(changed.execution_options(synchronize_session=False)))


def tell_outcomes(session: Session, case: Case, content_pks: Sequence[str], *, now: datetime) -> None:
    """Tell the webhooks: a few at once, the contents of a big cluster through the worker."""
    if not content_pks or not is_heard(session):
        return
    if len(content_pks) > _TOLD_AT_ONCE:
        payload = {"case_id": case.id, "after": ""}
        queue.add(
            session, kind=TELL_JOB, payload=payload, due_at=now, now=now, slot_key=f"{TELL_JOB}:{case.id}:{case.stamp}"
        )
        return
    for content in session.scalars(select(Content).where(Content.id.in_(content_pks)).order_by(Content.id)):
        announce_outcome(session, content, now=now, case=case)


def announce_outcome(session: Session, content: Content, *, now: datetime, case: Case | None = None) -> None:
    """Tell the webhooks a content's outcome, identifiers and the wording; a returned one brings what to write."""
    said = {
        "content_id": content.content_id,
        "shop_id": content.shop_id,
        "version": content.version,
        "screening_id": content.screening_id,
        "decision": content.decision,
        "by": content.outcome_by.partition(":")[0],
        "at": content.outcome_at.isoformat(),
    }
    if case is not None and case.outcome == "return":
        said |= {"returned": True, "suggestion": case.suggestion}
    if case is not None and case.wording_id is not None:
        said["wording"] = wordings.told(session.get(Wording, case.wording_id))
    natural_key = f"outcome:{content.screening_id}:{content.outcome_at.timestamp()}"
    announce(session, type_="content.outcome", natural_key=natural_key, shop_id=content.shop_id, data=said, now=now)


def _with_policy(parts: Parts, session: Session, case: Case, said: Said) -> Said:
    """The decision with the policy it rests on: the case's own category where none was named."""
    if said.policy is None:
        return replace(said, policy=case.category if said.outcome in cases.BOUND else None)
    known = policies_of(parts, session, case)
    if (said.policy or said.outcome in cases.BOUND) and said.policy not in known:
        expected = ", ".join(list(known)[:20])
        problem = Problem("policy", f"unknown: {said.policy}" if said.policy else "is not named", expected)
        raise InvalidInput("the decision does not say which policy it rests on", problems=[problem])
    return replace(said, policy=said.policy or None)
