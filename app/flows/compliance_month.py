"""合规月报: what a month came to, as tables: contents, cases, appeals, notices, evidence, claims, personal data.

Every figure is counted in the database for the month in China; of one shop, or of all the caller may see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.errors import Forbidden
from app.models import Appeal, AuditRow, Case, Claim, Content, Evidence, Notice, Screening
from app.money.amounts import plain_yuan
from app.money.causes import CAUSES
from app.money.month_tables import Table
from app.review.second_reviews import blind_cases
from app.values.access import Caller
from app.values.case_titles import OUTCOME_TITLES
from app.values.china_days import CHINA, month_ends_at, month_starts_at
from app.values.deciding import VERDICT_TITLES
from app.values.evidence import KINDS
from app.values.notices import KINDS as NOTICE_KINDS

TITLE = "合规月报"
_DECISIONS = {name: VERDICT_TITLES[name] for name in ("pass", "label", "review", "block")}
_TOP = 20
_LOOKS = {
    "person.reveal": "查看个人信息明文",
    "person.export": "导出个人信息",
    "case.export": "导出案件证据包",
    "inquiry.finish": "完成协查导出",
    "evidence.open_file": "查看凭证文件",
}


@dataclass(frozen=True, slots=True)
class Month:
    """Which month, of which shops, up to when."""

    month: str
    starts_at: datetime
    ends_at: datetime
    shop_id: str | None
    caller: Caller
    category_title: Callable[[str], str]
    blind: frozenset[str] = frozenset()
    """Cases that the caller reviews blind: how they were decided is counted nowhere."""

    def of(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The condition that keeps a query to its shops."""
        return self.caller.only_own(column) & (true() if self.shop_id is None else column == self.shop_id)

    def within(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The condition that keeps a query to its time."""
        return (column >= self.starts_at) & (column < self.ends_at)


def compliance_month(
    session: Session,
    month: str,
    *,
    shop_id: str | None,
    caller: Caller,
    now: datetime,
    category_title: Callable[[str], str] = str,
) -> list[Table]:
    """The report, with what readers call each category, less the decisions its reader reviews blind.

    Raises:
        InvalidInput: it is no month.
        Forbidden: the shop is not the caller's.
    """
    if shop_id is not None and not caller.may_see(shop_id):
        raise Forbidden(f"{caller.name} is not bound to shop {shop_id}")
    asked = Month(
        month,
        month_starts_at(month),
        min(month_ends_at(month), now + now.resolution),
        shop_id,
        caller,
        category_title,
        blind_cases(session, caller),
    )
    made = (_overview, _decisions, _cases, _categories, _appeals, _notices, _evidence, _claims, _looks)
    return [make(session, asked) for make in made]


def _overview(session: Session, asked: Month) -> Table:
    screened = _count(session, Screening, asked.of(Screening.shop_id), asked.within(Screening.created_at))
    opened = _count(session, Case, asked.of(Case.shop_id), asked.within(Case.opened_at))
    by_person = _count(
        session, Case, asked.of(Case.shop_id), asked.within(Case.opened_at), Case.content_pk.is_not(None)
    )
    closed = asked.of(Case.shop_id) & asked.within(Case.decided_at) & Case.outcome.is_not(None)
    decided = _count(session, Case, closed)
    in_time = _count(session, Case, closed, Case.decided_at <= Case.due_at)
    late = asked.of(Case.shop_id) & Case.state.in_(("open", "held", "second")) & (Case.due_at < asked.ends_at)
    since, until = (
        at.astimezone(CHINA).date().isoformat() for at in (asked.starts_at, asked.ends_at - timedelta(0, 1))
    )
    return Table(
        "总览",
        ("指标", "数值"),
        (
            ("期间", f"{since} 至 {until}"),
            ("范围", asked.shop_id or ("全部店铺" if asked.caller.shop_ids is None else "负责的店铺")),
            ("送审内容（次）", screened),
            ("机器直接裁决", _share(screened - min(by_person, screened), screened)),
            ("新增案件", opened),
            ("办结案件", decided),
            ("按时办结", _share(in_time, decided)),
            ("月末超时未结案件", _count(session, Case, late)),
            ("在册内容", _count(session, Content, asked.of(Content.shop_id), Content.created_at < asked.ends_at)),
        ),
    )


def _decisions(session: Session, asked: Month) -> Table:
    own = (asked.of(Screening.shop_id), asked.within(Screening.created_at))
    found = _grouped(session, Screening.decision, own)
    total = sum(found.values())
    rows = tuple((title, found.get(name, 0), _share(found.get(name, 0), total)) for name, title in _DECISIONS.items())
    return Table("内容裁决", ("裁决", "次数", "占比"), rows)


def _cases(session: Session, asked: Month) -> Table:
    own = asked.of(Case.shop_id) & asked.within(Case.decided_at) & Case.outcome.is_not(None)
    found = _grouped(session, Case.outcome, (own, Case.id.not_in(asked.blind)))
    rows = [(title, found.get(name, 0)) for name, title in OUTCOME_TITLES.items()]
    if kept_back := _count(session, Case, own, Case.id.in_(asked.blind)) if asked.blind else 0:
        rows.append(("您正在盲审，暂不计入", kept_back))
    return Table("案件处置", ("处置", "件数"), tuple(rows))


def _categories(session: Session, asked: Month) -> Table:
    own = asked.of(Case.shop_id) & asked.within(Case.opened_at)
    wanted = (
        select(Case.category, func.count(), func.sum(case((Case.decision == "block", 1), else_=0)))
        .where(own)
        .group_by(Case.category)
        .order_by(func.count().desc(), Case.category)
        .limit(_TOP)
    )
    found = session.execute(wanted)
    rows = tuple((asked.category_title(name), int(count), int(blocked or 0)) for name, count, blocked in found)
    return Table("案件类别（前二十）", ("类别", "新增（件）", f"其中{VERDICT_TITLES['block']}（件）"), rows)


def _appeals(session: Session, asked: Month) -> Table:
    own = asked.of(Appeal.shop_id) & Appeal.case_id.not_in(asked.blind)
    filed = _count(session, Appeal, own, asked.within(Appeal.filed_at))
    decided = own & asked.within(Appeal.decided_at)
    upheld, overturned = (_count(session, Appeal, decided, Appeal.state == each) for each in ("upheld", "overturned"))
    in_time = _count(session, Appeal, decided, Appeal.decided_at <= Appeal.due_at)
    return Table(
        "申诉",
        ("指标", "数值"),
        (
            ("收到申诉", filed),
            ("维持原判", upheld),
            ("改判", overturned),
            ("改判率", _share(overturned, upheld + overturned)),
            ("按时答复", _share(in_time, upheld + overturned)),
        ),
    )


def _notices(session: Session, asked: Month) -> Table:
    own, rows = asked.of(Notice.shop_id), []
    until = asked.ends_at
    for kind in NOTICE_KINDS.values():
        mine = own & (Notice.kind == kind.name)
        received = _count(session, Notice, mine, asked.within(Notice.recorded_at))
        answered = mine & asked.within(Notice.answered_at)
        late = mine & Notice.state.in_(("received", "working")) & (Notice.due_at < until)
        in_time = _count(session, Notice, answered, Notice.answered_at <= Notice.due_at)
        rows.append((kind.title, received, _count(session, Notice, answered), in_time, _count(session, Notice, late)))
    head = ("类型", "收到", "答复", "其中按时", "月末超时未答复")
    return Table("监管通知与12315", head, tuple(rows))


def _evidence(session: Session, asked: Month) -> Table:
    own, rows = asked.of(Evidence.shop_id), []
    for kind in KINDS.values():
        mine = own & (Evidence.kind == kind.name)
        new = _count(session, Evidence, mine, asked.within(Evidence.proposed_at))
        verified = _count(session, Evidence, mine, asked.within(Evidence.decided_at), Evidence.state != "refused")
        ended = _count(session, Evidence, mine, asked.within(Evidence.ended_at))
        holding = _count(session, Evidence, mine, Evidence.state == "verified")
        if new or verified or ended or holding:
            rows.append((kind.title, new, verified, ended, holding))
    return Table("凭证", ("种类", "新登记", "核验通过", "失效", "现行有效"), tuple(rows))


def _claims(session: Session, asked: Month) -> Table:
    own = (asked.of(Claim.shop_id), asked.within(Claim.opened_at))
    wanted = select(Claim.cause, func.count(), func.sum(Claim.amount_fen)).where(*own).group_by(Claim.cause)
    found = {name: (int(count), int(fen or 0)) for name, count, fen in session.execute(wanted)}
    rows = tuple(
        (each.title, found[each.name][0], plain_yuan(found[each.name][1]))
        for each in CAUSES.values()
        if each.name in found
    )
    return Table("先行赔付", ("事由", "新增（件）", "主张金额（元）"), rows)


def _looks(session: Session, asked: Month) -> Table:
    own = asked.within(AuditRow.at) & AuditRow.action.in_(list(_LOOKS))
    mine = true() if asked.shop_id is None and asked.caller.shop_ids is None else asked.of(AuditRow.shop_id)
    found = _grouped(session, AuditRow.action, (own, mine))
    return Table(
        "个人信息与证据的查阅",
        ("事项", "次数"),
        tuple((title, found.get(name, 0)) for name, title in _LOOKS.items()),
    )


def _count(session: Session, model: type, *wanted: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*wanted)) or 0


def _grouped(
    session: Session, column: InstrumentedAttribute[Any], wanted: Sequence[ColumnElement[bool]]
) -> dict[str, int]:
    found = select(column, func.count()).where(*wanted).group_by(column)
    return {str(name): int(count) for name, count in session.execute(found)}


def _share(part: int, whole: int) -> str:
    """``97.25%`` of what there was, rounded down; a dash where there was nothing."""
    if whole == 0:
        return "–"
    bp = part * 10_000 // whole
    return f"{bp // 100}.{bp % 100:02d}%"
