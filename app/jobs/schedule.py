"""What recurs: each occasion is one queue row with a slot key, so any number of schedulers add it once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app import queue
from app.flows.parts import Parts

PRUNE = "prune_idempotent_answers"
CHECK_BANDS = "check_rule_bands"
REVIEW_RULES = "review_rules"
SEAL_AUDIT = "seal_audit"
PRUNE_RECORDS = "prune_records"
ROTATE_KEYS = "rotate_keys"
SETTLE_CLAIMS = "settle_claims"
WATCH_INBOX = "watch_inbox"
DUE_DEADLINES = "due_deadlines"
CHECK_FEEDS = "check_feeds"
WATCH_WORDLISTS = "watch_wordlists"
WORD_FEEDBACK = "word_feedback"
TELL_DAYS = "tell_days"
RANK_SUPPLIERS = "rank_suppliers"
TELL_LOGISTICS = "tell_logistics"
RATE_PROVIDERS = "rate_providers"
WATCH_BADGES = "watch_badges"
TIER_PEOPLE = "tier_people"
TELL_MONTHS = "tell_months"
RESUME_CASES = "resume_cases"
CHECK_BOOKS = "check_books"
PLAN_BILLS = "plan_bills"
COUNT_FIGURES = "count_figures"
RECOUNT_FIGURES = "recount_figures"
PLAN_KEYS = "plan_platform_keys"
TRAIN_REVIEWER = "train_reviewer"
WATCH_EVIDENCE = "watch_evidence"
BRING_BACK = "bring_back_rows"


@dataclass(frozen=True, slots=True)
class Recurring:
    """A job that is due once in every ``every``, counted from the epoch and ``offset`` later."""

    kind: str
    every: timedelta
    offset: timedelta = timedelta(0)


RECURRING = (
    Recurring(PRUNE, timedelta(hours=1)),
    Recurring(CHECK_BANDS, timedelta(minutes=1)),
    Recurring(REVIEW_RULES, timedelta(days=1)),
    Recurring(SEAL_AUDIT, timedelta(seconds=10)),
    Recurring(PRUNE_RECORDS, timedelta(days=1), offset=timedelta(hours=18)),  # two at night in China
    Recurring(ROTATE_KEYS, timedelta(minutes=10)),
    Recurring(SETTLE_CLAIMS, timedelta(minutes=1)),
    Recurring(WATCH_INBOX, timedelta(minutes=1)),
    Recurring(DUE_DEADLINES, timedelta(seconds=10)),
    Recurring(CHECK_FEEDS, timedelta(minutes=1)),
    Recurring(WATCH_WORDLISTS, timedelta(minutes=1)),
    Recurring(WORD_FEEDBACK, timedelta(days=1)),
    Recurring(TELL_DAYS, timedelta(hours=1)),
    Recurring(RANK_SUPPLIERS, timedelta(days=1), offset=timedelta(hours=19)),  # three at night in China
    Recurring(TELL_LOGISTICS, timedelta(hours=1)),
    Recurring(RATE_PROVIDERS, timedelta(days=1), offset=timedelta(hours=20)),
    Recurring(WATCH_BADGES, timedelta(hours=1)),
    Recurring(TIER_PEOPLE, timedelta(days=1), offset=timedelta(hours=19)),  # three at night in China
    Recurring(TELL_MONTHS, timedelta(days=1), offset=timedelta(hours=20)),  # four at night in China
    Recurring(RESUME_CASES, timedelta(minutes=1)),
    Recurring(BRING_BACK, timedelta(minutes=1)),
    Recurring(PLAN_BILLS, timedelta(days=1), offset=timedelta(hours=2, minutes=30)),  # half past ten in China
    Recurring(COUNT_FIGURES, timedelta(minutes=1)),
    Recurring(RECOUNT_FIGURES, timedelta(days=1), offset=timedelta(hours=21)),  # five at night in China
    Recurring(PLAN_KEYS, timedelta(hours=6)),
    Recurring(TRAIN_REVIEWER, timedelta(days=7), offset=timedelta(days=3, hours=20)),  # Monday, four at night in China
    Recurring(CHECK_BOOKS, timedelta(days=1), offset=timedelta(hours=19)),  # three at night in China
    Recurring(WATCH_EVIDENCE, timedelta(days=1), offset=timedelta(hours=16, minutes=5)),  # just after midnight there
)


def schedule_due(parts: Parts, *, now: datetime) -> None:
    """Add the present slot of every recurring job, once across all processes."""
    for job in RECURRING:
        slot = int((now.timestamp() - job.offset.total_seconds()) // job.every.total_seconds())
        if parts.scheduled.get(job.kind) == slot:
            continue
        key = f"{job.kind}:{slot}"
        _add_slot(parts, job.kind, key, now=now)
        parts.scheduled[job.kind] = slot


def _add_slot(parts: Parts, kind: str, key: str, *, now: datetime) -> None:
    parts.db.write(lambda session: queue.add(session, kind=kind, payload={}, due_at=now, now=now, slot_key=key))
