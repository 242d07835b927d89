"""Figures of goods and buyers as they were told, as of an instant; see `figure_point`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.models import FigurePoint


def of_goods(shop_id: str, sku_id: str, name: str) -> ColumnElement[bool]:
    """The rows of one figure of some goods."""
    return of(shop_id, f"sku:{sku_id}"[:240], name)


def of(shop_id: str, about: str, name: str) -> ColumnElement[bool]:
    """The rows of one figure."""
    return (FigurePoint.shop_id == shop_id) & (FigurePoint.about == about) & (FigurePoint.name == name)


def last(session: Session, rows: ColumnElement[bool], *, at: datetime, is_inclusive: bool = True) -> int | None:
    """The value told last by (or before) an instant; None where there is none."""
    until = FigurePoint.at <= at if is_inclusive else FigurePoint.at < at
    newest = select(FigurePoint.value).where(rows, until).order_by(FigurePoint.at.desc(), FigurePoint.id.desc())
    return session.scalar(newest.limit(1))


def least(session: Session, rows: ColumnElement[bool], *, start: datetime, end: datetime) -> int | None:
    """The lowest value in [start, end); None where there is none."""
    within = (FigurePoint.at >= start) & (FigurePoint.at < end)
    found: Any = session.scalar(select(func.min(FigurePoint.value)).where(rows, within))
    return None if found is None else int(found)
