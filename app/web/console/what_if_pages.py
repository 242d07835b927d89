"""The page that tries other numbers: customers by segment, suppliers by tier, campaigns by verdict. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request

from app.errors import AppError, NotReady
from app.flows.rank_suppliers import terms_of as supplier_terms
from app.flows.show_segments import title_of
from app.flows.try_supplier_tiers import NONE, Tried, try_supplier_tiers
from app.flows.try_tiers import try_tiers
from app.flows.what_if_campaigns import Change, what_if_campaigns
from app.tiering.shares import parts_of_one
from app.tiering.terms import WINDOWS, terms_of
from app.values.change import said_value
from app.values.china_days import day_of, starts_at
from app.values.given_instants import read_day
from app.values.rule_scope import RuleScope
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.case_list import shops
from app.web.console.language import told_in, translated
from app.web.console.problem_words import told as said_of
from app.web.console.rule_pages import packs_of
from app.web.console.segment_pages import percent
from app.web.console.tried_numbers import is_whole, numbers
from app.web.console.words import name, say

OF = ("customers", "suppliers", "campaigns")
_PACK = "marketing"
_SHOPS, _MOVES, _MONTH = 200, 50, timedelta(days=30)
_BOUNDS = ("high_", "potential_", "new_")
_TIERS = ("strategic", "distributor", "local", NONE)


def install(console: Blueprint) -> None:
    """Add the page."""
    console.add_url_rule("/what-if", "what_if", show)


def show() -> str:
    """Whatever is chosen, with what is in force in the form and, once numbers were changed, what they would change."""
    own, by = parts(), signed_in.officer().caller
    asked = request.args.get("of", "")
    of = asked if asked in OF else OF[0]
    with own.db.read() as session:
        known = [each.id for each in shops(session, caller=by, limit=_SHOPS)]
    shop = request.args.get("shop", "")
    shop = shop if shop in known else ""
    if of == "customers":
        shop = shop or next(iter(known), "")
    work = {"customers": _customers, "suppliers": _suppliers, "campaigns": _campaigns}[of]
    told = work(shop) if known and own.live.is_ready else {"nothing": say("what_if.no_shop")}
    return render_template("console/what_if.html", of=of, every=OF, shops=known, shop=shop, **told)


def _customers(shop: str) -> dict[str, Any]:
    own = parts()
    try:
        terms = terms_of(own.live.current.engine.policy(RuleScope(shop)))
    except NotReady:
        return {"nothing": say("what_if.no_rules")}
    form = numbers(asdict(terms), request.args)
    tried = form.tried(lambda values: try_tiers(own, shop, values, now=own.now()))
    windows = [*WINDOWS, "month_days"]
    bounds = [each for each in form.fields if each.startswith(_BOUNDS)]
    groups = [
        (say("what_if.bounds"), "", form.group(bounds)),
        (say("what_if.windows"), say("what_if.windows_hint"), form.group(windows)),
        (say("what_if.scores"), "", form.group(each for each in form.fields if each not in {*windows, *bounds})),
    ]
    titles = {each: translated(title_of(each), "title") for each in tried.before} if tried else {}
    return {
        "form": form,
        "groups": groups,
        "tried": tried,
        "rows": _rows(titles, tried.before, tried.after) if tried else [],
        "percent": percent,
        "moved": say("what_if.people_moved", count=f"{sum(each[2] for each in tried.moves):,}") if tried else "",
        "title_of": lambda segment: translated(title_of(segment), "title"),
    }


def _suppliers(shop: str) -> dict[str, Any]:
    own, by = parts(), signed_in.officer().caller
    terms = supplier_terms(own, shop)
    if terms is None:
        return {"nothing": say("what_if.no_supply")}
    form = numbers(asdict(terms), request.args)
    tried: Tried | None = form.tried(
        lambda values: try_supplier_tiers(own, values, caller=by, shop_id=shop or None, now=own.now())
    )
    titles = {each: name("tier", "" if each == NONE else each) for each in _TIERS}
    moved = (
        ""
        if tried is None
        else say(
            "what_if.suppliers_moved",
            looked_at=f"{tried.looked_at:,}",
            count=f"{len(tried.moves):,}",
            judged=f"{tried.judged_differently:,}",
        )
    )
    return {
        "form": form,
        "groups": [("", "", list(form.fields.values()))],
        "tried": tried,
        "rows": _rows(titles, tried.before, tried.after) if tried else [],
        "percent": percent,
        "moved": moved,
        "titles": titles,
        "moves_max": _MOVES,
    }


def _campaigns(shop: str) -> dict[str, Any]:
    own = parts()
    with own.db.read() as session:
        pack = next((each for each in packs_of(session, own.live.current.rules_id) if each.name == _PACK), None)
    if pack is None:
        return {"nothing": say("what_if.no_rules")}
    choices = {each.name: each for each in pack.parameters.values() if type(each.default) is int}
    asked = {key: request.args.get(key, "").strip()[:80] for key in ("parameter", "value", "from", "to")}
    problems: list[str] = []
    days = _days(asked, problems)
    if asked["value"] and not is_whole(asked["value"]):
        problems.append(f"{say('what_if.value')}：{say('what_if.not_whole')}")
    report = None
    if asked["parameter"] in choices and asked["value"] and not problems:
        values = {f"{_PACK}.{asked['parameter']}": int(asked["value"])}
        change = Change(values, starts_at(days["from"]), starts_at(days["to"]), (shop,) if shop else None)
        try:
            report = what_if_campaigns(own, change, caller=signed_in.officer().caller)
        except AppError as error:
            problems += [said_of(each) for each in error.problems] or [error.detail]
    told = {"choices": choices, "asked": asked, "days": days, "problems": problems, "report": report}
    return told | {"value": lambda each: said_value(each.default, told_in(), unit=each.unit)}


def _days(asked: Mapping[str, str], problems: list[str]) -> dict[str, date]:
    """From which day, and until before which: the last 30 days where nothing is said."""
    today = day_of(parts().now())
    days = {"from": today - _MONTH, "to": today + timedelta(days=1)}
    for key, title in (("from", say("what_if.from")), ("to", say("what_if.to"))):
        if asked[key] and read_day(asked[key]) is None:
            problems.append(f"{title}：{say('what_if.no_day')}")
        days[key] = read_day(asked[key]) or days[key]
    return days


def _rows(titles: Mapping[str, str], before: Mapping[str, int], after: Mapping[str, int]) -> list[dict[str, Any]]:
    """A line a group, with its share of all."""
    of_all = [parts_of_one({each: side.get(each, 0) for each in titles}) for side in (before, after)]
    return [
        {
            "title": title,
            "before": before.get(each, 0),
            "after": after.get(each, 0),
            "before_bp": of_all[0].get(each, 0),
            "after_bp": of_all[1].get(each, 0),
        }
        for each, title in titles.items()
    ]
