"""What one order may be given in all. Its row is locked first, so two claims of one order are judged one by one."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import OrderCompensation
from app.models.base import ORG


def locked(session: Session, order_id: str, *, cap_fen: int) -> OrderCompensation:
    """The order's row, made on first use with this cap."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"order_id": order_id, "org_id": ORG, "cap_fen": cap_fen, "granted_fen": 0}
    session.execute(
        insert(OrderCompensation).values(values).on_conflict_do_nothing(index_elements=["order_id", "org_id"])
    )
    return session.scalars(
        select(OrderCompensation)
        .where(OrderCompensation.order_id == order_id, OrderCompensation.org_id == ORG)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def grant(session: Session, order_id: str, amount_fen: int, *, lift: bool) -> bool:
    """Count an amount against the order's cap; False when it does not fit. ``lift`` raises the cap by the amount."""
    own = (OrderCompensation.order_id == order_id) & (OrderCompensation.org_id == ORG)
    if lift:
        session.execute(update(OrderCompensation).where(own).values(cap_fen=OrderCompensation.cap_fen + amount_fen))
    fits = OrderCompensation.granted_fen + amount_fen <= OrderCompensation.cap_fen
    granted = update(OrderCompensation).where(own, fits)
    return (
        session.execute(
            granted.values(granted_fen=OrderCompensation.granted_fen + amount_fen).returning(OrderCompensation.order_id)
        ).scalar()
        is not None
    )


def take_back(session: Session, order_id: str, amount_fen: int) -> None:
    """The amount will not be paid after all."""
    own = (OrderCompensation.order_id == order_id) & (OrderCompensation.org_id == ORG)
    session.execute(update(OrderCompensation).where(own).values(granted_fen=OrderCompensation.granted_fen - amount_fen))
