"""Putting a shop's customers into segments: who may have changed is added up anew, and only differences are written.

shop ─ another run under way? ── yes ── refused
         └ no ─ whom to look at (all, or who was told of or crossed a window's edge) ─ figures (database)
              ─ segments and scores (all at once) ─ compared with what stands ─ portions of differences ─ counts

A run that dies has written whole portions only: the next one finds the same differences less those.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app import access
from app.errors import Conflict, InvalidInput, Problem
from app.flows.parts import Parts
from app.models import Consent, Event, Order, Person, Shop, TierRun, new_id
from app.tiering import store
from app.tiering.figures import ACTIVITY, Whose, figures_of
from app.tiering.segments import FIGURES, classified
from app.tiering.terms import Terms, terms_of
from app.tiering.touched import touched
from app.values.access import SYSTEM
from app.values.person_names import canonical, spellings_of
from app.values.rule_scope import RuleScope
from app.vault.crypto import branch

PURPOSES = "tiering.profile_purposes"
FULL_EVERY = "tiering.full_every_days"
_PORTION, _REFS_MAX = 5_000, 10_000
_LONGEST = timedelta(hours=1)
_INSTANT = pl.Datetime("us", "UTC")


@dataclass(frozen=True, slots=True)
class _Run:
    """A run under way."""

    id: str
    shop_id: str
    as_of: datetime
    read_at: datetime
    terms: Terms
    is_full: bool
    before: TierRun | None


def tier_people(
    parts: Parts, shop_id: str, *, as_of: datetime | None = None, is_full: bool = False, by: str, now: datetime
) -> TierRun:
    """Bring the segments of a shop's customers up to an instant (default: now); returns the finished run.

    Raises:
        InvalidInput: the instant lies ahead, or before that of the last run.
        Conflict: another run of this shop is under way.
    """
    run = parts.db.write(lambda session: _begin(parts, session, shop_id, as_of or now, is_full=is_full, by=by, now=now))
    try:
        looked_at, moved = _work(parts, run)
    except BaseException:  # an interrupt, too: a run left open would keep the shop's next one out for an hour
        parts.db.write(lambda session: _end(session, run.id, state=store.FAILED, now=parts.now()))
        raise
    return parts.db.write(
        lambda session: _end(session, run.id, state=store.DONE, now=parts.now(), looked_at=looked_at, moved=moved)
    )


def pseudonym_of(parts: Parts, ref: str) -> str:
    """Under what a person stands in the tables of segments: made with a key of the service, the same for ever."""
    return pseudonyms(parts, [canonical(ref)])[0]


def pseudonyms(parts: Parts, refs: Sequence[str]) -> list[str]:
    """The pseudonyms of canonical references."""
    key = branch(parts.keyring.api_keys, "segments")
    return [hmac.digest(key, ref.encode(), hashlib.sha256).hex()[:32] for ref in refs]


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
) -> _Run:
    if as_of > now:
        problem = Problem("as_of", f"{as_of.isoformat()} lies ahead", f"an instant up to {now.isoformat()}")
        raise InvalidInput("segments cannot be worked out ahead", problems=[problem])
    access.ensure_shop(session, shop_id, now=now)
    if store.running(session, shop_id, since=now - _LONGEST) is not None:
        raise Conflict(f"the customers of {shop_id} are being put into segments already")
    before = store.newest_run(session, shop_id)
    if before is not None and as_of < before.as_of:
        problem = Problem("as_of", f"{as_of.isoformat()} is earlier", f"{before.as_of.isoformat()} or later")
        raise InvalidInput("a later run stands; ask a what-if about the past instead", problems=[problem])
    policy = parts.live.current.engine.policy(RuleScope(shop_id))
    terms, every = terms_of(policy), policy.span(FULL_EVERY) or timedelta(0)
    last_full = store.newest_run(session, shop_id, is_full=True)
    if before is None or before.terms_digest != terms.digest or last_full is None or as_of - last_full.as_of >= every:
        is_full = True
    row = TierRun(
        id=new_id(),
        shop_id=shop_id,
        state=store.RUNNING,
        as_of=as_of,
        read_at=now,
        is_full=is_full,
        asked_by=by,
        terms=asdict(terms),
        terms_digest=terms.digest,
        looked_at_count=0,
        moved_count=0,
        counts={},
    )
    session.add(row)
    session.flush()
    return _Run(row.id, shop_id, as_of, now, terms, is_full, before)


def _end(session: Session, run_id: str, *, state: str, now: datetime, looked_at: int = 0, moved: int = 0) -> TierRun:
    row = session.get_one(TierRun, run_id)
    row.state, row.finished_at, row.looked_at_count, row.moved_count = state, now, looked_at, moved
    if state == store.DONE:
        row.counts = dict(store.counts_by_shop(session, SYSTEM).get(row.shop_id, {}))
    session.flush()
    return row


def _work(parts: Parts, run: _Run) -> tuple[int, int]:
    with parts.db.read() as session:
        purposes = parts.live.current.engine.policy(RuleScope(run.shop_id)).texts(PURPOSES)
        hidden = set(pseudonyms(parts, excluded(session, purposes, as_of=run.as_of)))
        refs = None if run.is_full or run.before is None else _refs(session, run, run.before, purposes)
        figures = _figures(session, run, refs)
        people = figures.with_columns(pl.Series("person", pseudonyms(parts, figures["ref"].to_list()), dtype=pl.String))
        people = classified(people.drop("ref"), as_of=run.as_of, terms=run.terms)
        people = people.filter(~pl.col("person").is_in(sorted(hidden)))
        there = store.stored(session, run.shop_id, None if refs is None else pseudonyms(parts, refs))
    if hidden:
        parts.db.write(lambda session: store.forget_of(session, run.shop_id, sorted(hidden)))
        there = there.filter(~pl.col("person").is_in(sorted(hidden)))
    moved = 0
    for portion in _differences(run, people, there):
        moved += len(portion.get("moves", ()))
        parts.db.write(lambda session, portion=portion: store.write(session, run.shop_id, **portion))  # type: ignore[misc]
    return people.height, moved


def _refs(session: Session, run: _Run, before: TierRun, purposes: Sequence[str]) -> list[str]:
    last = (before.as_of, before.read_at)
    return touched(session, run.shop_id, before=last, as_of=run.as_of, terms=run.terms, purposes=purposes)


def _figures(session: Session, run: _Run, refs: list[str] | None) -> pl.DataFrame:
    if refs is None:
        return figures_of(session, Whose(run.shop_id, run.as_of), run.terms)
    frames = [
        figures_of(session, Whose(run.shop_id, run.as_of, spellings_of(refs[start : start + _REFS_MAX])), run.terms)
        for start in range(0, max(len(refs), 1), _REFS_MAX)
    ]
    return pl.concat(frames)


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


def _differences(run: _Run, people: pl.DataFrame, there: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """What has to be written, in portions: rows to add and to change, people who are gone, moves."""
    at = pl.lit(run.as_of).cast(_INSTANT)
    was = there.select("person", *(pl.col(name).alias(f"was_{name}") for name in (*store.COMPARED, *store.KEPT)))
    both = people.join(was, on="person", how="left")
    fresh = people.join(there, on="person", how="anti").with_columns(
        since_at=at, first_at=at, first_segment=pl.col("segment")
    )
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"was_{name}")) for name in store.COMPARED)
    other = both.filter(pl.col("was_segment").is_not_null() & ~same)
    has_moved = pl.col("segment") != pl.col("was_segment")
    other = other.with_columns(since_at=pl.when(has_moved).then(at).otherwise(pl.col("was_since_at")))
    gone = there.join(people, on="person", how="anti")
    shown = ("person", "since_at", *store.COMPARED)
    fresh = fresh.select(*shown, "first_segment", "first_at").sort("segment", "person")
    for start in range(0, fresh.height, _PORTION):
        yield {"add": fresh.slice(start, _PORTION)}
    for start in range(0, other.height, _PORTION):
        part = other.slice(start, _PORTION)
        moves = [_move(run, row, row["was_segment"], row["segment"]) for row in part.filter(has_moved).to_dicts()]
        yield {"change": part.select(shown).to_dicts(), "moves": moves}
    for start in range(0, gone.height, _PORTION // 10):
        rows = gone.slice(start, _PORTION // 10).to_dicts()
        moves = [_move(run, row, row["segment"], store.GONE) for row in rows]
        yield {"gone": [row["person"] for row in rows], "moves": moves}


def _move(run: _Run, row: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    return {
        "person": row["person"],
        "from_segment": before,
        "to_segment": after,
        "at": run.as_of,
        "run_id": run.id,
        "figures": {name: row[name] for name in FIGURES},
    }
