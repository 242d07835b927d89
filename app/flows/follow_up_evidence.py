"""When evidence ends: warned a month before, ended on its day, and what rested on it is looked at again, once.

every day ─ ends within 30 days? ─ told, once
          ─ last day over ─ expired ─ every content that was let through because of it and is still shown
               ─ judged again as things stand ─ harder than it stands? ─ case for a person, once
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.evidence import registry
from app.flows.ask_evidence import evidence_facts
from app.flows.judge_content import Judged, judge_content
from app.flows.parts import Parts
from app.flows.screening_rows import announce_cases
from app.flows.stored_screening import stored_content
from app.models import Content, Evidence, EvidenceUse, Screening
from app.models.base import ORG
from app.outbox.messages import announce
from app.review import cases
from app.values.china_days import day_of
from app.values.deciding import Verdict, hardest
from app.values.evidence import KINDS
from app.vault.crypto import SealBroken

SOON_DAYS = 30
ENDING = "evidence.ending"
_AT_ONCE = 500
_SEVERITY = 3


def watch_evidence(parts: Parts, *, now: datetime) -> tuple[int, int, int]:
    """The daily look: how many pieces were warned about, how many expired, how many cases were opened."""
    warned = parts.db.write(lambda session: _warn(session, now=now))
    expired = parts.db.write(lambda session: _expire(session, now=now))
    opened, after = 0, None
    while True:
        with parts.db.read() as session:
            ended = registry.ended_unfollowed(session, after=after, limit=_AT_ONCE)
        for row in ended:
            opened += follow_up(parts, row.id, now=now)
        if len(ended) < _AT_ONCE:
            return warned, expired, opened
        after = ended[-1].id


def follow_up(parts: Parts, evidence_id: str, *, now: datetime) -> int:
    """Look again at what rested on a piece that has ended; returns how many cases were opened. Once a piece."""
    after, opened = "", 0
    while True:
        with parts.db.read() as session:
            wanted = select(EvidenceUse).where(EvidenceUse.evidence_id == evidence_id, EvidenceUse.id > after)
            uses = list(session.scalars(wanted.order_by(EvidenceUse.id).limit(_AT_ONCE)))
        for use in uses:
            opened += _look_again(parts, use, now=now)
        if len(uses) < _AT_ONCE:
            break
        after = uses[-1].id

    def done(session: Session) -> None:
        row = session.get(Evidence, evidence_id)
        if row is not None and row.followed_up_at is None:
            row.followed_up_at = now

    parts.db.write(done)
    return opened


def _warn(session: Session, *, now: datetime) -> int:
    ending = registry.ending(session, today=day_of(now), days=SOON_DAYS, limit=10_000)
    for row in ending:
        row.warned_at = now
        said: dict[str, Any] = {"evidence_id": row.id, "shop_id": row.shop_id, "kind": row.kind}
        said |= {"valid_until": row.valid_until.isoformat() if row.valid_until else None}
        announce(session, type_=ENDING, natural_key=f"{ENDING}:{row.id}", shop_id=row.shop_id, data=said, now=now)
    return len(ending)


def _expire(session: Session, *, now: datetime) -> int:
    count = 0
    for row in registry.over(session, today=day_of(now), limit=10_000):
        if registry.expire(session, row, now=now):
            about: dict[str, Any] = {"object_type": "evidence", "object_id": row.id, "shop_id": row.shop_id}
            details = {"kind": row.kind, "valid_until": str(row.valid_until)}
            audit.record(session, actor="system", action="evidence.expire", details=details, now=now, **about)
            count += 1
    return count


def _look_again(parts: Parts, use: EvidenceUse, *, now: datetime) -> int:
    """A case for a content whose newest version rested on the piece and would be judged harder now."""
    with parts.db.read() as session:
        screening = session.get(Screening, use.screening_id)
        content = None if screening is None else session.get(Content, screening.content_pk)
        if screening is None or content is None or content.screening_id != screening.id or content.decision == "block":
            return 0
        try:
            stored = stored_content(parts.people, session, screening, content_id=content.content_id)
        except SealBroken:  # its person was erased
            return 0
        facts = evidence_facts(session, [stored], now=now)(stored)
    live = parts.live.current
    judged = judge_content(live, replace(stored, facts={**stored.facts, **facts}), now=now, tripped=parts.live.tripped)
    wanted = judged.decision.decision
    if hardest([wanted, Verdict(content.decision)]) is Verdict(content.decision):
        return 0
    return parts.db.write(lambda session: _open(parts, session, use, judged, content.decision, now=now))


def _open(parts: Parts, session: Session, use: EvidenceUse, judged: Judged, stands: str, *, now: datetime) -> int:
    row, screening = session.get_one(Evidence, use.evidence_id), session.get_one(Screening, use.screening_id)
    reasons = [firing.reason for firing in judged.decision.firings if not firing.shadow]
    ended = {"expired": "已到期", "withdrawn": "已撤回"}.get(row.state, "已失效")
    summary = f"裁决所依据的{KINDS[row.kind].title}（{row.number}）{ended}"
    minutes = parts.settings.review_sla_minutes
    case, is_new = cases.open_about(
        session,
        natural_key=f"{row.shop_id}|evidence|{screening.content_pk}|{screening.id}"[:300],
        values={
            "org_id": ORG,
            "shop_id": row.shop_id,
            "queue": "content",
            "content_pk": screening.content_pk,
            "screening_id": screening.id,
            "author_id": screening.author_id,
            "decision": judged.decision.decision.value,
            "category": "evidence",
            "severity": _SEVERITY,
            "summary": "；".join([summary, *reasons[:3]])[:500],
            "opened_at": now,
            "due_at": parts.clocks.due_at(now, queue="content", severity=_SEVERITY, otherwise=minutes),
        },
    )
    if is_new:
        announce_cases(session, [{name: getattr(case, name) for name in cases.TOLD}])
        about: dict[str, Any] = {"object_type": "screening", "object_id": screening.id, "shop_id": row.shop_id}
        details = {"evidence_id": row.id, "case_id": case.id, "stands": stands}
        audit.record(session, actor="system", action="evidence.reopen", details=details, now=now, **about)
    return int(is_new)
