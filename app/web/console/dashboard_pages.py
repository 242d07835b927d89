"""看板: what the service and its officers did in a span, beside the span before. It only reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from app.errors import InvalidInput
from app.figures.meaning import GROUPS, UNITS
from app.flows.count_figures import count_if_stale
from app.flows.judge_line import scope_of
from app.flows.second_review import drift_of
from app.flows.show_figures import SEE_EVERYBODY, TABLES, Span, Wanted, as_csv, figures_report, span_of
from app.money.amounts import yuan
from app.values.china_days import CHINA, day_of, starts_at
from app.values.given_instants import read_day
from app.web.auth import parts
from app.web.console import signed_in, titles
from app.web.console.bars import Bars, stacked
from app.web.console.case_list import shops
from app.web.console.charts import Chart, line_chart
from app.web.console.quality_pages import kappa_text
from app.web.console.shown import instant
from app.web.console.shown import span as span_words
from app.web.console.words import name, say

PERIODS: Mapping[str, int] = {"today": 1, "7d": 7, "30d": 30, "90d": 90}
TILES = (
    ("screened", True),
    ("automation_bp", True),
    ("false_positive_bp", False),
    ("sla_kept_bp", True),
    ("waited_p50_minutes", False),
    ("latency_p99_us", False),
    ("paid_fen", False),
    ("timely_bp", True),
)
"""What stands above, and whether more of it is better."""
_SHOPS, _WHOLE, _KEY_MAX = 200, 10_000, 128
_FLOOR = "compensation.timely_floor_bp"
_SHOWN: Mapping[str, Callable[[int], str]] = {
    "bp": lambda value: f"{value / 100:.2f}%",
    "fen": yuan,
    "us": lambda value: f"{value / 1_000:g} ms",
    "minutes": lambda value: span_words(timedelta(minutes=value)),
    "seconds": lambda value: span_words(timedelta(seconds=value)),
}
_PARTS = (("block", "blocked"), ("review", "reviewed"), ("label", "labelled"), ("pass", "passed"))


def install(console: Blueprint) -> None:
    """Add the page."""
    console.add_url_rule("/dashboard", "dashboard", show)
    console.add_url_rule("/dashboard.csv", "dashboard_csv", download)


def show() -> Response:
    """The whole page."""
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    wanted, told, status = _wanted(), None, 200
    try:
        span = _span(now)
    except InvalidInput as wrong:
        span, told, status = span_of(None, None, None, now=now), say("dashboard.wrong"), wrong.status
    count_if_stale(own, now=now)
    with own.db.read() as session:
        report = figures_report(session, span, wanted, caller=by, now=now)
        categories = titles.in_force(own, session)
        known = shops(session, caller=by, limit=_SHOPS)
        drift = drift_of(own, session)
    page = render_template(
        "console/dashboard.html",
        report=report,
        span=span,
        wanted=wanted,
        told=told,
        tiles=[(figure, _change(report["totals"][figure], figure, is_good)) for figure, is_good in TILES]
        if wanted.group is None
        else [(figure, _change(each, figure, is_good=True)) for figure, each in report["totals"].items()],
        charts=_charts(report, span, wanted),
        sent=_sent(),
        periods=PERIODS,
        period=_period(),
        shops=known,
        categories=categories,
        title=titles.title,
        sees_everybody=bool(by.grants & SEE_EVERYBODY),
        figure_text=figure_text,
        drift=drift,
        kappa_text=kappa_text,
        unit_of=unit_of,
        now=now,
        timedelta=timedelta,
        ats=[instant(each["at"], "minute" if span.step == "hour" else "day") for each in report["series"]],
    )
    return make_response(page, status)


def download() -> Response:
    """One table as a file."""
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    table = request.args.get("table", "series")
    table = table if table in TABLES else "series"
    with own.db.read() as session:
        report = figures_report(session, _span(now), _wanted(), caller=by, now=now)
    headers = {"Content-Disposition": f'attachment; filename="figures-{table}.csv"'}
    return Response(as_csv(report, table), content_type="text/csv; charset=utf-8", headers=headers)


def unit_of(figure: str) -> str:
    """A figure's unit; those of tables say theirs by their name."""
    figure = figure.removesuffix("_before")
    return UNITS.get(figure, "bp" if figure.endswith("_bp") else "seconds" if figure.endswith("_seconds") else "count")


def figure_text(figure: str, value: int | None) -> str:
    """A figure as people read it."""
    if value is None:
        return "–"
    shown = _SHOWN.get(unit_of(figure))
    return f"{value:,}" if shown is None else shown(value)


def _change(told: Mapping[str, int | None], figure: str, is_good: bool) -> dict[str, Any]:
    """A figure beside the one before: in points for shares, in percent for all else."""
    value, before = told["value"], told["before"]
    shown: dict[str, Any] = {
        "value": figure_text(figure, value),
        "before": None,
        "way": None,
        "by": "",
        "is_bad": False,
    }
    if before is None:
        return shown
    shown["before"] = figure_text(figure, before)
    if value is None:
        return shown
    way = "up" if value > before else "down" if value < before else "same"
    shown |= {"way": way, "is_bad": way != "same" and (way == "up") != is_good}
    if unit_of(figure) == "bp":
        shown["by"] = say("dashboard.points", value=f"{abs(value - before) / 100:.2f}")
    elif before:
        shown["by"] = f"{abs(value - before) * 100 / before:.0f}%"
    else:
        shown["by"] = figure_text(figure, value)
    return shown


def _charts(report: Mapping[str, Any], span: Span, wanted: Wanted) -> list[dict[str, Any]]:
    """Which charts stand on the page, each with what it is called and the columns of its table."""
    series, step = report["series"], span.step
    if wanted.group is not None:
        group = wanted.group[0]
        shown = {"category": ("opened", "let_pass_bp"), "rule": ("fired", "let_pass_bp"), "officer": ("decided",)}[
            group
        ]
        columns = tuple(report["totals"])
        return [
            _bars(
                series,
                step,
                say("dashboard.load") if group == "officer" else name("figure", shown[0]),
                ((shown[0], shown[0]),),
                columns,
            ),
            *[_line(series, step, name("figure", each), each, (each,)) for each in shown[1:]],
        ]
    floor = _floor(wanted.shop_id or "")
    return [
        _bars(series, step, say("dashboard.volume"), _PARTS, ("screened", *(column for _, column in _PARTS))),
        _bars(
            series,
            step,
            say("dashboard.cases"),
            (("decided", "decided"),),
            ("opened", "decided", "let_pass", "against"),
        ),
        _line(series, step, say("dashboard.automation"), "automation_bp", ("automation_bp", "screened", "reviewed")),
        _line(
            series, step, say("dashboard.quality"), "false_positive_bp", ("false_positive_bp", "decided", "let_pass")
        ),
        _line(
            series,
            step,
            say("dashboard.sla"),
            "sla_kept_bp",
            ("sla_kept_bp", "waited_p50_minutes", "waited_p90_minutes"),
        ),
        _line(series, step, say("dashboard.latency"), "latency_p99_us", ("latency_p50_us", "latency_p99_us")),
        _line(series, step, say("dashboard.timely"), "timely_bp", ("timely_bp", "dispatch_due"), mark=floor),
        _bars(series, step, say("dashboard.paid"), (("paid", "paid_fen"),), ("paid_fen", "paid_count")),
    ]


def _bars(
    series: list[dict[str, Any]], step: str, what: str, shown: tuple[tuple[str, str], ...], columns: tuple[str, ...]
) -> dict[str, Any]:
    rows = [
        (_label(each["at"], step), [(part, name("figure", column), each[column] or 0) for part, column in shown])
        for each in series
    ]
    bars: Bars | None = stacked(rows)
    legend = [(part, name("figure", column)) for part, column in shown] if len(shown) > 1 else []
    total = sum(value for _, parts_ in rows for _, _, value in parts_)
    figure = shown[0][1]
    return {
        "what": what,
        "bars": bars,
        "line": None,
        "legend": legend,
        "columns": columns,
        "total": figure_text(figure, total),
        "figure": figure,
        "mark": None,
    }


def _line(
    series: list[dict[str, Any]], step: str, what: str, figure: str, columns: tuple[str, ...], mark: int | None = None
) -> dict[str, Any]:
    values = [(_label(each["at"], step), each[figure]) for each in series if each[figure] is not None]
    top = _WHOLE if unit_of(figure) == "bp" else 0
    marks = [(figure_text(figure, mark), mark)] if mark is not None else []
    line: Chart | None = line_chart(values, top=top, marks=marks)
    return {
        "what": what,
        "bars": None,
        "line": line,
        "legend": [],
        "columns": columns,
        "total": "",
        "figure": figure,
        "mark": mark,
    }


def _label(at: datetime, step: str) -> str:
    return at.astimezone(CHINA).strftime("%H:%M" if step == "hour" else "%m-%d")


def _wanted() -> Wanted:
    said = {key: request.args.get(key, "")[:_KEY_MAX].strip() or None for key in ("shop", *GROUPS)}
    narrowed = next(((key, said[key]) for key in GROUPS if said[key]), None)
    return Wanted(said["shop"], **({narrowed[0]: narrowed[1]} if narrowed else {}))


def _sent() -> dict[str, str]:
    """What of the address links keep."""
    return {
        key: value
        for key in ("period", "from", "to", "step", "shop")
        if (value := request.args.get(key, "")[:_KEY_MAX])
    }


def _period() -> str:
    if request.args.get("from"):
        return "own"
    period = request.args.get("period", "7d")
    return period if period in PERIODS else "7d"


def _span(now: datetime) -> Span:
    step = request.args.get("step", "")
    chosen = step if step in {"hour", "day"} else None
    if _period() != "own":
        return span_of(starts_at(day_of(now) - timedelta(days=PERIODS[_period()] - 1)), None, chosen, now=now)
    first = read_day(request.args.get("from"))
    last = read_day(request.args["to"]) if request.args.get("to") else day_of(now)
    if first is None or last is None:
        raise InvalidInput("the span is wrong")
    return span_of(starts_at(first), starts_at(last + timedelta(days=1)), chosen, now=now)


def _floor(shop: str) -> int | None:
    """The floor of timely dispatch that holds for a shop; nothing before any rules are loaded."""
    live = parts().live
    return live.current.engine.policy(scope_of(shop, {})).count(_FLOOR) if live.is_ready else None
