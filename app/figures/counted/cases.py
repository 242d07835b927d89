"""Cases: opened and decided, by category, rule and officer; in time or late; how long they waited and were worked on.

What officers did is counted from the audit log, because its rows only grow: a case that is overturned later keeps the
decision it had in the hour it had it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.figures.counting import KEY_MAX, SIDE_MAX, Cell
from app.models import AuditRow, Case
from app.values.deciding import Verdict

WAITED_MINUTES = (5, 15, 30, 60, 120, 240, 480, 1_440, 2_880, 4_320, 10_080)
"""A decided case counts under the first of these it did not wait longer than; the longest under the last."""
DOUBT = "doubt"
_SAID = {"case.decide": "", "case.decide_first": "first", "case.dispute": "dispute"}
_APPEALS = {"case.uphold": "upheld", "case.overturn": "overturned"}
_AT_A_TIME = 400
_RULE = re.compile(r"([A-Z]\d+-\d+[a-z]?)(?::.*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Deed:
    """One decision with the case it is about."""

    row: AuditRow
    case: Case

    @property
    def outcome(self) -> str:
        """What was decided."""
        return str(self.row.details.get("outcome") or "")

    @property
    def due_at(self) -> datetime:
        """When it was due as it was decided; an appeal gives the case another date later."""
        told = self.row.details.get("due_at")
        return datetime.fromisoformat(told) if isinstance(told, str) else self.case.due_at


def count(session: Session, since: datetime, until: datetime) -> Iterable[tuple[str, str, str, str, int]]:
    """``opened``, ``decided``, ``flagged``, ``rule``, ``officer``, ``handled``, ``sla``, ``waited`` and ``appeal``."""
    opened = (Case.opened_at >= since) & (Case.opened_at < until) & Case.decision.in_([each.value for each in Verdict])
    columns = (Case.shop_id, Case.category, Case.queue)
    for shop_id, category, queue, times in session.execute(
        select(*columns, func.count()).where(opened).group_by(*columns)
    ):
        yield "opened", shop_id, category, queue, times
    for _, figure, shop_id, key, side, times in _told(session, (AuditRow.at >= since) & (AuditRow.at < until)):
        yield figure, shop_id, key, side, times


def decisions_of(session: Session, case_ids: Collection[str]) -> Iterator[tuple[datetime, Cell, int]]:
    """When the decisions about these cases, and about their appeals, were made and as what they are counted."""
    about = AuditRow.object_id.in_(sorted(case_ids))
    for at, figure, shop_id, key, side, number in _told(session, about):
        yield at, Cell(figure, shop_id, key[:KEY_MAX], side[:SIDE_MAX]), number


def _told(session: Session, wanted: ColumnElement[bool]) -> Iterator[tuple[datetime, str, str, str, str, int]]:
    for portion in _deeds(session, wanted):
        claims, rules = _claims(session, portion), _rules(session, portion)
        for deed in portion:
            taken = claims.get((deed.case.id, deed.row.actor), ())
            for cell in _of_deed(deed, taken, rules.get(deed.case.id, ())):
                yield deed.row.at, *cell


def _of_deed(deed: Deed, claims: Sequence[datetime], rules: Iterable[str]) -> Iterator[tuple[str, str, str, str, int]]:
    row, case, shop = deed.row, deed.case, deed.case.shop_id
    if row.action in _APPEALS:
        yield "appeal", shop, case.category, _APPEALS[row.action], 1
        return
    yield "officer", shop, row.actor, _SAID[row.action] or deed.outcome, 1
    begun = [at for at in claims if at <= row.at]
    if begun and "bulk" not in row.details:
        yield "handled", shop, row.actor, "count", 1
        yield "handled", shop, row.actor, "seconds", int((row.at - max(begun)).total_seconds())
    if row.action != "case.decide":
        return
    yield "decided", shop, case.category, deed.outcome, 1
    yield "sla", shop, case.queue, "kept" if row.at <= deed.due_at else "missed", 1
    minutes = (row.at - case.opened_at).total_seconds() / 60
    yield "waited", shop, str(WAITED_MINUTES[min(bisect_left(WAITED_MINUTES, minutes), len(WAITED_MINUTES) - 1)]), "", 1
    if case.category != DOUBT or rules:
        yield "flagged", shop, deed.outcome, "", 1
    for rule in rules:
        yield "rule", shop, rule, deed.outcome, 1


def _deeds(session: Session, wanted: ColumnElement[bool]) -> Iterator[list[Deed]]:
    lately = wanted & AuditRow.action.in_([*_SAID, *_APPEALS])
    portion: list[Deed] = []
    found = select(AuditRow, Case).join(Case, Case.id == AuditRow.object_id).where(lately)
    for row, case in session.execute(found.where(AuditRow.object_type == "case").order_by(AuditRow.id)).all():
        portion.append(Deed(row, case))
        if len(portion) == _AT_A_TIME:
            yield portion
            portion = []
    if portion:
        yield portion


def _claims(session: Session, deeds: Sequence[Deed]) -> Mapping[tuple[str, str], list[datetime]]:
    """When each case was taken by whom."""
    ids = sorted({each.case.id for each in deeds})
    about = (AuditRow.object_type == "case") & AuditRow.object_id.in_(ids) & (AuditRow.action == "case.claim")
    found: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for case_id, actor, at in session.execute(select(AuditRow.object_id, AuditRow.actor, AuditRow.at).where(about)):
        found[case_id, actor].append(at)
    return found


def _rules(session: Session, deeds: Sequence[Deed]) -> Mapping[str, Sequence[str]]:
    """The rules behind each case: those that fired when its content was screened, or the one that opened it."""
    by_screening = {each.case.screening_id: each.case.id for each in deeds if each.case.screening_id}
    found: dict[str, Sequence[str]] = {}
    about = (AuditRow.object_type == "screening") & AuditRow.object_id.in_(sorted(by_screening))
    told: Any = session.execute(select(AuditRow.object_id, AuditRow.details).where(about).order_by(AuditRow.id))
    for screening_id, details in told:
        if "fired" in details:
            found[by_screening[screening_id]] = tuple(dict.fromkeys(details["fired"]))
    for each in deeds:
        rule = rule_of(each.case)
        if rule is not None:
            found[each.case.id] = (rule,)
    return found


def rule_of(case: Case) -> str | None:
    """The rule that opened a case about events, as its natural key says."""
    parts = (case.natural_key or "").split("|")
    return next((found[1] for part in parts if (found := _RULE.fullmatch(part))), None)
