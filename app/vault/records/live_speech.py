"""What was heard in live rooms: three years after it was said (直播电商监督管理办法 art. 16)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import LiveSpeech, LiveStream
from app.vault.holds import Held
from app.vault.retention import RecordKind


def prune(session: Session, before: datetime, held: Held, limit: int) -> int:
    """Remove old pieces of speech, then the word on how far a room was heard where none of its speech is left."""
    is_free = LiveSpeech.shop_id.not_in(held.of("shop"))
    wanted = select(LiveSpeech.id).where(LiveSpeech.last_at < before, is_free).order_by(LiveSpeech.last_at).limit(limit)
    ids = session.scalars(wanted).all()
    session.execute(delete(LiveSpeech).where(LiveSpeech.id.in_(ids)))
    same = (LiveSpeech.shop_id == LiveStream.shop_id) & (LiveSpeech.room_id == LiveStream.room_id)
    is_left = select(LiveSpeech.id).where(same).exists()
    over = (LiveStream.last_at < before) & LiveStream.shop_id.not_in(held.of("shop")) & ~is_left
    session.execute(delete(LiveStream).where(over).execution_options(synchronize_session=False))
    return len(ids)


KIND = RecordKind(
    "live_speech", "直播语音记录", 1_096, 1_096, "直播电商监督管理办法第16条：自直播结束起不少于三年", prune
)
