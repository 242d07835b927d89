"""The pages of campaigns: the list with what the rules say of each; one with figures, reasons and days as charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request

from app.aggregates.orders import average_order_fen
from app.campaigns import rows
from app.events.kinds.campaign_create import KIND
from app.flows.judge_line import scope_of
from app.flows.show_campaigns import as_csv, list_campaigns, show_campaign
from app.money.amounts import yuan
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.charts import Chart, line_chart
from app.web.console.words import say
from app.web.cursors import read_cursor, write_cursor

_SHOWN, _FILE_MAX = 50, 10_000
_STOPPED = frozenset({"review", "hold", "block"})
_TYPES = next(fact.choices for fact in KIND.facts if fact.name == "type")


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/campaigns", "campaigns", list_all)
    console.add_url_rule("/campaigns.csv", "campaigns_csv", download)
    console.add_url_rule("/campaigns/<path:campaign_id>", "campaign", show)


def list_all() -> str:
    """The list, the newest first."""
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    asked, wanted = _wanted()
    after = read_cursor(request.args.get("before") or None)
    with own.db.read() as session:
        judge = own.live.current
        found = list_campaigns(session, judge, wanted, caller=by, after=after, limit=_SHOWN + 1)
        shop = asked["shop_id"] or (found[0][0].shop_id if found else None)
        policy = judge.engine.policy(scope_of(shop or "", {}))
        window, least = policy.span("marketing.average_order_days"), policy.count("marketing.average_order_min_count")
        average = None
        if shop and by.may_see(shop) and window is not None and least is not None:
            average = average_order_fen(session, shop, at=now, window=window, least=least)
    page = found[:_SHOWN]
    answers = [answer for _, answer in page]
    return render_template(
        "console/campaigns.html",
        rows=answers,
        more=write_cursor(page[-1][0].created_at or now, page[-1][0].id) if len(found) > _SHOWN else None,
        asked=asked,
        is_filtered=any(asked.values()) or after is not None,
        states=rows.STATES,
        types=_TYPES,
        counts={each: sum(answer["state"] == each for answer in answers) for each in rows.STATES},
        stopped=sum(answer["decision"] in _STOPPED for answer in answers),
        average=average,
        average_shop=shop,
        average_days=window.days if window is not None else 0,
        yuan=yuan,
    )


def download() -> Response:
    """The list as a file, as it is filtered, the newest 10,000."""
    own, by = parts(), signed_in.officer().caller
    with own.db.read() as session:
        found = list_campaigns(session, own.live.current, _wanted()[1], caller=by, limit=_FILE_MAX)
    headers = {"Content-Disposition": 'attachment; filename="campaigns.csv"'}
    text = as_csv(answer for _, answer in found)
    return Response(text, content_type="text/csv; charset=utf-8", headers=headers)


def _wanted() -> tuple[dict[str, str], rows.Wanted]:
    """What the address asks for, as it says it and as it is understood."""
    asked = {name: request.args.get(name, "")[:128] for name in ("state", "type", "shop_id")}
    state = asked["state"] if asked["state"] in rows.STATES else None
    kind = asked["type"] if asked["type"] in _TYPES else None
    return asked, rows.Wanted(parts().now(), asked["shop_id"] or None, kind, state)


def show(campaign_id: str) -> str:
    """One campaign."""
    own, by = parts(), signed_in.officer().caller
    shop_id = request.args.get("shop_id") or None
    with own.db.read() as session:
        whole = show_campaign(session, own.live.current, campaign_id, shop_id=shop_id, caller=by, now=own.now())
    band = _band(whole)
    return render_template(
        "console/campaign.html",
        campaign=whole,
        band=band,
        average_chart=_chart(whole["days"], "average_order_fen", band or ()),
        fission_chart=_chart(whole["days"], "invites_per_user_bp", [whole["limits"]["fission_ratio_max_bp"] or 0]),
        figures=[(name, shown(name, value)) for name, value in whole["figures"].items()],
        shown=shown,
        yuan=yuan,
    )


def shown(name: str, value: int | None) -> str | None:
    """A figure as people read it: yuan, a percentage, people by inviter; None where it is not known."""
    if value is None:
        return None
    if name.endswith("_fen"):
        return say("claims.yuan", yuan=yuan(value))
    if name == "invites_per_user_bp":
        return say("campaign.invites", count=f"{value / 10_000:.2f}")
    return f"{value / 100:.1f}%" if name.endswith("_bp") else str(value)


def _band(whole: Mapping[str, Any]) -> tuple[int, int] | None:
    """Between which averages the threshold lies well; None without one."""
    threshold, limits = whole["figures"]["least_threshold_fen"], whole["limits"]
    low, high = limits["threshold_low_bp"], limits["threshold_high_bp"]
    if not threshold or not low or not high:
        return None
    return threshold * 10_000 // high, threshold * 10_000 // low


def _chart(days: Sequence[Mapping[str, Any]], name: str, levels: Sequence[int]) -> Chart | None:
    return line_chart(
        [(day["day"], day[name]) for day in days if day[name] is not None], marks=[("", level) for level in levels]
    )
