"""What one order may be given in all. Its row is locked first, so two claims of one order are judged one by one."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import Claim, OrderCompensation


def locked(session: Session, shop_id: str, order_id: str, *, cap_fen: int) -> OrderCompensation:
    """The order's row, made on first use with this cap; one made before a cap was known (0) gets it now."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"order_id": order_id, "shop_id": shop_id, "cap_fen": cap_fen, "granted_fen": 0}
    session.execute(
        insert(OrderCompensation).values(values).on_conflict_do_nothing(index_elements=["order_id", "shop_id"])
    )
    row = session.scalars(
        select(OrderCompensation)
        .where(_own(shop_id, order_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if row.cap_fen == 0 and cap_fen > 0:
        row.cap_fen = cap_fen
        session.flush()
    return row


def grant(session: Session, claim: Claim, *, lift: bool) -> bool:
    """Count a claim against its order's cap; False when it does not fit. ``lift`` raises the cap by as much."""
    own, amount_fen = _own(claim.shop_id, claim.order_id), claim.amount_fen
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


def left_fen(session: Session, claim: Claim) -> int:
    """What may still be given of the order's cap, fen."""
    left = select(OrderCompensation.cap_fen - OrderCompensation.granted_fen)
    return max(session.scalar(left.where(_own(claim.shop_id, claim.order_id))) or 0, 0)


def take_back(session: Session, claim: Claim) -> None:
    """The claim will not be paid after all."""
    own, amount_fen = _own(claim.shop_id, claim.order_id), claim.amount_fen
    session.execute(update(OrderCompensation).where(own).values(granted_fen=OrderCompensation.granted_fen - amount_fen))


def fit(session: Session, shop_id: str, order_id: str, *, cap_fen: int) -> None:
    """Another sum turned out to be paid: the cap becomes that of it, though never less than was granted already."""
    row = locked(session, shop_id, order_id, cap_fen=cap_fen)
    row.cap_fen = max(cap_fen, row.granted_fen)
    session.flush()


def _own(shop_id: str, order_id: str) -> ColumnElement[bool]:
    return (OrderCompensation.order_id == order_id) & (OrderCompensation.shop_id == shop_id)
