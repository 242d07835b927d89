"""The pages of segments and of the funnel: shares against their targets, one person with the why, steps and months."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Forbidden, NotFound
from app.flows.show_funnel import funnel_csv, funnel_report, span_of
from app.flows.show_segments import person_report, report_csv, segment_report, title_of
from app.models import Feed
from app.money.amounts import yuan
from app.tiering import store
from app.values.access import Caller
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.charts import line_chart
from app.web.console.language import translated
from app.web.console.people_pages import READERS

_MOVES = 10
_MONTHS = 6


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/segments", "segments", show_segments)
    console.add_url_rule("/segments/find", "find_segment", find, methods=["POST"])
    console.add_url_rule("/segments.csv", "segments_csv", download_segments)
    console.add_url_rule("/funnel", "funnel", show_funnel)
    console.add_url_rule("/funnel.csv", "funnel_csv", download_funnel)


def show_segments() -> str:
    """Every segment of one shop, and who moved."""
    return _segments(found=None, ref="")


def find() -> str:
    """One person: the reference travels in the form's body and is not shown again as part of an address."""
    own, by = parts(), signed_in.officer().caller
    if not by.grants & READERS:
        raise Forbidden("looking up a person needs one of the roles that read personal data")
    ref = request.form.get("ref", "").strip()[:200]
    with own.db.read() as session:
        try:
            found = person_report(own, session, by, ref) if ref else {"items": []}
        except NotFound:
            found = {"items": []}
    return _segments(found=found, ref=ref)


def show_funnel() -> str:
    """The funnel of one shop over the last 30 days, and its months."""
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    with own.db.read() as session:
        shops = _shops(session, by)
        shop_id = _chosen(shops)
        told = funnel_report(own, session, span_of(shop_id, None, None, now=now), months=_MONTHS) if shop_id else None
    months, steps = (told["months"], told["steps"]) if told else ([], [])
    shares = [(each["month"], each["share_bp"]) for each in months if each["share_bp"] is not None]
    most = max((each["people"] for each in steps), default=0)
    return render_template(
        "console/funnel.html",
        shops=shops,
        shop_id=shop_id,
        told=told,
        widths=[_width(each["people"], most) for each in steps],
        chart=line_chart(shares),
        shares=shares,
        is_empty=not most and not any(each["gmv_fen"] for each in months),
        percent=percent,
        yuan=yuan,
    )


def download_segments() -> Response:
    """The report of the shop that is chosen, as a file."""
    own, by = parts(), signed_in.officer().caller
    with own.db.read() as session:
        told = segment_report(own, session, by, shop_id=request.args.get("shop", "")[:128] or None)
    return _file("segments.csv", report_csv(told))


def download_funnel() -> Response:
    """What the page of the funnel shows, as a file: steps, then months."""
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    with own.db.read() as session:
        shop_id = _chosen(_shops(session, by))
        if shop_id is None:
            raise NotFound("no shop was told of yet")
        told = funnel_report(own, session, span_of(shop_id, None, None, now=now), months=_MONTHS)
    return _file("funnel.csv", funnel_csv(told))


def _file(name: str, text: str) -> Response:
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text, content_type="text/csv; charset=utf-8", headers=head)


def percent(bp: int | None) -> str:
    """``12.34%``."""
    return "–" if bp is None else f"{bp / 100:.2f}%"


def _segments(*, found: dict[str, Any] | None, ref: str) -> str:
    own, by = parts(), signed_in.officer().caller
    with own.db.read() as session:
        report = segment_report(own, session, by)["items"]
        shops = [each["shop_id"] for each in report]
        shop_id = _chosen(shops)
        moves = store.newest_moves(session, by, shop_id=shop_id, limit=_MOVES) if shop_id else []
    told = next((each for each in report if each["shop_id"] == shop_id), None)
    return render_template(
        "console/segments.html",
        shops=shops,
        shop_id=shop_id,
        told=told,
        as_of=datetime.fromisoformat(told["as_of"]) if told else None,
        moves=moves,
        may_find=bool(by.grants & READERS),
        found=found,
        ref=ref,
        percent=percent,
        title_of=lambda segment: translated(title_of(segment), "title"),
        yuan=yuan,
    )


def _shops(session: Session, by: Caller) -> list[str]:
    return list(
        session.scalars(select(Feed.shop_id).distinct().where(by.only_own(Feed.shop_id)).order_by(Feed.shop_id))
    )


def _chosen(shops: list[str]) -> str | None:
    asked = request.args.get("shop", "")
    return asked if asked in shops else next(iter(shops), None)


def _width(people: int, most: int) -> int:
    """How long a bar is, of 1,000."""
    return people * 1_000 // most if most else 0
