"""``notify``: the shop's own system is told by webhook that a rule fired on one of its subjects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.flows.carry_effects import Ask
from app.flows.parts import Parts
from app.models import Effect
from app.outbox.messages import announce

VERB = "notify"
TYPE = "event.fired"


def carry_out(session: Session, ask: Ask) -> Mapping[str, Any]:
    """Write the message beside its cause; identifiers only."""
    key, firing = ask.key, ask.firing
    said = {
        "shop_id": key.shop_id,
        "subject_type": key.subject_type,
        "subject": key.subject,
        "order_id": ask.order_id,
        "rule": key.rule,
        "decision": firing.decision.value,
        "reason": firing.reason,
        "occasion": key.occasion,
        "at": ask.judged.event.at.isoformat(),
    }
    told = announce(
        session, type_=TYPE, natural_key=f"fired:{ask.effect_id}", shop_id=key.shop_id, data=said, now=ask.now
    )
    return {"told": told}


def withdraw(session: Session, effect: Effect, *, parts: Parts, now: datetime) -> None:
    """Nothing: what was said was right by what was known then, and the present state can be asked for."""
    del session, effect, parts, now
