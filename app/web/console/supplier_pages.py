"""The pages of the supply chain: tiers, timely dispatch day by day, cold chain, logistics; one supplier's ranks."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from app.flows.judge_line import scope_of
from app.money.amounts import yuan
from app.suppliers import ranks, trend
from app.values.access import Caller
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.case_list import shops
from app.web.console.charts import line_chart
from app.web.cursors import read_pair, write_pair

TIERS = ("strategic", "distributor", "local", "none")
_SHOWN, _DAYS, _MONTH, _WEEK, _ALARMS, _SHOPS = 50, 14, 30, timedelta(days=7), 6, 200
_WHOLE = 10_000
_TARGET, _FLOOR = "compensation.timely_target_bp", "compensation.timely_floor_bp"


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/suppliers", "suppliers", list_suppliers)
    console.add_url_rule("/suppliers.csv", "suppliers_csv", download)
    console.add_url_rule("/suppliers/<path:supplier_id>", "supplier", show_supplier)


def percent(bp: int | None) -> str:
    """Basis points as people read them."""
    return "–" if bp is None else f"{bp // 100}.{bp % 100:02d}%"


def list_suppliers() -> str:
    """Numbers, tiers, the trend, and what went wrong."""
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    shop = request.args.get("shop", "")[:128] or None
    tier = request.args.get("tier", "")
    tier = tier if tier in TIERS else ""
    after = read_pair(request.args.get("after") or None)
    target, floor = _lines(shop or "")
    with own.db.read() as session:
        found = ranks.listed(session, caller=by, shop_id=shop, tier=tier or None, after=after, limit=_SHOWN + 1)
        counts = ranks.tier_counts(session, caller=by, shop_id=shop)
        days = trend.timely_days(session, caller=by, now=now, days=_MONTH, shop_id=shop)
        told, told_counts = {}, {}
        for name, kinds in (("cold", trend.COLD), ("logistics", trend.LOGISTICS)):
            since = now - _WEEK
            told[name] = trend.alarms(session, kinds, caller=by, since=since, limit=_ALARMS, shop_id=shop)
            told_counts[name] = trend.alarm_count(session, kinds, caller=by, since=since, shop_id=shop)
        known = shops(session, caller=by, limit=_SHOPS)
    page, month, shown = found[:_SHOWN], trend.whole(days), days[-_DAYS:]
    marks = [(percent(each), each) for each in (target, floor) if each is not None]
    rates = [(day.day.isoformat(), day.rate_bp) for day in shown if day.rate_bp is not None]
    return render_template(
        "console/suppliers.html",
        entries=page,
        more=write_pair(page[-1].rank.shop_id, page[-1].rank.supplier_id) if len(found) > _SHOWN else None,
        counts=counts,
        tiers=TIERS,
        tier=tier,
        shop=shop or "",
        shops=known,
        month=month,
        target=target,
        floor=floor,
        days=shown,
        chart=line_chart(rates, top=_WHOLE, marks=marks),
        told=told,
        told_counts=told_counts,
        percent=percent,
        yuan=yuan,
    )


def show_supplier(supplier_id: str) -> str:
    """One supplier with its ranks."""
    own, by = parts(), signed_in.officer().caller
    with own.db.read() as session:
        rows, supplier = ranks.history(
            session, supplier_id[:200], caller=by, shop_id=request.args.get("shop", "")[:128] or None
        )
    scores = [(row.day, row.score_bp) for row in reversed(rows[:_MONTH]) if row.score_bp is not None]
    return render_template(
        "console/supplier.html",
        rows=rows,
        supplier=supplier,
        supplier_id=supplier_id,
        chart=line_chart(scores, top=_WHOLE),
        percent=percent,
        yuan=yuan,
    )


def download() -> Response:
    """The list as a file."""
    own, by = parts(), signed_in.officer().caller
    with own.db.read() as session:
        text = "".join(ranks.as_csv(_all(session, by)))
    headers = {"Content-Disposition": 'attachment; filename="suppliers.csv"'}
    return Response(text, content_type="text/csv; charset=utf-8", headers=headers)


def _all(session: Session, by: Caller) -> list[ranks.Entry]:
    return ranks.listed(session, caller=by, shop_id=request.args.get("shop", "")[:128] or None)


def _lines(shop: str) -> tuple[int | None, int | None]:
    """The target and the floor that hold for a shop; nothing before any rules are loaded."""
    live = parts().live
    if not live.is_ready:
        return None, None
    policy = live.current.engine.policy(scope_of(shop, {}))
    return policy.count(_TARGET), policy.count(_FLOOR)
