"""What the dashboard tells: figures of a span beside those of the span before, by step, category, rule, officer, shop.

span ─ its counts and those before, less what its reader reviews blind ─ figures ─ series ─ tables ─ the queue as it is
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import Session

from app.errors import Forbidden, InvalidInput, Problem
from app.figures import kept
from app.figures.counting import HOUR, hour_of
from app.figures.kept import Counts
from app.figures.meaning import GROUPS, WHOLE, keys_of, overview
from app.flows.blind_figures import Withheld, withheld_from
from app.models import Case
from app.review.cases import OPEN_STATES
from app.values.access import Caller, Role, Scope
from app.values.china_days import CHINA, day_of, starts_at

LONGEST = timedelta(days=366)
HOURLY_MOST = timedelta(days=7)
ROWS = 50
COUNTED = 10_000
SEE_EVERYBODY = frozenset({Role.SENIOR, Role.ADMIN, Role.AUDITOR, Scope.CASES})
"""Who sees every officer's figures; others see their own."""
AGES = (timedelta(hours=1), timedelta(hours=4), timedelta(days=1), timedelta(days=3))
TABLES = ("series", "totals", "categories", "rules", "officers", "shops")


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when, by which step; whole hours. ``before`` begins the span it is compared with."""

    since: datetime
    until: datetime
    step: str

    @property
    def before(self) -> datetime:
        """The beginning of the span before, which is as long, in whole days where this one begins a day."""
        length = self.until - self.since
        if self.since == starts_at(day_of(self.since)):
            length = timedelta(days=-(-length // timedelta(days=1)))
        return self.since - length


@dataclass(frozen=True, slots=True)
class Wanted:
    """What figures are narrowed to; None: not narrowed. At most one of category, rule and officer."""

    shop_id: str | None = None
    category: str | None = None
    rule: str | None = None
    officer: str | None = None

    @property
    def group(self) -> tuple[str, str] | None:
        """What they are narrowed to beside the shop."""
        named = (("category", self.category), ("rule", self.rule), ("officer", self.officer))
        return next(((name, value) for name, value in named if value is not None), None)


def span_of(from_at: datetime | None, to_at: datetime | None, step: str | None, *, now: datetime) -> Span:
    """A span of whole hours; by default seven days in China with today, by day.

    Raises:
        InvalidInput: it is empty, lies ahead or is too long for the step.
    """
    until = min(to_at or now, now)
    until = until if until == hour_of(until) else hour_of(until) + HOUR
    since = hour_of(from_at) if from_at is not None else starts_at(day_of(now) - timedelta(days=6))
    problems = []
    if since >= until:
        problems.append(Problem("from_at", since.isoformat(), "before the end and before now"))
    elif until - since > LONGEST:
        problems.append(Problem("from_at", since.isoformat(), f"at most {LONGEST.days} days before the end"))
    chosen = step or ("hour" if until - since <= timedelta(days=2) else "day")
    if chosen == "hour" and until - since > HOURLY_MOST:
        problems.append(Problem("step", "hour", f"`day` for more than {HOURLY_MOST.days} days"))
    if problems:
        raise InvalidInput("the span is wrong", problems=problems)
    if chosen == "day":
        since = starts_at(day_of(since))
    return Span(since, until, chosen)


def figures_report(session: Session, span: Span, wanted: Wanted, *, caller: Caller, now: datetime) -> dict[str, Any]:
    """Everything the dashboard tells, as plain data.

    Raises:
        Forbidden: another officer's figures, or a shop that is not the caller's.
    """
    _check(wanted, caller)
    about = {"caller": caller, "shop_id": wanted.shop_id}
    length = span.until - span.since
    earlier: dict[str, Any] = {"since": span.before, "until": span.before + length, **about}
    present: dict[str, Any] = {"since": span.since, "until": span.until, **about}
    group = wanted.group
    names = WHOLE if group is None else GROUPS[group[0]][0]
    bare: dict[str, Any] = {"is_bare": group is None}
    withheld = withheld_from(session, caller)
    counts, counts_before = (_read(session, names, each, withheld, **bare) for each in (present, earlier))
    stepwise = kept.read_steps(session, names, **present, step=span.step, **bare)
    stepwise = withheld.less_by_step(stepwise, step=span.step, shop_id=wanted.shop_id)
    totals, totals_before = _told(counts, group), _told(counts_before, group)
    known = kept.mark(session)
    return {
        "from_at": span.since,
        "to_at": span.until,
        "step": span.step,
        "compared_with": {"from_at": earlier["since"], "to_at": earlier["until"]},
        "counted_at": None if known is None else known.counted_at,
        "is_complete": known is not None and known.through_at >= hour_of(min(now, span.until - timedelta(seconds=1))),
        "narrowed_to": {
            name: value
            for name in ("shop_id", "category", "rule", "officer")
            if (value := getattr(wanted, name)) is not None
        },
        "totals": {name: {"value": value, "before": totals_before[name]} for name, value in totals.items()},
        "series": [{"at": at, **_told(each, group)} for at, each in stepwise.items()],
        **_tables(session, wanted, present, earlier, withheld),
        "queue": queue_now(session, caller=caller, shop_id=wanted.shop_id, now=now),
    }


def queue_now(session: Session, *, caller: Caller, shop_id: str | None, now: datetime) -> dict[str, Any]:
    """The queue as it stands: how many wait (up to 10,000), how many are late, since when, and how old they are."""
    mine = caller.only_own(Case.shop_id)
    if shop_id is not None:
        mine &= Case.shop_id == shop_id

    def standing(*more: ColumnElement[bool]) -> int:
        return min(COUNTED, sum(_counted(session, Case.state == state, mine, *more) for state in OPEN_STATES))

    edges = [now - age for age in AGES]
    ages, newer = [], None
    for edge in [*edges, None]:
        within = [Case.opened_at > edge] if edge is not None else []
        within += [Case.opened_at <= newer] if newer is not None else []
        ages.append({"up_to_minutes": None if edge is None else int((now - edge).total_seconds() // 60)})
        ages[-1]["count"] = standing(*within)
        newer = edge
    oldest = [
        session.scalar(select(func.min(Case.opened_at)).where(Case.state == state, mine)) for state in OPEN_STATES
    ]
    opened_at = min((each for each in oldest if each is not None), default=None)
    return {"waiting": standing(), "late": standing(Case.due_at < now), "oldest_opened_at": opened_at, "ages": ages}


def as_csv(report: Mapping[str, Any], table: str) -> str:
    """One table of a report as a file that spreadsheets read as UTF-8; China's time."""
    rows: Iterable[Mapping[str, Any]] = (
        [{"figure": name, **told} for name, told in report["totals"].items()] if table == "totals" else report[table]
    )
    listed = [dict(row) for row in rows]
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    if listed:
        writer.writerow(listed[0])
    for row in listed:
        writer.writerow([_cell(value) for value in row.values()])
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _check(wanted: Wanted, caller: Caller) -> None:
    if wanted.shop_id is not None:
        caller.require_shop(wanted.shop_id)
    if sum(each is not None for each in (wanted.category, wanted.rule, wanted.officer)) > 1:
        problem = Problem("category", "more than one of category, rule, officer", "one of them")
        raise InvalidInput("figures are narrowed to one thing", problems=[problem])
    if wanted.officer is not None and wanted.officer != caller.name and not caller.grants & SEE_EVERYBODY:
        raise Forbidden(f"other officers' figures need one of {', '.join(sorted(SEE_EVERYBODY))}")


def _told(counts: Counts, group: tuple[str, str] | None) -> dict[str, int | None]:
    return overview(counts) if group is None else GROUPS[group[0]][1](counts, group[1])


def _read(
    session: Session, names: Collection[str], about: Mapping[str, Any], withheld: Withheld, *, is_bare: bool = False
) -> Counts:
    counts = kept.read(session, names, **about, is_bare=is_bare)
    return withheld.less(counts, since=about["since"], until=about["until"], shop_id=about["shop_id"])


def _tables(
    session: Session, wanted: Wanted, present: dict[str, Any], earlier: dict[str, Any], withheld: Withheld
) -> dict[str, Any]:
    """What stands behind the whole: by category, rule, officer and shop; nothing where it is narrowed to one."""
    if wanted.group is not None:
        return {"categories": [], "rules": [], "officers": [], "shops": []}
    told: dict[str, Any] = {}
    caller: Caller = present["caller"]
    for name, title in (("category", "categories"), ("rule", "rules"), ("officer", "officers")):
        figures, work_out = GROUPS[name]
        now, before = (_read(session, figures, each, withheld) for each in (present, earlier))
        by_key, by_key_before = _by_key(now), _by_key(before)
        keys = keys_of(now, figures)
        if name == "officer" and not caller.grants & SEE_EVERYBODY:
            keys = [key for key in keys if key == caller.name]
        told[title] = [
            {
                name: key,
                **work_out(by_key[key], key),
                **{
                    f"{figure}_before": value
                    for figure, value in work_out(by_key_before.get(key, Counter()), key).items()
                },
            }
            for key in keys[:ROWS]
        ]
    told["shops"] = [] if wanted.shop_id is not None else _shops(session, present, withheld)
    return told


def _shops(session: Session, present: dict[str, Any], withheld: Withheld) -> Sequence[dict[str, Any]]:
    wanted = {name: present[name] for name in ("caller", "since", "until")}
    names = (
        "screened",
        "blocked",
        "reviewed",
        "automation_bp",
        "decided",
        "false_positive_bp",
        "timely_bp",
        "paid_fen",
    )
    found = kept.by_shop(session, ("screened", "decided", "flagged", "dispatch", "paid"), **wanted, limit=ROWS)
    span = {name: present[name] for name in ("since", "until")}
    told = ((shop_id, overview(withheld.less(counts, **span, shop_id=shop_id))) for shop_id, counts in found)
    return [{"shop_id": shop_id, **{name: figures[name] for name in names}} for shop_id, figures in told]


def _by_key(counts: Counts) -> dict[str, Counts]:
    found: dict[str, Counts] = {}
    for each, number in counts.items():
        found.setdefault(each.key, Counter())[each] = number
    return found


def _counted(session: Session, *wanted: ColumnElement[bool]) -> int:
    found = select(literal(1)).select_from(Case).where(*wanted).limit(COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0
