"""Putting a shop's customers into segments: who may have changed is added up anew, and only differences are written.

shop ─ another run under way? ── yes ── refused
         └ no ─ whom to look at (all, or who was told of or crossed a window's edge) ─ counted, piece by piece
              ─ portions of people ─ compared with what stands ─ differences written ─ … ─ who left meanwhile ─ counts

A run that dies has written whole portions only: the next one finds the same differences less those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app import access
from app.errors import InvalidInput, Problem
from app.flows.count_people import Pace, count_people
from app.flows.parts import Parts
from app.flows.segment_names import pseudonym_of, pseudonyms
from app.models import Consent, Event, Order, Person, Shop, TierRun
from app.tiering import runs, store
from app.tiering.columns import unhurried
from app.tiering.differences import Portion, departures, differences
from app.tiering.pieces import ACTIVITY
from app.tiering.runs import WRITING, Progress, Run, Told
from app.tiering.terms import terms_of
from app.tiering.touched import touched
from app.values.access import SYSTEM
from app.values.person_names import canonical
from app.values.rule_scope import RuleScope

PURPOSES = "tiering.profile_purposes"
FULL_EVERY = "tiering.full_every_days"
_A_SECOND = timedelta(seconds=1)


def tier_people(
    parts: Parts,
    shop_id: str,
    *,
    as_of: datetime | None = None,
    is_full: bool = False,
    by: str,
    now: datetime,
    pace: Pace | None = None,
    told: Told = lambda _progress: None,
) -> TierRun:
    """Bring the segments of a shop's customers up to an instant (default: now); returns the finished run.

    ``told`` hears how far the run is.

    Raises:
        InvalidInput: the instant lies ahead, or before that of the last run.
        Conflict: another run of this shop is under way.
    """
    run = parts.db.write(lambda session: _begin(parts, session, shop_id, as_of or now, is_full=is_full, by=by, now=now))
    try:
        looked_at, moved = _work(parts, run, pace or Pace(), told)
    except BaseException:  # an interrupt, too: a run left open would keep the shop's next one out
        parts.db.write(lambda session: runs.end(session, run, state=runs.FAILED, now=parts.now()))
        raise
    return parts.db.write(lambda session: _end(parts, session, run, looked_at=looked_at, moved=moved))


def forget_segments(parts: Parts, session: Session, ref: str) -> int:
    """Take a person's segments out, as an erasure does."""
    return store.forget(session, pseudonym_of(parts, ref))


def shops_with_customers(session: Session) -> list[str]:
    """Every shop that has an order of somebody, or was told what somebody did."""
    has_order = exists().where(Order.shop_id == Shop.id, Order.buyer_ref.is_not(None))
    has_activity = exists().where(Event.shop_id == Shop.id, Event.kind == ACTIVITY)
    return sorted(session.scalars(select(Shop.id).where(has_order | has_activity)))


def _begin(
    parts: Parts, session: Session, shop_id: str, as_of: datetime, *, is_full: bool, by: str, now: datetime
) -> Run:
    if as_of > now:
        problem = Problem("as_of", f"{as_of.isoformat()} lies ahead", f"an instant up to {now.isoformat()}")
        raise InvalidInput("segments cannot be worked out ahead", problems=[problem])
    access.ensure_shop(session, shop_id, now=now)
    before = store.newest_run(session, shop_id)
    if before is not None and as_of < before.as_of:
        problem = Problem("as_of", f"{as_of.isoformat()} is earlier", f"{before.as_of.isoformat()} or later")
        raise InvalidInput("a later run stands; ask a what-if about the past instead", problems=[problem])
    policy = parts.live.current.engine.policy(RuleScope(shop_id))
    terms, every = terms_of(policy), policy.span(FULL_EVERY) or timedelta(0)
    last_full = store.newest_run(session, shop_id, is_full=True)
    if before is None or before.terms_digest != terms.digest or last_full is None or as_of - last_full.as_of >= every:
        is_full = True
    last = None if before is None else (before.as_of, before.read_at)
    run = Run(runs.new_run_id(), shop_id, as_of, terms, is_full, last)
    runs.begin(session, run, by=by, now=now)
    return run


def _end(parts: Parts, session: Session, run: Run, *, looked_at: int, moved: int) -> TierRun:
    """Close the run; who was erased or withdrew while it wrote is taken out again."""
    store.forget_of(session, run.shop_id, _hidden(parts, session, run))
    counts = dict(store.counts_by_shop(session, SYSTEM).get(run.shop_id, {}))
    done = {"looked_at_count": looked_at, "moved_count": moved, "counts": counts}
    return runs.end(session, run, state=runs.DONE, now=parts.now(), **done)


def _work(parts: Parts, run: Run, pace: Pace, told: Told) -> tuple[int, int]:
    with parts.db.read() as session:
        unhurried(session)
        hidden = _hidden(parts, session, run)
        refs = _refs(parts, session, run)
    if hidden:
        parts.db.write(lambda session: store.forget_of(session, run.shop_id, hidden))

    people = count_people(parts, run, refs, pace=pace, told=_heard(parts, run, told))
    people = people.filter(~pl.col("person").is_in(hidden))
    with parts.db.read() as session:
        standing = store.persons(session, run.shop_id) if refs is None else sorted(pseudonyms(parts, refs))
    left = sorted({*standing}.difference(people["person"]))
    progress, moved = Progress(WRITING, 0, people.height + len(left)), 0
    for looked_at, portion in _portions(parts, run, people, left, pace, is_first=not standing):
        progress = replace(progress, done=progress.done + looked_at)
        moved += portion.moves.height
        _write(parts, run, portion, progress)
        told(progress)
    return people.height, moved


def _heard(parts: Parts, run: Run, told: Told) -> Told:
    """Pass on how far reading is, and note it, at most once a second."""
    noted_at = parts.now()

    def heard(progress: Progress) -> None:
        nonlocal noted_at
        if (now := parts.now()) - noted_at >= _A_SECOND:
            parts.db.write(lambda session: runs.beat(session, run, progress, now=now))
            noted_at = now
        told(progress)

    return heard


def _portions(
    parts: Parts, run: Run, people: pl.DataFrame, left: Sequence[str], pace: Pace, *, is_first: bool
) -> Iterator[tuple[int, Portion]]:
    for part in people.iter_slices(pace.people):
        standing = _standing(parts, run, [] if is_first else part["person"].to_list())
        yield part.height, differences(part, standing, at=run.as_of)
    for start in range(0, len(left), pace.people):
        persons = left[start : start + pace.people]
        yield len(persons), departures(_standing(parts, run, persons))


def _standing(parts: Parts, run: Run, persons: Sequence[str]) -> pl.DataFrame:
    with parts.db.read() as session:
        return store.stored(session, run.shop_id, persons)


def _write(parts: Parts, run: Run, portion: Portion, progress: Progress) -> None:
    def work(session: Session) -> None:
        store.write(session, run, portion)
        runs.beat(session, run, progress, now=parts.now())

    parts.db.write(work)


def _refs(parts: Parts, session: Session, run: Run) -> list[str] | None:
    """Whom to look at; None: everybody."""
    if run.is_full or run.before is None:
        return None
    purposes = parts.live.current.engine.policy(RuleScope(run.shop_id)).texts(PURPOSES)
    return touched(session, run.shop_id, before=run.before, as_of=run.as_of, terms=run.terms, purposes=purposes)


def _hidden(parts: Parts, session: Session, run: Run) -> list[str]:
    purposes = parts.live.current.engine.policy(RuleScope(run.shop_id)).texts(PURPOSES)
    return sorted(pseudonyms(parts, excluded(session, purposes, as_of=run.as_of)))


def excluded(session: Session, purposes: Sequence[str], *, as_of: datetime) -> list[str]:
    """Who is in no segment: erased, or a consent to profiles withdrawn and none given since."""
    gone = select(Person.ref).where(Person.restricted_at.is_not(None) | Person.erased_at.is_not(None))
    other = aliased(Consent)
    stands = exists().where(
        other.person == Consent.person,
        other.purpose.in_(purposes),
        other.given_at <= as_of,
        other.ended_at.is_(None) | (other.ended_at > as_of),
        other.expires_at.is_(None) | (other.expires_at > as_of),
    )
    withdrawn = (Consent.ended_why == "withdrawn") & (Consent.ended_at <= as_of) & Consent.purpose.in_(purposes)
    refused = select(Consent.person).where(withdrawn, ~stands)
    return sorted({canonical(ref) for ref in (*session.scalars(gone), *session.scalars(refused))})
