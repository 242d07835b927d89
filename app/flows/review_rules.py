"""Rules that have to be looked at again: whose ``review_by`` has passed or is near, told once for each rule and date.

once a day: rules in force ─ review_by within 30 days or past ─ metric, log every day, one message a rule and date
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import structlog
from sqlalchemy.orm import Session

from app.flows.parts import Parts
from app.metrics import RULES_REVIEW_DUE
from app.outbox.messages import announce, is_heard
from app.rules.definition import Rule, Status

AHEAD = timedelta(days=30)
_BEIJING = timezone(timedelta(hours=8))
_log = structlog.get_logger(__name__)


def review_rules(parts: Parts, *, now: datetime) -> list[Rule]:
    """Tell which live and shadow rules are due, by the Chinese calendar; returns them, the longest due first."""
    today = now.astimezone(_BEIJING).date()
    due = sorted(
        (rule for rule in parts.live.current.engine.rules if review_state(rule, today) is not None),
        key=lambda rule: (rule.review_by, rule.id),
    )
    states = [review_state(rule, today) for rule in due]
    for known in ("soon", "overdue"):
        RULES_REVIEW_DUE.labels(known).set(states.count(known))
    for rule, state in zip(due, states, strict=True):
        _log.warning("rule_review_due", rule=rule.id, review_by=rule.review_by.isoformat(), state=state)
    if due:
        parts.db.write(lambda session: _announce(session, due, today, now))
    return due


def review_state(rule: Rule, today: date) -> str | None:
    """``overdue``, ``soon`` (within 30 days), or None; a rule that is not evaluated is nobody's concern."""
    if rule.status not in {Status.LIVE, Status.SHADOW} or rule.review_by > today + AHEAD:
        return None
    return "overdue" if rule.review_by < today else "soon"


def _announce(session: Session, due: list[Rule], today: date, now: datetime) -> None:
    if not is_heard(session):
        return
    for rule in due:
        announce(
            session,
            type_="rule.review_due",
            natural_key=f"review_due:{rule.id}:{rule.review_by}",
            shop_id=None,
            data={
                "rule": rule.id,
                "pack": rule.pack,
                "title": rule.title,
                "review_by": rule.review_by.isoformat(),
                "state": review_state(rule, today),
            },
            now=now,
        )
