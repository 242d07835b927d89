"""What is heard in a room as events of its own: a flag, a correction; and how a flag is told."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.events.stored import own_event
from app.flows.listen import HeardHit
from app.flows.parts import Parts
from app.flows.take_event import Fresh
from app.flows.told_events import Told
from app.live.window import OpenFlag, Utterance
from app.outbox.messages import announce
from app.values.deciding import Verdict, hardest
from app.values.facts import Happened

SOURCE = "~live"
"""The source of what the service hears itself."""
FLAGGED = "live.flagged"


@dataclass(frozen=True, slots=True)
class Spoken:
    """Utterances of one room on their way in, with all that hearing them needs."""

    parts: Parts
    shop_id: str
    room_id: str
    said: tuple[Utterance, ...]
    actor: str
    now: datetime

    @property
    def room(self) -> tuple[str, str]:
        """Which room."""
        return self.shop_id, self.room_id


def flag_id_of(spoken: Spoken, hit: HeardHit) -> str:
    """The same hit has the same flag, whoever hears it."""
    key = "\x1f".join(map(str, (spoken.shop_id, spoken.room_id, *hit.key)))
    return "flag-" + hashlib.sha256(key.encode()).hexdigest()[:24]


def flag_facts(hit: HeardHit, *, flag_id: str, room_id: str, in_pk: bool) -> dict[str, Any]:
    """What rules see of a hit."""
    return {
        "flag_id": flag_id,
        "room_id": room_id,
        "sequence": hit.said.sequence,
        "category": hit.hit.category,
        "verdict": hit.hit.verdict.value,
        "word": hit.hit.word,
        "wordlist": hit.hit.wordlist,
        "sentence": hit.sentence,
        "speaker": hit.said.speaker,
        "is_in_pk": in_pk,
    }


def flag_event(spoken: Spoken, hit: HeardHit, *, in_pk: bool) -> Fresh:
    """A hit as an event."""
    flag_id = flag_id_of(spoken, hit)
    facts = flag_facts(hit, flag_id=flag_id, room_id=spoken.room_id, in_pk=in_pk)
    happened = Happened("live.flag", flag_id, SOURCE, spoken.shop_id, spoken.room_id, hit.said.at, facts)
    return Fresh(spoken.parts, own_event(happened), spoken.actor, spoken.now, is_heard=False)


def correction_event(spoken: Spoken, flag: OpenFlag, by: Utterance) -> Fresh:
    """A correction that was heard."""
    facts = {"flag_id": flag.flag_id, "room_id": spoken.room_id, "way": "spoken", "sequence": by.sequence}
    event_id = f"corrected:{flag.flag_id}"
    happened = Happened("live.correction", event_id, SOURCE, spoken.shop_id, flag.flag_id, by.at, facts)
    return Fresh(spoken.parts, own_event(happened), spoken.actor, spoken.now, is_heard=False)


def tell(session: Session, spoken: Spoken, fresh: Fresh, hit: HeardHit, told: Told) -> dict[str, Any]:
    """Tell the webhooks of a flag, and the caller: the hardest of the list's verdict and the rules' decision."""
    decision = hardest([hit.hit.verdict, Verdict(told.decision)])
    answer = told.answer()
    flag_id = str(fresh.checked.happened.facts["flag_id"])
    said = {
        "shop_id": spoken.shop_id,
        "room_id": spoken.room_id,
        "flag_id": flag_id,
        "sequence": hit.said.sequence,
        "said_at": hit.said.at.isoformat(),
        "category": hit.hit.category,
        "word": hit.hit.word,
        "decision": decision.value,
        "cases": answer["cases"],
    }
    announce(
        session, type_=FLAGGED, natural_key=f"flagged:{flag_id}", shop_id=spoken.shop_id, data=said, now=spoken.now
    )
    return {
        **hit.answer(),
        "status": "flagged",
        "flag_id": flag_id,
        "decision": decision.value,
        "firings": answer["firings"],
        "cases": answer["cases"],
    }
