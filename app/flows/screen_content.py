"""Screening: judge contents, store every decision durably, open cases, answer.

contents ─ judge_content (no database) ─ one unit of work: ─ known with the same digest? → the stored answer
                                                           ─ else: content, screening, audit row, case, outbox
                                                           ─ committed → answers
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import access, contents, traces
from app.flows.ask_evidence import rested_on
from app.flows.join_doubts import Doubted, Doubts
from app.flows.judge_content import UNSEEN_MEDIA, Judge, judge_content, scan_contents
from app.flows.look_up_claims import look_up_claims
from app.flows.parts import Parts
from app.flows.quick_opinions import keep_quick, with_quick_opinions
from app.flows.screening_rows import Fresh, Made, announce_cases, make_rows
from app.flows.standing_facts import standing_facts
from app.flows.stored_screening import stored_answer
from app.flows.wordlist_freshness import STALE_DOUBT, must_wait
from app.metrics import DOUBTS, SCREENED_AGAIN, SCREENINGS
from app.models import EvidenceUse, WaitingScreening
from app.queue import add
from app.review.cases import supersede
from app.text.match import Scan
from app.values.access import Caller
from app.values.content import ContentToScreen
from app.values.deciding import Verdict

REVIEW_JOB = "review_content"
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer as bytes of JSON, and whether it is one given before."""

    body: bytes
    is_repeated: bool = False


def screen_contents(
    parts: Parts, to_screen: Sequence[ContentToScreen], *, caller: Caller, now: datetime
) -> list[Answered]:
    """Screen contents that ``check_content`` let through and whose shops are the caller's; answers in order.

    When this returns, every decision is on disk. Raises NotReady before the first snapshot is loaded.
    """
    judge = parts.live.current
    standing = standing_facts(parts, to_screen, now=now)
    with traces.span("judge", contents=len(to_screen)):
        scans = scan_contents(judge, to_screen, now=now) if len(to_screen) > 1 else [None]
        fresh = [
            _judge(parts, judge, content, standing(content), scan, actor=caller.name, now=now)
            for content, scan in zip(to_screen, scans, strict=True)
        ]
    with traces.span("store", contents=len(fresh)):
        answers = _store_until_settled(parts, fresh)
    parts.known_shops.update(content.shop_id for content in to_screen)
    _count(fresh, answers)
    return answers


def _judge(
    parts: Parts,
    judge: Judge,
    sent: ContentToScreen,
    standing: Mapping[str, object],
    scan: Scan | None,
    *,
    actor: str,
    now: datetime,
) -> Fresh:
    """Judge one content; ``scan`` is what was found in it where several were looked through together."""
    started = time.perf_counter_ns()
    digest = sent.digest()  # of what was sent: what is looked up may change from day to day
    content = look_up_claims(parts, judge, sent, standing, now=now)
    judged = judge_content(
        judge,
        content,
        now=now,
        sample=parts.settings.sample_bp > parts.chance.randrange(10_000),
        doubts=media_doubts(parts, content),
        tripped=parts.live.tripped,
        scan=scan,
    )
    asks, is_pending = who_is_out(parts, content, judged.decision.decision)
    judged, quick = with_quick_opinions(parts, content, judged, now=now)
    is_stale = not is_pending and must_wait(parts, judged.decision, now=now)
    if is_stale:
        judged = replace(judged, decision=replace(judged.decision, doubts=(*judged.decision.doubts, STALE_DOUBT)))
    parts.words.note(judged.decision.hits, now=now)
    parts.counts.note(judge.rules_on(content.kind), judged.decision.firings, now=now)
    took_us = (time.perf_counter_ns() - started) // 1000
    waits = is_pending or is_stale
    rests_on = rested_on(judge, content, judged, now=now)
    return Fresh(parts, judge, actor, now, content, judged, digest, waits, took_us, is_stale, asks, quick, rests_on)


def who_is_out(parts: Parts, content: ContentToScreen, verdict: Verdict) -> tuple[bool, bool]:
    """Whether reviewers are to be asked after the answer, and whether one of them may still change the outcome."""
    slow = [each for each in parts.reviewers if not each.is_quick and each.wants(content, verdict)]
    return bool(slow), any(not each.is_advice for each in slow)


def media_doubts(parts: Parts, content: ContentToScreen) -> tuple[str, ...]:
    """The doubt about media that no reviewer looks at, where this deployment has it go to a person."""
    wanting = [each for each in parts.reviewers if not each.is_advice and each.wants(content, Verdict.PASS)]
    is_unseen = not all(any(each.sees(medium) for each in wanting) for medium in content.media)
    return (UNSEEN_MEDIA,) if is_unseen and parts.settings.unreviewed_media == "review" else ()


def _count(fresh: Sequence[Fresh], answers: Sequence[Answered]) -> None:
    decided = Counter(
        each.judged.decision.decision for each, answer in zip(fresh, answers, strict=True) if not answer.is_repeated
    )
    for decision, count in decided.items():
        SCREENINGS.labels(decision.value).inc(count)
    if repeated := len(fresh) - decided.total():
        SCREENED_AGAIN.inc(repeated)
    if doubtful := sum(bool(each.judged.decision.doubts) for each in fresh):
        DOUBTS.labels("screening").inc(doubtful)


def _store_until_settled(parts: Parts, fresh: list[Fresh]) -> list[Answered]:
    for attempt in range(_TRIES):
        try:
            return parts.db.write_items(_store, fresh)
        except IntegrityError:  # another process stored the same content first: look again
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("the last try returns or raises")


def _store(session: Session, fresh: list[Fresh]) -> list[Answered]:
    """One unit of work for all that wait: each content's decision, or the answer it was given before."""
    if unseen := [each.content.shop_id for each in fresh if each.content.shop_id not in each.parts.known_shops]:
        access.ensure_shops(session, unseen, now=fresh[0].now)
    known = contents.known(session, (each.key for each in fresh))
    if changed := [known[each.key].pk for each in fresh if _is_changed(known, each)]:
        supersede(session, changed, now=fresh[0].now)
    rows, answers, made = contents.NewRows(), [], dict[str, Made]()
    doubted = [Doubted(each.screening_id, each.content, each.judged) for each in fresh if not each.is_stale]
    doubts = Doubts(fresh[0].parts, session, doubted, now=fresh[0].now)
    for each in fresh:
        before = known.get(each.key)
        if before is not None and before.digest == each.digest:
            earlier = made.get(before.screening_id)
            body = earlier.body if earlier else stored_answer(each.parts.people, session, before.screening_id)
            answers.append(Answered(body, is_repeated=True))
            continue
        new = make_rows(session, rows, each, before, doubts)
        known[each.key], made[each.screening_id] = new.known, new
        answers.append(Answered(new.body))
        for evidence_id in each.rests_on:
            about = {"shop_id": each.content.shop_id, "screening_id": each.screening_id}
            session.add(EvidenceUse(evidence_id=evidence_id, used_at=each.now, **about))
        if each.is_stale:
            session.add(WaitingScreening(screening_id=each.screening_id, since=each.now))
        elif each.asks_reviewers:
            _ask_reviewers(session, each)
        keep_quick(session, each)
    rows.cases += doubts.cases
    rows.write(session)
    doubts.write()
    announce_cases(session, rows.cases)
    return answers


def _is_changed(known: dict[tuple[str, str], contents.Known], each: Fresh) -> bool:
    before = known.get(each.key)
    return before is not None and before.digest != each.digest


def _ask_reviewers(session: Session, each: Fresh) -> None:
    add(
        session,
        kind=REVIEW_JOB,
        payload={"screening_id": each.screening_id},
        due_at=each.now,
        now=each.now,
        slot_key=f"{REVIEW_JOB}:{each.screening_id}",
        max_attempts=6,
    )
