"""A case for each published content that today's rules would block: once, clustered, and due as a live one is.

key ─ still live and unchanged? ─ asked before? (same version, same doubt) ─ precedent? ─ joins a like case or opens one
The content stays as it is until an officer has decided: its merchant published it in good faith under the old rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import audit
from app.flows.join_doubts import Doubted, Doubts, likeness_of
from app.flows.judge_content import Judge
from app.flows.parts import Parts
from app.flows.rescreen import Task, open_hands
from app.flows.rescreen_batch import Before
from app.flows.rescreen_piece import judged_whole
from app.flows.rescreen_stored import one_stored
from app.flows.screening_rows import announce_cases, case_row
from app.models import Case, CaseMember, Content
from app.models.base import ORG
from app.review.cases import OPEN_STATES
from app.values.deciding import Verdict

_AT_A_TIME = 100
_LIVE = frozenset({"pass", "label"})


def open_cases(parts: Parts, task: Task, keys: Sequence[str], *, now: datetime) -> int:
    """Open or join a case for each content key; how many contents are behind a case that were behind none."""
    if not keys:
        return 0
    hands = open_hands(task, stored=False)
    opened = 0
    try:
        for start in range(0, len(keys), _AT_A_TIME):
            portion = keys[start : start + _AT_A_TIME]
            opened += parts.db.write(
                lambda session, portion=portion: _open_portion(  # type: ignore[misc]
                    parts, session, hands.judge, task, portion, now=now
                )
            )
    finally:
        hands.close()
    return opened


def _open_portion(
    parts: Parts, session: Session, judge: Judge, task: Task, keys: Sequence[str], *, now: datetime
) -> int:
    return sum(_open(parts, session, judge, task, key, now=now) for key in keys)


def _open(parts: Parts, session: Session, judge: Judge, task: Task, key: str, *, now: datetime) -> bool:
    content = session.get(Content, key, with_for_update=True)
    if content is None or content.status != "final" or content.decision not in _LIVE:
        return False
    thing = one_stored(parts.people, session, content, parts.db, settings=parts.settings, now=now)
    if not isinstance(thing, Before):
        return False
    judged = judged_whole(judge, thing, task.asked)
    if judged.decision.decision is not Verdict.BLOCK:
        return False
    # Published already: a person looks, and by the deadline of what is waited for.
    judged = replace(judged, decision=replace(judged.decision, decision=Verdict.REVIEW))
    basis = likeness_of(parts, thing.content, judged).basis
    if _was_asked(session, content, basis):
        return False
    doubts = Doubts(parts, session, [Doubted(content.screening_id, thing.content, judged)], now=now)
    if doubts.precedent(content.screening_id) is not None:
        return False
    row = case_row(parts, judge, judged.decision, now=now)
    row |= {"summary": f"存量重审：{row['summary']}"[:500], "org_id": ORG, "content_pk": content.id}
    row |= {"screening_id": content.screening_id, "author_id": thing.content.author_id}
    case_id = doubts.join_or_open(row)
    session.add_all(Case(**case) for case in doubts.cases)
    session.flush()
    doubts.write()
    announce_cases(session, doubts.cases)
    audit.record(
        session,
        actor="rescreen",
        action="content.rescreen",
        object_type="screening",
        object_id=content.screening_id,
        shop_id=content.shop_id,
        details={"case_id": case_id, "rules": judge.rules_id, "wordlists": judge.wordlists_id},
        now=now,
    )
    return True


def _was_asked(session: Session, content: Content, basis: str) -> bool:
    """Whether a case about this content is open, or one about this version with the same doubt was decided."""
    about = or_(
        Case.content_pk == content.id,
        Case.id.in_(select(CaseMember.case_id).where(CaseMember.content_pk == content.id)),
    )
    asked = select(Case.state, Case.basis, Case.screening_id).where(about, Case.state != "superseded")
    members = select(CaseMember.case_id).where(CaseMember.screening_id == content.screening_id)
    of_version = set(
        session.scalars(select(Case.id).where(or_(Case.id.in_(members), Case.screening_id == content.screening_id)))
    )
    found = session.execute(asked.add_columns(Case.id)).all()
    return any(state in OPEN_STATES or (kept == basis and case_id in of_version) for state, kept, _, case_id in found)
