"""The page of reviewers: who is set up, how far they agree with officers, and where they did not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request

from app.flows.heard_opinions import reviewers_told, titles_of
from app.review import ai_agreement, second_reviews
from app.web.auth import parts
from app.web.console import signed_in, titles
from app.web.console.case_list import shops
from app.web.cursors import read_cursor, write_cursor

SPANS = (7, 30, 90, 365)
_SHOWN, _SHOPS = 20, 200


def install(console: Blueprint) -> None:
    """Add the page and its table."""
    console.add_url_rule("/reviewers", "reviewers", show_reviewers)
    console.add_url_rule("/reviewers.csv", "reviewers_csv", download)


def show_reviewers() -> str:
    """Numbers, agreement, disagreements, the model."""
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    shop, days = request.args.get("shop", "")[:128] or None, _days()
    after = read_cursor(request.args.get("after") or None)
    with own.db.read() as session:
        told = reviewers_told(own, session, caller=by, days=days, shop_id=shop, now=now)
        blind = second_reviews.blind_cases(session, by)
        wanted: dict[str, Any] = {"limit": _SHOWN + 1, "shop_id": shop, "after": after, "without": blind}
        found = ai_agreement.disagreements(session, caller=by, **wanted)
        known = shops(session, caller=by, limit=_SHOPS)
        categories = titles.in_force(own, session)
    page, more = found[:_SHOWN], None
    if len(found) > _SHOWN and page[-1].case.decided_at is not None:
        more = write_cursor(page[-1].case.decided_at, page[-1].opinion.id)
    items = told["items"]
    return render_template(
        "console/reviewers.html",
        items=items,
        model=told["model"],
        used_at=datetime.fromisoformat(told["model"]["used_at"]) if told["model"] else None,
        set_up=sum(each["is_set_up"] for each in items),
        resting=sum(each["rests"] for each in items),
        opinions=sum(each["agreement"]["opinions"] for each in items),
        harder=sum(each["agreement"]["reviewer_only"] for each in items),
        milder=sum(each["agreement"]["officer_only"] for each in items),
        differences=page,
        more=more,
        titles=titles_of(own),
        title=titles.title,
        categories=categories,
        days=days,
        spans=SPANS,
        shop=shop or "",
        shops=known,
        percent=percent,
        fraction=fraction,
    )


def download() -> Response:
    """The agreement as a file."""
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    with own.db.read() as session:
        found = ai_agreement.agreement(
            session,
            caller=by,
            since=now - timedelta(days=_days()),
            until=now,
            is_blind=own.review_settings.is_blind,
            shop_id=request.args.get("shop", "")[:128] or None,
        )
    headers = {"Content-Disposition": 'attachment; filename="reviewers.csv"'}
    return Response(ai_agreement.as_csv(found.items()), content_type="text/csv; charset=utf-8", headers=headers)


def percent(bp: int | None) -> str:
    """Basis points as people read them, to a tenth."""
    return "–" if bp is None else f"{bp // 100}.{bp % 100 // 10}%"


def fraction(bp: int | None) -> str:
    """κ as it is written, with two places."""
    if bp is None:
        return "–"
    return f"{'-' if bp < 0 else ''}{abs(bp) // 10_000}.{abs(bp) % 10_000 // 100:02d}"


def _days() -> int:
    given = request.args.get("days", "")
    return int(given) if given in {str(each) for each in SPANS} else SPANS[1]
