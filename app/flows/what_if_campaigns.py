"""What if a threshold were another: how many campaigns of a period would be judged differently. Stores nothing.

rules in force ─ some parameters changed ─ both judges ─ each campaign's events, by the figures of their instants
                                                         └ decisions before and after, counted as in a backtest
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import deadlines, event_log
from app.aggregates.aggregate import past_facts
from app.backtesting.judgement import Judgement
from app.backtesting.report import report
from app.backtesting.tally import Tally
from app.errors import InvalidInput, Problem
from app.flows.candidate import build_candidate, propose, statuses
from app.flows.edit_rules import in_force
from app.flows.judge_content import Judge
from app.flows.judge_line import JudgedEvent, judge_line, scope_of
from app.flows.line_views import as_happened, as_passed
from app.flows.parts import Parts
from app.models import Deadline, Event, EventRoot
from app.rules.edit import Value, set_parameter
from app.values.access import Caller
from app.values.deciding import hardest

KINDS = ("campaign.create", "coupon.create", "contest.create", "price.publish", "price.compare", "fission.metrics")
LINES_MAX = 5_000
_PORTION = 200


@dataclass(frozen=True, slots=True)
class Change:
    """The period and shops asked about, and the parameters (``pack.name``) with the values to try."""

    parameters: Mapping[str, Value]
    from_at: datetime
    to_at: datetime
    shop_ids: tuple[str, ...] | None = None


def what_if_campaigns(parts: Parts, change: Change, *, caller: Caller) -> dict[str, Any]:
    """The report of a backtest over campaigns, coupons, contests and prices told in the period.

    The packs' examples are not held to: those at the border of the old value say nothing of the new one.

    Raises:
        InvalidInput: an unknown parameter, an empty period, too many campaigns.
        BadDefinition: a value out of its bounds or of another type.
        Forbidden: a shop that is not the caller's.
    """
    for shop_id in change.shop_ids or ():
        caller.require_shop(shop_id)
    if change.from_at >= change.to_at:
        problem = Problem("from_at", "is not before to_at", "an earlier instant")
        raise InvalidInput("the period is empty", problems=[problem])
    with parts.db.read() as session:
        files = _changed(session, change.parameters)
        candidate = propose(session, {"rules": files})
    before, after = parts.live.current, build_candidate(candidate, parts.settings)
    tally = Tally()
    try:
        with parts.db.read() as session:
            roots = _roots(session, change, caller)
            for start in range(0, len(roots), _PORTION):
                _count(session, tally, (before, after), roots[start : start + _PORTION])
    finally:
        after.engine.close()
    asked = {"parameters": dict(change.parameters), "from_at": change.from_at, "to_at": change.to_at}
    told = report(tally, statuses(candidate))
    spoke = [each for each in told["rules"] if any(each["before"].values()) or any(each["after"].values())]
    return asked | told | {"rules": spoke}


def _changed(session: Session, parameters: Mapping[str, Value]) -> dict[str, str]:
    if not parameters:
        raise InvalidInput("nothing is changed", problems=[Problem("parameters", "is empty", "pack.parameter: value")])
    _, files = in_force(session)
    for name, value in parameters.items():
        pack, _, parameter = name.partition(".")
        files = set_parameter(files, pack=pack, name=parameter, value=value)
    return files


def _roots(session: Session, change: Change, caller: Caller) -> list[event_log.Root]:
    """The lines on which something of a campaign was told in the period."""
    within = (Event.happened_at >= change.from_at) & (Event.happened_at < change.to_at) & Event.kind.in_(KINDS)
    wanted = (
        select(EventRoot.shop_id, EventRoot.root)
        .join(Event, Event.id == EventRoot.event_pk)
        .where(within, caller.only_own(Event.shop_id))
        .distinct()
        .order_by(EventRoot.shop_id, EventRoot.root)
        .limit(LINES_MAX + 1)
    )
    if change.shop_ids is not None:
        wanted = wanted.where(Event.shop_id.in_(change.shop_ids))
    found = [(shop_id, root) for shop_id, root in session.execute(wanted)]
    if len(found) > LINES_MAX:
        problem = Problem("from_at", f"more than {LINES_MAX} campaigns", "a shorter period, or fewer shops")
        raise InvalidInput("too many campaigns at once", problems=[problem])
    return found


def _count(session: Session, tally: Tally, judges: tuple[Judge, Judge], roots: Sequence[event_log.Root]) -> None:
    rows = event_log.events_on(session, roots)
    passed = _passed(session, roots)
    for root in roots:
        said = [
            list(_said(session, judge, [*_events(judge, rows[root]), *_lapsed(judge, passed.get(root, ()))]))
            for judge in judges
        ]
        one, other = (_judgement(each) for each in said)
        tally.add(root[1], root[0], one, other, outcome=None)


def _events(judge: Judge, rows: Sequence[Event]) -> Iterator[Any]:
    return (as_happened(judge.kinds[row.kind], row) for row in rows if row.kind in judge.kinds)


def _lapsed(judge: Judge, rows: Sequence[Deadline]) -> Iterator[Any]:
    return (as_passed(judge.kinds[row.kind], row) for row in rows if row.kind in judge.kinds)


def _passed(session: Session, roots: Sequence[event_log.Root]) -> Mapping[event_log.Root, list[Deadline]]:
    """The daily looks that have taken place."""
    found = deadlines.of_roots(session, roots)
    return {root: [row for row in rows if row.state == deadlines.PASSED] for root, rows in found.items()}


def _said(session: Session, judge: Judge, events: Sequence[Any]) -> Iterator[JudgedEvent]:
    def past(kind: Any, event: Any, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        return past_facts(session, kind, event, facts, judge.engine.policy(scope_of(event.shop_id, facts)))

    return iter(judge_line(judge, events, order_id=None, past=past))


def _judgement(said: Sequence[JudgedEvent]) -> Judgement:
    """All of a line as one: the hardest decision, each rule once."""
    rules: dict[str, str] = {}
    for each in said:
        for firing in each.firings:
            verdict = f"shadow:{firing.decision.value}" if firing.shadow else firing.decision.value
            rules.setdefault(firing.rule, verdict)
    doubts = frozenset(doubt for each in said for doubt in each.doubts)
    return Judgement(hardest([each.decision for each in said]).value, rules, {}, doubts)
