"""What stands above an officer's work: that they are off duty, what was handed over to them, that a break is due."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import session as browser

from app.flows.keep_roster import duty_of
from app.flows.look_after import comfort_of
from app.models import Handover
from app.review import rosters, second_reviews, stretches
from app.review.claiming import DECIDERS
from app.review.stretches import Stretch
from app.values.rosters import OnDuty
from app.web.auth import parts
from app.web.console import signed_in

LATER = timedelta(minutes=15)
_REMIND_AT = "remind_of_break_at"


@dataclass(frozen=True, slots=True)
class DeskNotes:
    """``stretch`` is None while no break is due; ``blind`` are the cases of which no note may be shown."""

    duty: OnDuty
    handovers: Sequence[Handover]
    blind: Collection[str]
    stretch: Stretch | None
    now: datetime

    @property
    def minutes(self) -> int:
        """How long the officer has been at work."""
        began_at = self.now if self.stretch is None or self.stretch.began_at is None else self.stretch.began_at
        return int((self.now - began_at).total_seconds() // 60)


def desk_notes() -> DeskNotes | None:
    """For the officer who looks; None for somebody who decides no cases."""
    who, now = signed_in.officer(), parts().now()
    if not who.caller.grants & DECIDERS:
        return None
    with parts().db.read() as session:
        comfort = comfort_of(session, who.username)
        stretch = stretches.stretch_of(session, who.caller.name, now=now)
        duty = duty_of(parts(), session, who.caller, now=now)
        handovers = rosters.waiting_for(session, who.caller.name)
        blind: Collection[str] = second_reviews.blind_cases(session, who.caller) if handovers else ()
    is_due = stretch.wants_break(comfort, now=now) and now.timestamp() >= browser.get(_REMIND_AT, 0)
    return DeskNotes(duty, handovers, blind, stretch if is_due else None, now)


def remind_later(now: datetime) -> None:
    """Say nothing about a break for a quarter of an hour, in this browser."""
    browser[_REMIND_AT] = int((now + LATER).timestamp())
