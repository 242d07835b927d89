"""Opening and closing cases; with ``claiming`` this module owns every change of a case's state.

Every change raises the case's ``stamp`` in the same conditional UPDATE that makes it, so two people who act on the
same page end with one deed and one error that says who was first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem, SamePerson
from app.models import Case, new_id
from app.prepared import Prepared, connection_of
from app.review import clusters
from app.values.access import Caller
from app.values.case_clocks import Clocks
from app.values.deciding import Decision, Verdict

OPEN_STATES = ("open", "held", "second")
DECIDED_STATES = ("decided", "appealed", "upheld", "overturned")
STATES = (*OPEN_STATES, *DECIDED_STATES, "superseded")
TOLD = ("id", "shop_id", "screening_id", "decision", "category", "severity", "opened_at")
OUTCOMES = ("pass", "label", "block", "return")
BOUND = ("block", "label", "return")
"""Outcomes against the merchant: they name the policy they rest on."""
_NO_CATEGORY = "doubt"
_ROWS = Case.__table__.c
_NATURAL = Prepared(select(_ROWS.id).where(_ROWS.natural_key == bindparam("natural")))


@dataclass(frozen=True, slots=True)
class Said:
    """What an officer decides. ``stamp`` is the one of the page they saw, None where nobody looked at a page."""

    outcome: str
    reason: str
    policy: str | None = None
    suggestion: str | None = None
    stamp: int | None = None

    def check(self) -> None:
        """Raise InvalidInput naming everything that is wrong."""
        problems = []
        if self.outcome not in OUTCOMES:
            problems.append(Problem("decision", f"unknown: {self.outcome}", ", ".join(OUTCOMES)))
        if not self.reason.strip():
            problems.append(Problem("reason", "is empty", "why, in words the merchant may read"))
        if self.outcome == "return" and not (self.suggestion or "").strip():
            problems.append(Problem("suggestion", "is empty", "what the merchant should write instead"))
        if problems:
            raise InvalidInput("the case cannot be decided so", problems=problems)


def case_values(
    decision: Decision,
    *,
    severities: Mapping[str, int],
    now: datetime,
    review_minutes: int,
    block_minutes: int,
    clocks: Clocks,
) -> dict[str, Any]:
    """The columns of a new case that follow from the decision: category, severity, due date, a summary in Chinese."""
    worst = max(decision.hits, key=lambda hit: (hit.verdict.hardness, severities.get(hit.category, 1)), default=None)
    category = worst.category if worst is not None else _NO_CATEGORY
    is_block = decision.decision is Verdict.BLOCK
    reasons = [firing.reason for firing in decision.firings if not firing.shadow] or list(decision.doubts)
    if not reasons and any(each.verdict in {Verdict.REVIEW, Verdict.BLOCK} for each in decision.opinions):
        reasons = ["机审要求人工复核"]  # not why: whoever decides a blind case reads this, too
    words = "、".join(dict.fromkeys(hit.word for hit in decision.hits[:8]))
    severity = max(severities.get(category, 2), 3 if is_block else 1)
    otherwise = block_minutes if is_block else review_minutes
    return {
        "id": new_id(),
        "state": "open",
        "queue": "content",
        "size": 1,
        "stamp": 0,
        "decision": decision.decision.value,
        "category": category,
        "severity": severity,
        "summary": "；".join([*reasons[:3], *([f"命中：{words}"] if words else [])])[:500],
        "opened_at": now,
        "due_at": clocks.due_at(now, queue="content", severity=severity, otherwise=otherwise),
    }


def supersede(session: Session, content_pks: Sequence[str], *, now: datetime) -> None:
    """Close open cases of older versions: nobody should judge a text that has been replaced.

    A clustered case loses the one content and goes on with the others.
    """
    for start in range(0, len(content_pks), 500):
        replaced = content_pks[start : start + 500]
        clusters.leave(session, replaced, open_states=OPEN_STATES)
        shown = select(Case.id).where(Case.content_pk.in_(replaced), Case.state.in_(OPEN_STATES))
        lonely = [case_id for case_id in session.scalars(shown).all() if not clusters.show_another(session, case_id)]
        values = {"state": "superseded", "decided_at": now, "decided_by": "system", "reason": "内容已更新"}
        for at in range(0, len(lonely), 500):
            ids = lonely[at : at + 500]
            session.execute(update(Case).where(Case.id.in_(ids)).values(**values, stamp=Case.stamp + 1))


def open_about(session: Session, *, natural_key: str, values: Mapping[str, Any]) -> tuple[Case, bool]:
    """The open case of that natural key, made where there is none; and whether it was made now."""
    row = _of_natural_key(session, natural_key)
    if row is not None and row.state in OPEN_STATES:
        return row, False
    if row is not None and row.state == "superseded":  # what was taken back holds after all
        row.state, row.decided_at, row.decided_by, row.reason = "open", None, None, None
        row.opened_at, row.due_at, row.stamp = values["opened_at"], values["due_at"], row.stamp + 1
        session.flush()
        return row, True
    if row is not None:  # a person has decided it; the same doubt is not asked twice
        return row, False
    row = Case(**{"id": new_id(), "state": "open", "natural_key": natural_key, "queue": "orders", **values})
    session.add(row)
    return row, True


def _of_natural_key(session: Session, natural_key: str) -> Case | None:
    """The case of that key, one that this session has just made among them: it need not be written to be found."""
    for each in session.new:
        if isinstance(each, Case) and each.natural_key == natural_key:
            return each
    found = _NATURAL.first(connection_of(session), natural=natural_key)
    return None if found is None else session.get(Case, found[0])


def overtake(session: Session, case_id: str, *, now: datetime, reason: str = "事后收到的事件表明不成立") -> None:
    """Close a case whose cause turned out not to hold, or is dealt with; one that is decided stays."""
    stale = (Case.id == case_id) & Case.state.in_(OPEN_STATES)
    values = {"state": "superseded", "decided_at": now, "decided_by": "system", "reason": reason}
    session.execute(update(Case).where(stale).values(**values, stamp=Case.stamp + 1))


def find(session: Session, case_id: str, *, caller: Caller) -> Case:
    """The case, when it is of one of the caller's shops."""
    case = session.get(Case, case_id)
    if case is None or not caller.may_see(case.shop_id):
        raise NotFound(f"no case {case_id}")
    return case


def close(session: Session, case: Case, said: Said, *, by: str, now: datetime, needs_two: bool) -> str:
    """Decide an open case; ``decided``, or ``second`` or ``disputed`` where it takes two and they do not agree yet.

    Raises:
        InvalidInput: unknown outcome, no reason, or no suggestion with a return.
        SamePerson: the second decision is by whoever gave the first.
        Conflict: somebody was faster, has the case, or changed it since the page was made; says who.
    """
    said.check()
    check_second(case, by)
    kept = {"outcome": said.outcome, "reason": said.reason, "policy": said.policy, "suggestion": said.suggestion}
    is_disputed = bool(case.first and "disputed_by" in case.first)
    free = {"claimed_by": None, "claimed_until": None, "held_until": None, "bulk_id": None}
    if case.state == "second" and case.first is not None and case.first["outcome"] != said.outcome:
        first = case.first | {"disputed_by": by, "disputed": kept}
        change(session, case, said.stamp, by, now, state="open", queue="senior", first=first, **free)
        return "disputed"
    if needs_two and case.state != "second" and not is_disputed:
        values = {"state": "second", "first_by": by, "first_at": now, "first": kept, "assigned_to": None}
        change(session, case, said.stamp, by, now, **values, **free)
        return "second"
    change(session, case, said.stamp, by, now, state="decided", decided_by=by, decided_at=now, **kept, **free)
    clusters.forget_shingles(session, case.id)
    return "decided"


def check_second(case: Case, by: str) -> None:
    """Raise Forbidden where ``by`` has already had a say in a case that takes another person's."""
    earlier = [case.first_by, (case.first or {}).get("disputed_by")]
    if case.first_by is not None and any(each and _person(each) == _person(by) for each in earlier):
        raise SamePerson("the second officer is another one than the first")


def change(session: Session, case: Case, stamp: int | None, by: str, now: datetime, **values: object) -> None:
    """Change an open case if it still stands as it was seen and nobody else has it; else raise Conflict."""
    still = and_(
        Case.id == case.id,
        Case.state.in_(OPEN_STATES),
        Case.stamp == (case.stamp if stamp is None else stamp),
        or_(Case.claimed_by.is_(None), Case.claimed_by == by, Case.claimed_until <= now),
    )
    changed = update(Case).where(still).values(**values, stamp=Case.stamp + 1).returning(Case.id)
    won = session.execute(changed.execution_options(synchronize_session=False)).scalar()
    session.refresh(case)
    if won is None:
        raise Conflict(_who_was_first(case, by, now))


def is_claimed(case: Case, now: datetime) -> bool:
    """Whether somebody has the case now."""
    return case.state in OPEN_STATES and case.claimed_until is not None and case.claimed_until > now


def _who_was_first(case: Case, by: str, now: datetime) -> str:
    if case.state not in OPEN_STATES:
        return f"the case is already {case.state} by {case.decided_by}"
    if is_claimed(case, now) and case.claimed_by != by:
        assert case.claimed_until is not None, "a claim has an end"
        return f"{case.claimed_by} has the case until {case.claimed_until.isoformat(timespec='seconds')}"
    return "the case has changed since this page was made; look at it again"


def listed(
    session: Session,
    *,
    caller: Caller,
    state: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
    about: Mapping[str, object] | None = None,
) -> list[Case]:
    """Cases of the caller's shops, oldest due first, after the last seen (due_at, id); ``about``: columns' values."""
    found = select(Case).where(caller.only_own(Case.shop_id)).order_by(Case.due_at, Case.id).limit(limit)
    if state is not None:
        found = found.where(Case.state == state)
    for name, value in (about or {}).items():
        found = found.where(getattr(Case, name) == value)
    if after is not None:
        due_at, case_id = after
        edge = tuple_(literal(due_at, Case.due_at.type), literal(case_id, Case.id.type))
        found = found.where(tuple_(Case.due_at, Case.id) > edge)  # as a pair: one search in the index
    return list(session.scalars(found))


def _person(actor: str) -> str:
    return actor.partition(":")[2] or actor
