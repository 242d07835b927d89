"""The rows one decision leaves: content, screening (sealed where it is personal), audit row and, in doubt, a case."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from app.contents import Known, NewRows
from app.flows.join_doubts import Doubts, precedent_answer
from app.flows.judge_content import Judge, Judged, text_fields
from app.flows.parts import Parts
from app.models import Precedent, new_id
from app.models.base import ORG
from app.outbox.messages import announce, is_heard
from app.review import cases
from app.review.asking import Asked
from app.review.precedents import VERDICTS
from app.text.personal_data import redact
from app.values.answer import decision_answer, masked_answer
from app.values.content import ContentToScreen
from app.values.deciding import Decision, Verdict, hardest

_EXCERPT_CHARS = 200


@dataclass(frozen=True, slots=True)
class Fresh:
    """A judged content on its way into the store, with all that storing needs: many callers' are stored together."""

    parts: Parts
    judge: Judge
    actor: str
    now: datetime
    content: ContentToScreen
    judged: Judged
    digest: str
    is_pending: bool
    took_us: int
    is_stale: bool = False
    asks_reviewers: bool = False
    quick: tuple[Asked, ...] = ()
    rests_on: tuple[str, ...] = ()
    screening_id: str = field(default_factory=new_id)

    @property
    def key(self) -> tuple[str, str]:
        """What makes a content one content: its shop and its id."""
        return self.content.shop_id, self.content.content_id


@dataclass(frozen=True, slots=True)
class Made:
    """What was made for one content: its answer, and how it now stands."""

    body: bytes
    known: Known


def make_rows(session: Session, rows: NewRows, each: Fresh, before: Known | None, doubts: Doubts) -> Made:
    """Add one decision's rows to ``rows``. A pending content is not let through before its reviewer has spoken.

    A doubt a precedent answers opens no case, and one that is like an open case's joins it.
    """
    decision = each.judged.decision
    verdict = hardest([decision.decision, Verdict.REVIEW]) if each.is_pending else decision.decision
    known = Known(
        before.pk if before else new_id(), before.version + 1 if before else 1, each.digest, each.screening_id
    )
    case_id, precedent = None, None
    is_doubted = not each.is_stale and decision.decision in {Verdict.REVIEW, Verdict.BLOCK}
    if is_doubted:  # a reviewer that is still out keeps no person from looking
        precedent = None if each.is_pending else doubts.precedent(each.screening_id)
        if precedent is None:
            columns = case_row(each.parts, each.judge, decision, now=each.now)
            at = {"content_pk": known.pk, "screening_id": each.screening_id, "author_id": each.content.author_id}
            case_id = doubts.join_or_open(columns | at | {"org_id": ORG})
        else:
            verdict = Verdict(VERDICTS[precedent.outcome])
    body = orjson.dumps(
        {
            "screening_id": each.screening_id,
            "content_id": each.content.content_id,
            "shop_id": each.content.shop_id,
            "version": known.version,
            "predecessor_id": before.screening_id if before else None,
            "status": "pending" if each.is_pending else "final",
            **decision_answer(decision),
            **masked_answer(each.judged.masked),
            **({"quality": each.judged.scored.answer()} if each.judged.scored else {}),
            "decision": verdict.value,
            "case_id": case_id,
            **({} if precedent is None else {"precedent": precedent_answer(precedent)}),
            "snapshot": {"rules": each.judge.rules_id, "wordlists": each.judge.wordlists_id},
            "took_us": each.took_us,
        }
    )
    said = _content_row(each, known, verdict)
    if precedent is not None:
        said |= {"outcome_by": "precedent", "outcome_reason": precedent.reason}
    rows.put_content(said, is_new=before is None)
    rows.screenings.append(_screening_row(session, each, known, before, verdict, body))
    rows.audits.append(_audit_row(each, known, verdict, precedent))
    return Made(body, known)


def case_row(parts: Parts, judge: Judge, decision: Decision, *, now: datetime) -> dict[str, Any]:
    """The case's own columns, by this deployment's deadlines."""
    return cases.case_values(
        decision,
        severities=judge.severities,
        now=now,
        review_minutes=parts.settings.review_sla_minutes,
        block_minutes=parts.settings.block_sla_minutes,
        clocks=parts.clocks,
    )


def announce_cases(session: Session, opened: list[dict[str, Any]]) -> None:
    """Tell the webhooks of every case opened."""
    if not opened or not is_heard(session):
        return
    for case in opened:
        said = {name: case[name] for name in ("id", "shop_id", "screening_id", "decision", "category", "severity")}
        announce(
            session,
            type_="case.opened",
            natural_key=f"case:{case['id']}",
            shop_id=case["shop_id"],
            data=said,
            now=case["opened_at"],
        )


def _content_row(each: Fresh, known: Known, verdict: Verdict) -> dict[str, Any]:
    return {
        "id": known.pk,
        "org_id": ORG,
        "shop_id": each.content.shop_id,
        "content_id": each.content.content_id,
        "version": known.version,
        "digest": each.digest,
        "screening_id": each.screening_id,
        "decision": verdict.value,
        "status": "pending" if each.is_pending else "final",
        "outcome_by": "screening",
        "outcome_at": each.now,
        "outcome_reason": None,
        "created_at": each.now,
    }


def _screening_row(
    session: Session, each: Fresh, known: Known, before: Known | None, verdict: Verdict, body: bytes
) -> dict[str, Any]:
    request, person = each.content.as_stored(), None
    if each.judged.holds_personal_data:
        person, place = each.content.person, {"table": "screening", "row": each.screening_id}
        request = each.parts.people.seal(session, request, person=person, column="request", now=each.now, **place)
        body = each.parts.people.seal(session, body, person=person, column="answer", now=each.now, **place)
    return {
        "id": each.screening_id,
        "content_pk": known.pk,
        "shop_id": each.content.shop_id,
        "version": known.version,
        "predecessor_id": before.screening_id if before else None,
        "digest": each.digest,
        "folded_digest": each.judged.folded_digest,
        "kind": each.content.kind,
        "author_id": each.content.author_id,
        "decision": verdict.value,
        "excerpt": _excerpt(each),
        "request": request,
        "answer": body,
        "is_sealed": person is not None,
        "sealed_for": person,
        "rules_snapshot": each.judge.rules_id,
        "wordlists_snapshot": each.judge.wordlists_id,
        "mix_type": each.judged.facts["mix_type"],
        "took_us": each.took_us,
        "occurred_at": each.content.occurred_at,
        "created_at": each.now,
    }


def _excerpt(each: Fresh) -> str:
    shown: list[str] = []
    for text in text_fields(each.content):
        if sum(len(piece) for piece in shown) >= _EXCERPT_CHARS:
            break
        spans = [
            (datum.start, datum.end, datum.kind)
            for datum in each.judged.decision.personal_data
            if (datum.field, datum.segment) == (text.name, text.segment)
        ]
        shown.append(redact(text.text, spans) if spans else text.text)
    return " ".join(shown)[:_EXCERPT_CHARS]


def _audit_row(each: Fresh, known: Known, verdict: Verdict, precedent: Precedent | None) -> dict[str, Any]:
    return {
        "id": new_id(),
        "org_id": ORG,
        "at": each.now,
        "actor": each.actor,
        "action": "content.screen",
        "object_type": "screening",
        "object_id": each.screening_id,
        "shop_id": each.content.shop_id,
        "reason": None,
        "details": {
            "decision": verdict.value,
            "version": known.version,
            **({} if precedent is None else {"precedent": precedent.id, "case_id": precedent.case_id}),
            "digest": each.digest,
            "rules": each.judge.rules_id,
            "wordlists": each.judge.wordlists_id,
            "fired": [firing.rule for firing in each.judged.decision.firings],
        },
        "seq": None,
    }
