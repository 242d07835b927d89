"""Who was to receive of which split: one row a receiver, so that how much one person receives can be counted fast."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Key, Name, new_id


class SplitReceiver(Base):
    """A receiver of one split, as ``splits.receivers`` names it; made again whenever that row changes."""

    __tablename__ = "split_receiver"
    __table_args__ = (
        Index("ix_split_receiver_org_id_receiver_requested_at", "org_id", "receiver", "requested_at"),
        Index("ix_split_receiver_shop_id_split", "shop_id", "split"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    split: Mapped[str] = mapped_column(String(200))
    receiver: Mapped[str] = mapped_column(String(300))
    requested_at: Mapped[datetime]
