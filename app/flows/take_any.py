"""Taking events of any kind: speech is heard, everything else stands on its time line; answers in order.

Speech comes ten times a second and room. On a time line each utterance would have all others added up again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.errors import Problem
from app.events.stored import SentEvent, check_event
from app.flows.hear_events import Spoken
from app.flows.hear_speech import hear_speech
from app.flows.heard_room import Heard
from app.flows.parts import Parts
from app.flows.take_event import take_events
from app.flows.told_events import Told
from app.live.window import Utterance
from app.values.deciding import Verdict, hardest

LONGEST_TEXT = 2_000
HIGHEST_SEQUENCE = 2**53
_CONFLICT = Problem("data.sequence", "was used before for other words", "the same words, or a new number")


def take_any(parts: Parts, events: Sequence[SentEvent], *, actor: str, now: datetime) -> list[Told]:
    """Take events whose shops the caller may speak for; see ``take_events`` and ``hear_speech``."""
    kinds = parts.live.current.kinds
    told: list[Told | None] = [None] * len(events)
    spoken: dict[tuple[str, str], list[tuple[int, Utterance]]] = defaultdict(list)
    lined: list[int] = []
    for place, event in enumerate(events):
        kind = kinds.get(event.kind)
        if kind is None or not kind.is_heard:
            lined.append(place)
            continue
        checked, problems = check_event(kinds, event, now=now, is_heard=True)
        said = _utterance(checked.happened.at, checked.happened.facts) if checked else None
        problems = problems or (_problems(said) if said else [])
        if problems or said is None:
            told[place] = Told(event.id, "invalid", problems=tuple(problems))
        else:
            spoken[event.shop_id, event.subject].append((place, said))
    for (shop_id, room_id), items in sorted(spoken.items()):
        said_here = tuple(said for _, said in items)
        heard = hear_speech(parts, Spoken(parts, shop_id, room_id, said_here, actor, now))
        for number, (place, said) in enumerate(items):
            told[place] = _told(events[place].id, said, heard, is_first=number == 0)
    if lined:
        taken = take_events(parts, [events[place] for place in lined], actor=actor, now=now)
        for place, each in zip(lined, taken, strict=True):
            told[place] = each
    return [each for each in told if each is not None]


def _utterance(at: datetime, facts: Mapping[str, Any]) -> Utterance:
    return Utterance(facts["sequence"], at, facts["text"], facts.get("speaker") or "")


def _problems(said: Utterance) -> list[Problem]:
    found = []
    if not 0 <= said.sequence <= HIGHEST_SEQUENCE:
        found.append(Problem("data.sequence", "is out of range", f"0 to {HIGHEST_SEQUENCE}"))
    if len(said.text) > LONGEST_TEXT:
        found.append(Problem("data.text", f"has {len(said.text)} characters", f"at most {LONGEST_TEXT}"))
    return found


def _told(event_id: str, said: Utterance, heard: Heard, *, is_first: bool) -> Told:
    """What one utterance brought up; a word that began before the call is told with its first utterance."""
    status = heard.statuses[said.sequence]
    if status == "conflict":
        return Told(event_id, "invalid", problems=(_CONFLICT,), is_conflict=True)
    mine = [hit for hit in heard.hits if hit["sequence"] == said.sequence]
    if is_first:
        mine += [hit for hit in heard.hits if hit["sequence"] not in heard.statuses]
    decisions = [Verdict(hit["decision"] or hit["verdict"]) for hit in mine]
    firings = tuple(firing for hit in mine for firing in hit.get("firings", ()))
    return Told(event_id, status, hardest(decisions).value, firings)
