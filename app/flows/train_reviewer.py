"""Training the reviewer that learns here, and saying which of its models is in use.

officers' final decisions ─ texts opened, starred, folded ─ enough of both kinds? ─ trained ─ tried on the newest ─ kept
use: only what passed its trial (or with a reason) · back: the one before · every process follows within seconds
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.errors import AppError, Conflict, NotFound
from app.flows.judge_content import text_fields
from app.flows.parts import Parts
from app.flows.stored_screening import stored_content
from app.models import Case, Content, ReviewerModel, ReviewerModelUse, Screening
from app.review.linear import store
from app.review.linear.model import BrokenModel, LinearModel, read_model
from app.review.linear.training import Sample, Trained, split, train
from app.text.normalise import fold
from app.text.personal_data import find_personal_data, redact
from app.vault.crypto import SealBroken

LEAST, LEAST_OF_A_KIND = 200, 40
"""So many decided texts, and so many of each kind, it takes to learn from; the newest must hold both kinds, too."""
_MOST, _PORTION = 20_000, 500
_LOOKED_BACK = timedelta(days=731)
_FINAL = ("decided", "upheld", "overturned")
_OBJECTED, _LET = ("block", "return"), ("pass", "label")


class TooFew(AppError):
    """Too little was decided to learn from. The reviewer goes on abstaining, or with the model it has."""

    code = "too_few_decisions"
    status = 409
    title = "There are too few decisions to learn from"


@dataclass(frozen=True, slots=True)
class Kept:
    """A trained model as it is kept. ``why_not`` says why it is not good enough to be used."""

    model_id: str
    trained: Trained
    why_not: str | None


def train_reviewer(parts: Parts, *, by: str, now: datetime, shop_id: str | None = None) -> Kept:
    """Train a model and keep it with its trial; nothing uses it yet. Raises TooFew."""
    samples = list(samples_of(parts, now=now, shop_id=shop_id))
    _check_enough(samples)
    trained = train(samples, incumbent=_in_use(parts))
    why_not = trained.trial.why_not(trained.incumbent)
    report: dict[str, Any] = {
        "samples": len(samples),
        "trained": trained.trained_count,
        "calibrated": trained.calibrated_count,
        "trial": trained.trial.answer(),
        "incumbent": trained.incumbent.answer() if trained.incumbent else None,
        "low_bp": trained.model.low_bp,
        "high_bp": trained.model.high_bp,
        "why_not": why_not,
        "newest_decision_at": max(each.decided_at for each in samples).isoformat(),
    }

    def work(session: Session) -> str:
        body = trained.model.as_bytes()
        kept = store.keep(session, body, report=report, is_good=why_not is None, by=by, now=now)
        _audit(session, "reviewer.train", kept, by=by, reason=None, details=report, now=now)
        return kept

    return Kept(parts.db.write(work), trained, why_not)


def use_model(parts: Parts, start: str, *, by: str, reason: str, now: datetime, anyway: bool = False) -> str:
    """Take a model into use by its name or how it begins; returns its whole name.

    Raises:
        NotFound, Conflict: no such model, several, or one that did not pass its trial.
        BrokenModel: the stored bytes are damaged.
    """

    def work(session: Session) -> str:
        model = store.find(session, start)
        read_model(model.body, expected=model.id)
        if not model.is_good and not anyway:
            raise Conflict(f"{model.id[:19]} did not pass its trial: {model.report.get('why_not')}")
        store.use(session, model.id, by=by, reason=reason, now=now)
        _audit(session, "reviewer.use", model.id, by=by, reason=reason, details={"anyway": anyway}, now=now)
        return model.id

    return parts.db.write(work)


def back_to_before(parts: Parts, *, by: str, reason: str, now: datetime) -> str | None:
    """Go back to the model in use before; to none where there was none. Raises NotFound when none is in use."""

    def work(session: Session) -> str | None:
        use = store.newest_use(session)
        if use is None or use.model_id is None:
            raise NotFound("no model is in use")
        before = store.before_the_present(session)
        store.use(session, before, by=by, reason=reason, now=now)
        _audit(
            session, "reviewer.back", before or "none", by=by, reason=reason, details={"from": use.model_id}, now=now
        )
        return before

    return parts.db.write(work)


def models_of(session: Session, *, limit: int = 20) -> tuple[Sequence[ReviewerModel], ReviewerModelUse | None]:
    """The newest models, and what was said last about which is in use."""
    return store.listed(session, limit=limit), store.newest_use(session)


def samples_of(parts: Parts, *, now: datetime, shop_id: str | None = None) -> Iterator[Sample]:
    """What officers decided of contents, newest first: final, by a person, and not taken back."""
    before: tuple[datetime, str] | None = None
    count = 0
    while count < _MOST:
        with parts.db.read() as session:
            rows = _portion(session, now=now, shop_id=shop_id, before=before)
            for case, screening, content_id in rows:
                text = _text_of(parts, session, screening, content_id)
                if text and case.decided_at is not None:
                    count += 1
                    yield Sample(text, case.outcome in _OBJECTED, case.decided_at)
        if len(rows) < _PORTION:
            return
        last = rows[-1][0]
        assert last.decided_at is not None, "only decided cases are read"
        before = last.decided_at, last.id


def _portion(
    session: Session, *, now: datetime, shop_id: str | None, before: tuple[datetime, str] | None
) -> list[tuple[Case, Screening, str]]:
    found = (
        select(Case, Screening, Content.content_id)
        .join(Screening, Screening.id == Case.screening_id)
        .join(Content, Content.id == Case.content_pk)
        .where(Case.state.in_(_FINAL), Case.outcome.in_((*_OBJECTED, *_LET)), Case.decided_by != "system")
        .where(Case.decided_at > now - _LOOKED_BACK, Case.decided_at <= now)
        .order_by(Case.decided_at.desc(), Case.id.desc())
        .limit(_PORTION)
    )
    if shop_id is not None:
        found = found.where(Case.shop_id == shop_id)
    if before is not None:
        at, case_id = before
        found = found.where((Case.decided_at < at) | ((Case.decided_at == at) & (Case.id < case_id)))
    return [(row[0], row[1], row[2]) for row in session.execute(found)]


def _text_of(parts: Parts, session: Session, screening: Screening, content_id: str) -> str:
    """The text as reviewers see it: folded, personal data starred; empty where its person was erased."""
    try:
        content = stored_content(parts.people, session, screening, content_id=content_id)
    except SealBroken:
        return ""
    folded = [fold(field.text).text for field in text_fields(content)]
    return "\n".join(redact(text, find_personal_data(text)) for text in folded).strip()


def _check_enough(samples: Sequence[Sample]) -> None:
    older, next_, newest = split(samples)
    kinds = [sum(each.is_objected for each in part) for part in (older, next_, newest)]
    lengths = [len(older), len(next_), len(newest)]
    objected, total = sum(kinds), sum(lengths)
    least = min(objected, total - objected)
    if total < LEAST or least < LEAST_OF_A_KIND:
        raise TooFew(
            f"{total} different texts, {objected} of them objected to; {LEAST} and {LEAST_OF_A_KIND} are needed"
        )
    if any(kind in {0, length} for kind, length in zip(kinds, lengths, strict=True)):
        raise TooFew("the newest decisions are all of one kind, so nothing can be tried on them")


def _in_use(parts: Parts) -> LinearModel | None:
    with parts.db.read() as session:
        use = store.newest_use(session)
        row = session.get(ReviewerModel, use.model_id) if use and use.model_id else None
    try:
        return read_model(row.body, expected=row.id) if row else None
    except BrokenModel:
        return None


def _audit(
    session: Session, action: str, model_id: str, *, by: str, reason: str | None, details: dict[str, Any], now: datetime
) -> None:
    audit.record(
        session,
        actor=by,
        action=action,
        object_type="reviewer_model",
        object_id=model_id,
        shop_id=None,
        reason=reason,
        details=details,
        now=now,
    )
