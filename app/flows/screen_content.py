"""Screening: judge contents, store every decision durably, open cases, answer.

contents ─ judge_content (no database) ─ one unit of work: ─ known with the same digest? → the stored answer
                                                           ─ else: content, screening, audit row, case, outbox
                                                           ─ committed → answers
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import access, contents
from app.flows.judge_content import Judge, judge_content
from app.flows.parts import Parts
from app.flows.screening_rows import Fresh, Made, announce_cases, make_rows
from app.flows.stored_screening import stored_answer
from app.metrics import DOUBTS, SCREENED_AGAIN, SCREENINGS
from app.queue import add
from app.review.cases import supersede
from app.values.access import Caller
from app.values.content import ContentToScreen

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
    fresh = [_judge(parts, judge, content, now=now) for content in to_screen]
    answers = _store_until_settled(parts, judge, fresh, caller=caller, now=now)
    parts.known_shops.update(content.shop_id for content in to_screen)
    for each, answer in zip(fresh, answers, strict=True):
        if answer.is_repeated:
            SCREENED_AGAIN.inc()
            continue
        SCREENINGS.labels(each.judged.decision.decision.value).inc()
        if each.judged.decision.doubts:
            DOUBTS.labels("screening").inc()
    return answers


def _judge(parts: Parts, judge: Judge, content: ContentToScreen, *, now: datetime) -> Fresh:
    started = time.perf_counter_ns()
    is_pending = any(reviewer.wants(content) for reviewer in parts.reviewers)
    is_unseen = bool(content.media) and not is_pending and parts.settings.unreviewed_media == "review"
    judged = judge_content(
        judge,
        content,
        now=now,
        sample=parts.settings.sample_bp > parts.chance.randrange(10_000),
        doubts=("含图片、视频或音频，但未配置媒体审核服务",) if is_unseen else (),
    )
    return Fresh(content, judged, content.digest(), is_pending, (time.perf_counter_ns() - started) // 1000)


def _store_until_settled(
    parts: Parts, judge: Judge, fresh: Sequence[Fresh], *, caller: Caller, now: datetime
) -> list[Answered]:
    for attempt in range(_TRIES):
        try:
            return parts.db.write(lambda session: _store(parts, judge, session, fresh, caller=caller, now=now))
        except IntegrityError:  # another process stored the same content first: look again
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("the last try returns or raises")


def _store(
    parts: Parts, judge: Judge, session: Session, fresh: Sequence[Fresh], *, caller: Caller, now: datetime
) -> list[Answered]:
    for shop_id in {each.content.shop_id for each in fresh} - parts.known_shops:
        access.ensure_shop(session, shop_id, now=now)
    known = contents.known(session, (each.key for each in fresh))
    if changed := [known[each.key].pk for each in fresh if _is_changed(known, each)]:
        supersede(session, changed, now=now)
    rows, answers, made = contents.NewRows(), [], dict[str, Made]()
    for each in fresh:
        before = known.get(each.key)
        if before is not None and before.digest == each.digest:
            earlier = made.get(before.screening_id)
            body = earlier.body if earlier else stored_answer(parts.people, session, before.screening_id)
            answers.append(Answered(body, is_repeated=True))
            continue
        new = make_rows(parts, judge, session, rows, each, before, actor=caller.name, now=now)
        known[each.key], made[each.screening_id] = new.known, new
        answers.append(Answered(new.body))
        if each.is_pending:
            _ask_reviewers(session, each, now=now)
    rows.write(session)
    announce_cases(session, rows.cases, now=now)
    return answers


def _is_changed(known: dict[tuple[str, str], contents.Known], each: Fresh) -> bool:
    before = known.get(each.key)
    return before is not None and before.digest != each.digest


def _ask_reviewers(session: Session, each: Fresh, *, now: datetime) -> None:
    add(
        session,
        kind=REVIEW_JOB,
        payload={"screening_id": each.screening_id},
        due_at=now,
        now=now,
        slot_key=f"{REVIEW_JOB}:{each.screening_id}",
        max_attempts=6,
    )
