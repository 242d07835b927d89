"""Showing campaigns: the list with what is said of each, and one whole with its figures, days and judgements."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import subjects
from app.aggregates.aggregate import load_aggregates
from app.aggregates.invitations import figures as invitation_figures
from app.aggregates.orders import average_by_day
from app.campaigns import rows
from app.events.kinds.campaign_tick import KIND as TICK
from app.flows.judge_content import Judge
from app.flows.judge_line import scope_of
from app.models import Campaign, EventDecision
from app.values.access import Caller
from app.values.china_days import day_of, ends_at
from app.values.deciding import Verdict, hardest
from app.values.facts import Happened
from app.values.policy import Policy

DAYS_MAX = 31
_COLUMNS = ("campaign_id", "shop_id", "type", "title", "state", "starts_at", "ends_at", "decision", "rules", "reasons")


def list_campaigns(
    session: Session,
    judge: Judge,
    wanted: rows.Wanted,
    *,
    caller: Caller,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[tuple[Campaign, dict[str, Any]]]:
    """A page of campaigns, each with its answer."""
    found = rows.listed(session, wanted, caller=caller, after=after, limit=limit)
    belonging = rows.parts_of(session, found)
    roots = [rows.root_of(each) for row in found for each in (row, *belonging.get((row.shop_id, row.subject), ()))]
    said = rows.standing(session, roots)
    return [(row, campaign_answer(judge, row, _said_of(row, belonging, said), now=wanted.now)) for row in found]


def show_campaign(
    session: Session, judge: Judge, campaign_id: str, *, shop_id: str | None, caller: Caller, now: datetime
) -> dict[str, Any]:
    """One campaign whole. Raises NotFound, and Conflict where several shops have one of that id."""
    row = rows.find(session, campaign_id, shop_id=shop_id, caller=caller)
    belonging = rows.parts_of(session, [row])
    parts = belonging.get((row.shop_id, row.subject), [])
    roots = [rows.root_of(each) for each in (row, *parts)]
    said = rows.standing(session, roots)
    policy = judge.engine.policy(scope_of(row.shop_id, {}))
    return {
        **campaign_answer(judge, row, _said_of(row, belonging, said), now=now),
        "coupons": [_part(each) for each in parts if each.ENTITY == "coupon"],
        "contests": [_part(each) for each in parts if each.ENTITY == "contest"],
        "judgements": [_judgement(judge, each) for each in rows.decisions(session, roots)],
        "figures": figures_now(session, row, policy, now=now),
        "limits": limits(policy),
        "days": days(session, row, policy, now=now),
    }


def campaign_answer(judge: Judge, row: Campaign, said: Sequence[EventDecision], *, now: datetime) -> dict[str, Any]:
    """A campaign's own columns, its state, and what stands of the rules' word with reason, law and remedy."""
    own = {"campaign_id": row.subject, "shop_id": row.shop_id, "state": rows.state_of(row, now)}
    own |= {name: getattr(row, name) for name in subjects.shown_columns("campaign")}
    reset_count = len(row.resets or {})
    decision = hardest([Verdict(each.decision) for each in said]).value
    return own | {"reset_count": reset_count, "decision": decision, "firings": standing_firings(judge, said)}


def standing_firings(judge: Judge, said: Iterable[EventDecision]) -> list[dict[str, Any]]:
    """Each rule once, the newest firing of it, the hardest first; shadows are left out."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in said:
        for firing in row.firings:
            if "rule" in firing and not firing.get("shadow"):
                about = {"kind": row.kind, "subject": row.subject, "at": row.happened_at}
                found.setdefault((row.root, firing["rule"]), with_remedy(judge, firing) | about)
    return sorted(found.values(), key=lambda each: (-Verdict(each["decision"]).hardness, each["rule"]))


def with_remedy(judge: Judge, firing: Mapping[str, Any]) -> dict[str, Any]:
    """A firing with what to change, as the rules in force say it."""
    remedies = {rule.id: rule.remedy for rule in judge.engine.rules}
    return {**firing, "remedy": firing.get("remedy") or remedies.get(firing["rule"])}


def figures_now(session: Session, row: Campaign, policy: Policy, *, now: datetime) -> dict[str, int | None]:
    """The figures its daily look would see at this instant, and the threshold against the average order."""
    asked = Happened(TICK.name, "?", "?", row.shop_id, row.subject, now, {"campaign_id": row.subject})
    names = [fact.name for fact in TICK.facts if fact.name.startswith("past.")]
    known = load_aggregates()
    found: dict[str, int | None] = {}
    for aggregate in {id(known[name]): known[name] for name in names}.values():
        found |= aggregate.work_out(session, asked, asked.facts, policy)
    figures = {name.removeprefix("past."): found[name] for name in names}
    threshold, average = figures["least_threshold_fen"], figures["average_order_fen"]
    return figures | {"threshold_bp": threshold * 10_000 // average if threshold and average else None}


def limits(policy: Policy) -> dict[str, int | None]:
    """The thresholds the figures are held against."""
    names = ("threshold_low_bp", "threshold_high_bp", "fission_ratio_max_bp", "shared_device_max_bp")
    return {name: policy.count(f"marketing.{name}") for name in names}


def days(session: Session, row: Campaign, policy: Policy, *, now: datetime) -> list[dict[str, Any]]:
    """The average order and the invitations at the end of each day it ran, at most the last 31."""
    window, least = policy.span("marketing.average_order_days"), policy.count("marketing.average_order_min_count")
    hops, most = policy.count("marketing.fission_hops"), policy.count("marketing.fission_edges_max")
    span = _span(row, now)
    if span is None or window is None or least is None or hops is None or most is None:
        return []
    averages = average_by_day(session, row.shop_id, first=span[0], last=span[1], window=window, least=least)
    found = []
    for day, average in averages:
        invited = invitation_figures(session, row.shop_id, row.subject, at=min(ends_at(day), now), hops=hops, most=most)
        told = {name: invited[name] for name in ("invites_per_user_bp", "shared_device_bp")}
        found.append({"day": day.isoformat(), "average_order_fen": average, **told})
    return found


def _span(row: Campaign, now: datetime) -> tuple[date, date] | None:
    starts = row.starts_at or row.created_at
    if starts is None or starts > now:
        return None
    last = day_of(min(each for each in (now, row.ends_at, row.ended_at) if each is not None))
    return max(day_of(starts), last - timedelta(days=DAYS_MAX - 1)), last


def as_csv(answers: Iterable[Mapping[str, Any]]) -> str:
    """Campaigns one a line; a leading ``=`` of a text is defused for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for each in answers:
        told = {"rules": " ".join(f["rule"] for f in each["firings"])}
        told["reasons"] = "；".join(f["reason"] for f in each["firings"])
        told |= {name: each[name].isoformat() if each[name] else "" for name in ("starts_at", "ends_at")}
        writer.writerow([_defused(str({**each, **told}.get(name) or "")) for name in _COLUMNS])
    return out.getvalue()


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _said_of(row: Campaign, belonging: Mapping[rows.Root, Sequence[Any]], said: Any) -> list[EventDecision]:
    parts = belonging.get((row.shop_id, row.subject), ())
    return [each for part in (row, *parts) for each in said.get(rows.root_of(part), ())]


def _part(row: Any) -> dict[str, Any]:
    own = {f"{row.ENTITY}_id": row.subject}
    return own | {name: getattr(row, name) for name in subjects.shown_columns(row.ENTITY)}


def _judgement(judge: Judge, row: EventDecision) -> dict[str, Any]:
    names = ("kind", "subject", "happened_at", "decided_at", "decision", "rules_snapshot")
    firings = [with_remedy(judge, firing) for firing in row.firings if "rule" in firing]
    doubts = [firing["doubt"] for firing in row.firings if "doubt" in firing]
    return {name: getattr(row, name) for name in names} | {"firings": firings, "doubts": doubts}
