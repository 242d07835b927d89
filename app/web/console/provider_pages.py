"""The pages of service providers: the register, ratings that wait, appeals, the badge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import AppError, Forbidden, InvalidInput
from app.flows.decide_rating import appeal_rating, decide_appeal, decide_rating
from app.flows.grant_badge import grant_badge, withdraw_badge
from app.providers import appeals, ratings, register
from app.values.access import Caller, Role
from app.values.china_days import day_of
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.case_list import shops
from app.web.console.supplier_pages import percent
from app.web.console.words import say
from app.web.cursors import read_pair, write_pair
from app.web.schema_fields import starred

DECIDERS = frozenset({Role.OFFICER, Role.SENIOR, Role.ADMIN})
TYPES = ("technology", "training", "operation", "warehouse", "other")
_SHOWN, _WAITING, _SHOPS, _REASON_MAX = 50, 20, 200, 2_000


def install(console: Blueprint) -> None:
    """Add the pages and their forms."""
    console.add_url_rule("/providers", "providers", list_providers)
    console.add_url_rule("/providers.csv", "providers_csv", download)
    console.add_url_rule("/providers/of/<string:shop_id>/<path:provider_id>", "provider", show_provider)
    for path, name, view in (
        ("/providers/ratings/<string:rating_id>/decide", "decide_rating", decide),
        ("/providers/ratings/<string:rating_id>/appeal", "appeal_rating", appeal),
        ("/providers/appeals/<string:appeal_id>/decide", "hear_appeal", hear),
        ("/providers/badge/<string:shop_id>/<path:provider_id>", "set_badge", badge),
    ):
        console.add_url_rule(path, name, view, methods=["POST"])


def list_providers() -> str:
    """The register, and what waits for a person."""
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    shop = request.args.get("shop", "")[:128] or None
    wanted = request.args.get("type", "")
    type_ = wanted if wanted in TYPES else ""
    after = read_pair(request.args.get("after") or None)
    with own.db.read() as session:
        found = register.listed(
            session, caller=by, shop_id=shop, provider_type=type_ or None, after=after, limit=_SHOWN + 1
        )
        numbers = register.numbers(session, caller=by)
        held = ratings.held(session, caller=by, limit=_WAITING)
        waiting = appeals.listed(session, caller=by, state="waiting", limit=_WAITING)
        known = shops(session, caller=by, limit=_SHOPS)
    page = found[:_SHOWN]
    return render_template(
        "console/providers.html",
        entries=page,
        more=write_pair(page[-1].row.shop_id, page[-1].row.subject) if len(found) > _SHOWN else None,
        numbers=numbers,
        held=held,
        waiting=waiting,
        types=TYPES,
        type=type_,
        shop=shop or "",
        shops=known,
        now=now,
        day_of=day_of,
        percent=percent,
    )


def show_provider(shop_id: str, provider_id: str) -> str:
    """One provider."""
    return _provider(shop_id, provider_id, told=None)


def download() -> Response:
    """The register as a file."""
    own, by = parts(), signed_in.officer().caller
    with own.db.read() as session:
        found = register.listed(session, caller=by, shop_id=request.args.get("shop", "")[:128] or None)
        text = "".join(register.as_csv(found))
    answer = make_response(text)
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="providers.csv"'
    return answer


def decide(rating_id: str) -> Response:
    """Let a held rating hold, or refuse it."""
    by = _decider()
    approve = request.form.get("decision") == "approve"
    return _done(
        lambda: decide_rating(parts(), rating_id, approve=approve, reason=_said("reason"), caller=by, now=parts().now())
    )


def appeal(rating_id: str) -> Response:
    """Note what a provider says against a rating."""
    by = _decider()
    return _done(
        lambda: appeal_rating(
            parts(),
            rating_id,
            text=_said("text"),
            evidence_ref=starred(request.form.get("evidence", "").strip()[:500]) or None,
            caller=by,
            now=parts().now(),
        )
    )


def hear(appeal_id: str) -> Response:
    """Uphold or dismiss an appeal."""
    by = _decider()
    uphold = request.form.get("decision") == "uphold"
    return _done(
        lambda: decide_appeal(parts(), appeal_id, uphold=uphold, reason=_said("reason"), caller=by, now=parts().now())
    )


def badge(shop_id: str, provider_id: str) -> Response:
    """Give the badge or take it away."""
    by = _decider()

    def deed() -> None:
        reason, now = _said("reason"), parts().now()
        if request.form.get("decision") == "withdraw":
            withdraw_badge(parts(), provider_id, shop_id=shop_id, reason=reason, caller=by, now=now)
        else:
            paid = request.form.get("paid") == "yes"
            given: dict[str, Any] = {"shop_id": shop_id, "paid": paid, "auctioned": False}
            grant_badge(parts(), provider_id, **given, reason=reason, caller=by, now=now)

    return _done(deed)


def _provider(shop_id: str, provider_id: str, *, told: str | None) -> str:
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    with own.db.read() as session:
        found = register.find(session, provider_id[:200], caller=by, shop_id=shop_id[:128])
        shown = {
            "ratings": ratings.history(session, shop_id, provider_id),
            "violations": register.violations_of(session, shop_id, provider_id, now=now),
            "badges": register.badges(session, shop_id, provider_id),
            "appeals": appeals.listed(session, caller=by, provider_id=provider_id, shop_id=shop_id),
        }
    return render_template(
        "console/provider.html",
        entry=found,
        may_decide=bool(by.grants & DECIDERS),
        now=now,
        day_of=day_of,
        percent=percent,
        told=told,
        **shown,
    )


def _done(deed: Callable[[], object]) -> Response:
    """Do it and go back to the provider's page, or show that page with what was wrong."""
    shop_id, provider_id = request.form.get("shop_id", ""), request.form.get("provider_id", "")
    try:
        deed()
    except AppError as error:
        page = _provider(shop_id, provider_id, told=say("provider.not_done", why=error.detail))
        return make_response(page, error.status)
    return redirect(url_for("console.provider", shop_id=shop_id, provider_id=provider_id), 303)


def _decider() -> Caller:
    by = signed_in.officer().caller
    if not by.grants & DECIDERS:
        raise Forbidden(f"this needs one of {', '.join(sorted(DECIDERS))}")
    return by


def _said(field: str) -> str:
    text = starred(request.form.get(field, "").strip()[:_REASON_MAX])
    if not text:
        raise InvalidInput(say("provider.needs_reason"))
    return text
