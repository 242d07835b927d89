"""抽检 and 练习: blind second reviews with what they come to, and gold cases to train on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import event_log
from app.errors import AppError
from app.events.kind import load_kinds
from app.flows import second_review, train_officer
from app.flows.agreement_file import agreement_csv
from app.flows.parts import Parts
from app.flows.show_figures import SEE_EVERYBODY
from app.models import Case, Screening
from app.quality_settings import read_shares
from app.review import gold, second_reviews
from app.review.cases import BOUND, OUTCOMES
from app.review.claiming import DECIDERS, SENIORS
from app.review.kappa import agreed
from app.values.access import Caller
from app.web.auth import parts
from app.web.console import signed_in, titles
from app.web.console.case_pages import case_page
from app.web.console.case_problems import sentence_of
from app.web.console.fact_words import kind_word
from app.web.console.opened import open_screening
from app.web.console.policy_choices import policy_groups
from app.web.console.words import name, say
from app.web.schema_fields import starred

DAYS = 90
_SHOWN, _TEXT_MAX = 50, 2_000


def install(console: Blueprint) -> None:
    """Add the pages."""
    post: dict[str, Any] = {"methods": ["POST"]}
    console.add_url_rule("/quality", "quality", overview)
    console.add_url_rule("/quality.csv", "quality_csv", download)
    console.add_url_rule("/quality/next", "next_review", take_next, **post)
    console.add_url_rule("/quality/reviews/<string:review_id>", "second_review", show)
    console.add_url_rule("/quality/reviews/<string:review_id>/decide", "say_review", decide, **post)
    console.add_url_rule("/quality/reviews/<string:review_id>/give-up", "give_up_review", give_up, **post)
    console.add_url_rule("/quality/reviews/<string:review_id>/resolve", "resolve_review", resolve, **post)
    console.add_url_rule("/quality/training", "training", train)
    console.add_url_rule("/quality/training/<string:gold_id>", "answer_gold", answer, **post)
    console.add_url_rule("/cases/<string:case_id>/gold", "mark_gold", mark, **post)


def overview() -> str:
    """Numbers, agreement, disagreements and what was learnt from them."""
    own, by = parts(), _by()
    with own.db.read() as session:
        found = second_reviews.agreement(session, caller=by, since=own.now() - timedelta(days=DAYS))
        sees = bool(by.grants & SEE_EVERYBODY)
        groups = {
            group: {key: each for key, each in found[group].items() if sees or group != "officer" or key == by.name}
            for group in ("officer", "category", "rule")
        }
        values: dict[str, Any] = {
            "whole": found["all"].get("", agreed({})),
            "groups": groups,
            "drift": second_review.drift_of(own, session),
            "waiting": second_review.reviews_waiting(session, caller=by),
            "disputed": second_reviews.listed(session, caller=by, state="disputed", limit=_SHOWN),
            "taught": second_reviews.listed(session, caller=by, state="resolved", limit=_SHOWN),
            "categories": titles.in_force(own, session),
            "trained": train_officer.trained_of(own, session, by.name),
            "results": gold.results(session) if sees else {},
            "gold": gold.listed(session, caller=by),
        }
    return render_template(
        "console/quality.html",
        **values,
        days=DAYS,
        shares="、".join(
            say("quality.share_one", queue=name("queue", queue), share=share_text(share))
            for queue, share in read_shares(own.settings.second_review_shares).items()
        ),
        may_review=bool(by.grants & DECIDERS),
        is_senior=bool(by.grants & SENIORS),
        title=titles.title,
        share_text=share_text,
        kappa_text=kappa_text,
    )


def download() -> Response:
    """Agreement as a file."""
    by = _by()
    with parts().db.read() as session:
        found = second_reviews.agreement(session, caller=by, since=parts().now() - timedelta(days=DAYS))
    if not by.grants & SEE_EVERYBODY:
        found = {**found, "officer": {key: each for key, each in found["officer"].items() if key == by.name}}
    headers = {"Content-Disposition": 'attachment; filename="second-reviews.csv"'}
    return Response(agreement_csv(found), content_type="text/csv; charset=utf-8", headers=headers)


def take_next() -> Response:
    """Take the next review and go to it."""
    row = second_review.take_review(parts(), caller=_by(), now=parts().now())
    if row is None:
        flash(say("quality.none_left"))
        return redirect(url_for("console.quality"), 303)
    return redirect(url_for("console.second_review", review_id=row.id), 303)


def show(review_id: str) -> str:
    """One review: blind while it waits, both decisions afterwards."""
    return _page(review_id, told=None)


def decide(review_id: str) -> Response:
    """Decide a second time."""
    by, form = _by(), request.form
    outcome = form.get("decision", "")
    policy = form.get("policy") or None if outcome in BOUND else None
    said: dict[str, Any] = {"outcome": outcome, "policy": policy, "reason": _text("reason")}
    try:
        row = second_review.say_review(parts(), review_id, **said, caller=by, now=parts().now())
    except AppError as error:
        return make_response(_page(review_id, told=sentence_of(error)), error.status)
    flash(say("quality.said", how=say("quality.same" if row.state == "agreed" else "quality.other")))
    return redirect(url_for("console.quality"), 303)


def give_up(review_id: str) -> Response:
    """Let it go undecided."""
    try:
        second_review.give_up_review(parts(), review_id, caller=_by(), now=parts().now())
    except AppError as error:
        return make_response(_page(review_id, told=sentence_of(error)), error.status)
    flash(say("quality.given_up"))
    return redirect(url_for("console.quality"), 303)


def resolve(review_id: str) -> Response:
    """End a disagreement."""
    by, form = _by(), request.form
    said: dict[str, Any] = {"outcome": form.get("decision", ""), "lesson": _text("lesson")}
    said["corrects"] = bool(form.get("corrects"))
    try:
        second_review.resolve_review(parts(), review_id, **said, caller=by, now=parts().now())
    except AppError as error:
        return make_response(_page(review_id, told=sentence_of(error)), error.status)
    flash(say("quality.resolved"))
    return redirect(url_for("console.quality"), 303)


def train() -> str:
    """The next gold case, without its answer."""
    return _training(None, None)


def answer(gold_id: str) -> Response:
    """Answer it; what is right is told beside the next one."""
    by, own = _by(), parts()
    try:
        given = train_officer.answer_gold(
            own, gold_id, outcome=request.form.get("decision", ""), caller=by, now=own.now()
        )
    except AppError as error:
        return make_response(_training(None, sentence_of(error)), error.status)
    with own.db.read() as session:
        row = gold.find(session, given.gold_id, caller=by)
    return make_response(_training((given.is_right, row.outcome, row.lesson), None))


def mark(case_id: str) -> Response:
    """Make a decided case gold."""
    try:
        train_officer.mark_gold(parts(), case_id, lesson=_text("lesson"), caller=_by(), now=parts().now())
    except AppError as error:
        return make_response(case_page(case_id, told=sentence_of(error)), error.status)
    flash(say("training.marked"))
    return redirect(url_for("console.case", case_id=case_id), 303)


def share_text(value_bp: int | None) -> str:
    """Basis points as people read them."""
    return "–" if value_bp is None else f"{value_bp / 100:.1f}%"


def kappa_text(value_bp: int | None) -> str:
    """κ as people write it."""
    return "–" if value_bp is None else f"{value_bp / 10_000:.2f}"


def _page(review_id: str, *, told: str | None) -> str:
    own, by = parts(), _by()
    with own.db.read() as session:
        row = second_reviews.find(session, review_id, caller=by)
        case = session.get_one(Case, row.case_id)
        is_mine = row.claimed_by == by.name  # also when the time is over: nobody else has taken it
        is_blind = row.state == "waiting"
        may_see = is_mine if is_blind else True
        shown = _shown(own, session, case) if may_see else {}
        categories = titles.in_force(own, session)
        policies = policy_groups(own, session, case, categories, is_blind=True) if is_blind and is_mine else ()
    return render_template(
        "console/second_review.html",
        row=row,
        case=case,
        is_blind=is_blind,
        is_mine=is_mine,
        policies=policies,
        outcomes=OUTCOMES,
        may_resolve=row.state == "disputed"
        and bool(by.grants & SENIORS)
        and by.name not in {row.first_by, row.second_by},
        categories=categories,
        title=titles.title,
        told=told,
        **{"opened": None, "events": (), **shown},
    )


def _training(done: tuple[bool, str, str] | None, told: str | None) -> str:
    own, by = parts(), _by()
    with own.db.read() as session:
        row = gold.next_for(session, caller=by) if by.grants & DECIDERS else None
        case = None if row is None else session.get_one(Case, row.case_id)
        shown = {} if case is None else _shown(own, session, case)
        stand = train_officer.trained_of(own, session, by.name)
        categories = titles.in_force(own, session)
    return render_template(
        "console/training.html",
        gold=row,
        case=case,
        done=done and (done[0], name("outcome", done[1]), done[2]),
        told=told,
        stand=stand,
        mark=share_text(own.settings.gold_pass_bp),
        is_required=own.settings.gold_required,
        outcomes=OUTCOMES,
        categories=categories,
        title=titles.title,
        **{"opened": None, "events": (), **shown},
    )


def _shown(own: Parts, session: Session, case: Case) -> dict[str, Any]:
    """What a case is about, without anybody's decision and without what machines that look at media think."""
    if case.screening_id is None:
        found = event_log.decisions_about(session, case.shop_id, case.subject or "")
        return {"events": [(kind_word(load_kinds().get(each.kind), each.kind), each) for each in found]}
    screening = session.get_one(Screening, case.screening_id)
    return {"opened": open_screening(own, session, screening), "excerpt": screening.excerpt}


def _by() -> Caller:
    return signed_in.officer().caller


def _text(field: str) -> str:
    return starred(request.form.get(field, "").replace("\x00", "").replace("\r\n", "\n").strip()[:_TEXT_MAX])
