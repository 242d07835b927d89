"""What is done for each kind of row in the queue: a kind is one line in ``WORK``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from sqlalchemy.orm import Session

from app import breakers, inbox, queue
from app.backtesting.rows import JOB as BACKTEST
from app.flows import answer_once
from app.flows.change_words import WITHDRAW_JOB, withdraw_unconfirmed
from app.flows.check_books import check_books
from app.flows.dead_letters import watch_inbox
from app.flows.decide_bulk import BULK_JOB, work_bulk
from app.flows.decide_case import TELL_JOB
from app.flows.deliver_outbox import deliver_outbox
from app.flows.due_deadlines import due_deadlines
from app.flows.export_inquiry import JOB as INQUIRY
from app.flows.export_inquiry import work_inquiry
from app.flows.fetch_bills import FETCH_BILL, fetch_bill, plan_bills
from app.flows.fetch_fund_bill import FETCH_FUND_BILL, fetch_fund_bill, plan_fund_bill
from app.flows.fetch_platform_keys import fetch_platform_keys, plan_platform_keys
from app.flows.hand_over import return_after_shift
from app.flows.look_up_platform import look_up_platform
from app.flows.parts import Parts
from app.flows.pay_claim import pay_claim
from app.flows.platform_keys import FETCH_KEYS
from app.flows.prune_records import prune_records
from app.flows.review_content import review_content
from app.flows.review_rules import review_rules
from app.flows.rotate_keys import go_on_rotating
from app.flows.screen_content import REVIEW_JOB
from app.flows.seal_audit import seal_audit
from app.flows.settle_claims import settle_claims
from app.flows.settle_source import REFRESH_JOB
from app.flows.start_payment import PAY
from app.flows.tell_days import tell_days
from app.flows.tell_fund import tell_fund
from app.flows.tell_months import tell_months
from app.flows.tell_outcomes import work_tell_outcomes
from app.flows.tell_upkeep import tell_upkeep
from app.flows.verify_in_background import VERIFY_AUDIT, work_verification
from app.flows.watch_feeds import check_feeds
from app.flows.watch_rules import KEPT, check_bands
from app.flows.work_backtest import work_backtest
from app.flows.work_inbound import work_inbound
from app.jobs.evidence import work_evidence
from app.jobs.figures import work_counting, work_recounting
from app.jobs.nightly_tiers import TIER_SHOP, work_tiers, work_tiers_of_shop
from app.jobs.partners import work_badges, work_logistics, work_ranking, work_rating
from app.jobs.refresh import work_feedback, work_refresh, work_watch
from app.jobs.schedule import (
    BRING_BACK,
    CHECK_BANDS,
    CHECK_BOOKS,
    CHECK_FEEDS,
    COUNT_FIGURES,
    DUE_DEADLINES,
    PLAN_BILLS,
    PLAN_KEYS,
    PRUNE,
    PRUNE_RECORDS,
    RANK_SUPPLIERS,
    RATE_PROVIDERS,
    RECOUNT_FIGURES,
    RECURRING,
    RESUME_CASES,
    REVIEW_RULES,
    ROTATE_KEYS,
    SEAL_AUDIT,
    SETTLE_CLAIMS,
    TELL_DAYS,
    TELL_LOGISTICS,
    TELL_MONTHS,
    TIER_PEOPLE,
    TRAIN_REVIEWER,
    WATCH_BADGES,
    WATCH_EVIDENCE,
    WATCH_INBOX,
    WATCH_WORDLISTS,
    WORD_FEEDBACK,
)
from app.jobs.training import work_training
from app.outbox.messages import DELIVER
from app.queue import Claim
from app.review.claiming import resume_due
from app.values.pause import Rests

Work: TypeAlias = Callable[[Parts, Claim, datetime], None]
_AT_A_TIME_S = 20.0
"""How long a piece of long work goes on: shorter than a lease, so that deliveries get their turn."""


def _then_done(*deeds: Callable[..., object]) -> Work:
    """The deeds one after another; when all are done, so is the row."""

    def work(parts: Parts, claim: Claim, now: datetime) -> None:
        for deed in deeds:
            deed(parts, now=now)
        parts.db.write(lambda session: queue.finish(session, claim, now=now))

    return work


def _seal_audit(parts: Parts, claim: Claim, now: datetime) -> None:
    seal_audit(parts, now=now, pause=Rests(_AT_A_TIME_S / 2))
    parts.db.write(lambda session: queue.finish(session, claim, now=now))


def _review_rules(parts: Parts, claim: Claim, now: datetime) -> None:
    review_rules(parts, now=now)

    def work(session: Session) -> None:
        breakers.forget_counts(session, before=now - KEPT)
        queue.forget_done(session, kinds=[job.kind for job in RECURRING], before=now - KEPT)
        queue.finish(session, claim, now=now)

    parts.db.write(work)


def _prune_records(parts: Parts, claim: Claim, now: datetime) -> None:
    """Prune for a while; what is not done then is a row of its own, so that deliveries get their turn."""
    is_done = prune_records(parts, seconds=_AT_A_TIME_S, now=now).is_done

    def work(session: Session) -> None:
        queue.finish(session, claim, now=now)
        if not is_done:
            queue.add(session, kind=PRUNE_RECORDS, payload={}, due_at=now, now=now)

    parts.db.write(work)


def _settle_claims(parts: Parts, claim: Claim, now: datetime) -> None:
    settle_claims(parts, now=now, until=claim.leased_until - timedelta(seconds=30))
    parts.db.write(lambda session: queue.finish(session, claim, now=now))


def _due_deadlines(parts: Parts, claim: Claim, now: datetime) -> None:
    """All that is due at ``now``, as long as the lease lasts; the next slot goes on from there."""
    until = claim.leased_until - timedelta(seconds=10)
    while due_deadlines(parts, now=now) and parts.now() < until:
        pass
    parts.db.write(lambda session: queue.finish(session, claim, now=now))


def _withdraw(parts: Parts, claim: Claim, now: datetime) -> None:
    withdraw_unconfirmed(parts, claim.payload["change_id"], now=now)
    parts.db.write(lambda session: queue.finish(session, claim, now=now))


def _resume_cases(parts: Parts, claim: Claim, now: datetime) -> None:
    parts.db.write(lambda session: resume_due(session, now=now))
    return_after_shift(parts, now=now)
    parts.db.write(lambda session: queue.finish(session, claim, now=now))


def _bring_back(parts: Parts, claim: Claim, now: datetime) -> None:
    """What recurs has its slot at the time it is due, so that stays there."""

    def work(session: Session) -> None:
        queue.bring_back(session, but=[job.kind for job in RECURRING], now=now)
        queue.finish(session, claim, now=now)

    parts.db.write(work)


WORK: dict[str, Work] = {
    DELIVER: lambda parts, claim, now: deliver_outbox(parts, claim, now=now),
    REVIEW_JOB: lambda parts, claim, now: review_content(parts, claim, now=now),
    BACKTEST: lambda parts, claim, now: work_backtest(parts, claim, now=now),
    PRUNE: _then_done(answer_once.prune),
    CHECK_BANDS: _then_done(check_bands),
    REVIEW_RULES: _review_rules,
    SEAL_AUDIT: _seal_audit,
    PRUNE_RECORDS: _prune_records,
    ROTATE_KEYS: _then_done(partial(go_on_rotating, seconds=_AT_A_TIME_S)),
    PAY: lambda parts, claim, now: pay_claim(parts, claim, now=now),
    SETTLE_CLAIMS: _settle_claims,
    inbox.WORK: lambda parts, claim, now: work_inbound(parts, claim, now=now),
    inbox.LOOK_UP: lambda parts, claim, now: look_up_platform(parts, claim, now=now),
    WATCH_INBOX: _then_done(watch_inbox),
    DUE_DEADLINES: _due_deadlines,
    CHECK_FEEDS: _then_done(check_feeds),
    REFRESH_JOB: work_refresh,
    WATCH_WORDLISTS: work_watch,
    WORD_FEEDBACK: work_feedback,
    WITHDRAW_JOB: _withdraw,
    VERIFY_AUDIT: lambda parts, claim, now: work_verification(parts, claim, now=now),
    TELL_DAYS: _then_done(tell_days, tell_upkeep, tell_fund),
    RANK_SUPPLIERS: work_ranking,
    TELL_LOGISTICS: work_logistics,
    RATE_PROVIDERS: work_rating,
    WATCH_BADGES: work_badges,
    TELL_MONTHS: _then_done(tell_months),
    TIER_PEOPLE: work_tiers,
    TIER_SHOP: work_tiers_of_shop,
    TELL_JOB: lambda parts, claim, now: work_tell_outcomes(parts, claim, now=now),
    RESUME_CASES: _resume_cases,
    BRING_BACK: _bring_back,
    BULK_JOB: lambda parts, claim, now: work_bulk(parts, claim, now=now),
    CHECK_BOOKS: _then_done(partial(check_books, by="system")),
    TRAIN_REVIEWER: work_training,
    PLAN_BILLS: _then_done(plan_bills, plan_fund_bill),
    COUNT_FIGURES: work_counting,
    RECOUNT_FIGURES: work_recounting,
    WATCH_EVIDENCE: work_evidence,
    INQUIRY: lambda parts, claim, now: work_inquiry(parts, claim, now=now),
    FETCH_BILL: lambda parts, claim, now: fetch_bill(parts, claim, now=now),
    FETCH_FUND_BILL: lambda parts, claim, now: fetch_fund_bill(parts, claim, now=now),
    PLAN_KEYS: _then_done(plan_platform_keys),
    FETCH_KEYS: lambda parts, claim, now: fetch_platform_keys(parts, claim, now=now),
}


# What nobody's lateness, no payment and no deletion follows from: it goes on while the clock is in doubt.
AT_ANY_TIME = frozenset(
    {DELIVER, REVIEW_JOB, BACKTEST, inbox.WORK, inbox.LOOK_UP, TELL_JOB, BULK_JOB, VERIFY_AUDIT, INQUIRY, SEAL_AUDIT}
)
