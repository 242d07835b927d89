"""Merchants' written agreements about their deposits; without one in force no deposit is touched (电商法第五十八条)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.models import MerchantAgreement
from app.models.base import ORG

_FOUR = {"document": "协议文件", "management": "管理", "usage": "使用", "refund": "退还办法"}


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed: how much may be taken for one claim, and how the deposit is managed, used and given back."""

    shop_id: str
    document: str
    limit_fen: int
    management: str
    usage: str
    refund: str
    valid_from: date
    valid_to: date | None = None


def record(session: Session, agreed: Agreed, *, by: str, now: datetime) -> MerchantAgreement:
    """Keep an agreement; raises InvalidInput naming every part that the law asks for and it lacks."""
    problems = [
        Problem(name, "为空", f"须约定{title}") for name, title in _FOUR.items() if not getattr(agreed, name).strip()
    ]
    if agreed.limit_fen <= 0:
        problems.append(Problem("limit_fen", str(agreed.limit_fen), "须约定提取数额"))
    if agreed.valid_to is not None and agreed.valid_to < agreed.valid_from:
        problems.append(Problem("valid_to", str(agreed.valid_to), "不早于 valid_from"))
    if problems:
        raise InvalidInput("书面约定不完整", problems=problems)
    row = MerchantAgreement(**asdict(agreed), recorded_by=by, recorded_at=now)
    session.add(row)
    session.flush()
    return row


def in_force(session: Session, shop_id: str, *, day: date) -> MerchantAgreement | None:
    """The newest agreement of a shop that holds on a day."""
    holds = (MerchantAgreement.valid_from <= day) & or_(
        MerchantAgreement.valid_to.is_(None), MerchantAgreement.valid_to >= day
    )
    own = (MerchantAgreement.org_id == ORG) & (MerchantAgreement.shop_id == shop_id)
    newest = MerchantAgreement.recorded_at.desc(), MerchantAgreement.id.desc()
    live = select(MerchantAgreement).where(own, holds, MerchantAgreement.withdrawn_at.is_(None))
    return session.scalars(live.order_by(*newest)).first()


def withdraw(session: Session, agreement_id: str, *, now: datetime) -> MerchantAgreement:
    """End an agreement; from now on the deposit is not touched."""
    row = session.get(MerchantAgreement, agreement_id)
    if row is None:
        raise NotFound(f"没有书面约定 {agreement_id}")
    row.withdrawn_at = row.withdrawn_at or now
    session.flush()
    return row
