"""One room while a call is heard, its row locked: what is new is kept, listened to, flagged, judged and set right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import subjects
from app.events.kinds.live_uncorrected import CATEGORIES, WITHIN
from app.flows.hear_events import Spoken, correction_event, flag_event, flag_id_of, tell
from app.flows.listen import HeardHit, is_nothing_new, listen
from app.flows.room_window import REMEMBERED, REPEAT, TABLE, person_of, policy_of, read_pieces, rebuilt
from app.flows.take_event import Fresh, store_fresh
from app.flows.told_events import Told
from app.live import rows
from app.live.corrections import corrected
from app.live.window import OpenFlag, Utterance, Window, beside, remembered, runs
from app.models import DataKey, new_id
from app.values.policy import Policy
from app.vault.data_keys import SealingKey

MOST_FLAGS = "live.most_flags"
PHRASES = "live.correction_phrases"
_PIECES_AROUND = 16


@dataclass(slots=True)
class Heard:
    """What came of it: each utterance's fate by number, the hits with what they caused, and what was set right."""

    statuses: dict[int, str] = field(default_factory=dict)
    hits: list[dict[str, Any]] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    window: Window = field(default_factory=Window)
    in_pk: bool = False

    def answer(self, said: Sequence[Utterance]) -> Mapping[str, Any]:
        """As plain JSON, in the contract's names."""
        each = [{"sequence": one.sequence, "status": self.statuses[one.sequence]} for one in said]
        return {"results": each, "hits": self.hits, "corrected": self.corrected, "in_pk": self.in_pk}


@dataclass(slots=True)
class Unit:
    """What the calls of one unit of work share: rows read together, keys found once, rows written at its end."""

    streams: dict[tuple[str, str], rows.Stream] = field(default_factory=dict)
    windows: dict[tuple[str, str], Window] = field(default_factory=dict)
    keys: dict[str, SealingKey | DataKey] = field(default_factory=dict)
    waiting: rows.Waiting = field(default_factory=rows.Waiting)


class HeardRoom:
    """One room while one call is heard, its row locked."""

    def __init__(self, session: Session, spoken: Spoken, unit: Unit) -> None:
        self._session, self._spoken, self._unit = session, spoken, unit
        self._parts, self._judge = spoken.parts, spoken.parts.live.current
        self.row = self._locked_row()
        self._category, self._in_pk = self.row.category, self.row.in_pk
        self._policy: Policy = policy_of(self._parts, spoken.shop_id, self._category)
        window = unit.windows.get(spoken.room) or self._parts.windows.get(spoken.room)
        if window is None or window.version != self.row.version:
            unit.waiting.write(session)
            window = rebuilt(session, self._parts, self.row, category=self._category, now=spoken.now)
        self.window = window

    def hear(self) -> Heard:
        """Hear everything that is new, the latest together and late ones each with their own neighbours."""
        heard = Heard(in_pk=self._in_pk)
        near: list[Utterance] = []
        late: list[Utterance] = []
        for each in {each.sequence: each for each in reversed(self._spoken.said)}.values():
            (near if self.window.reaches(each.sequence) else late).append(each)
        events: list[tuple[Fresh, HeardHit | None]] = []
        if near:
            events += self._hear_together(heard, sorted(near, key=lambda each: each.sequence), self.window.tail)
        for each in late:
            self._unit.waiting.write(self._session)
            pieces = rows.pieces_around(self._session, *self._spoken.room, each.sequence, limit=_PIECES_AROUND)
            events += self._hear_together(heard, [each], read_pieces(self._session, self._parts, pieces))
        rows.move_on(self._unit.waiting, self.row)
        self._judge_events(heard, events)
        self._note_twice_in_one_call(heard)
        heard.window = self.window
        return heard

    def _hear_together(
        self, heard: Heard, said: list[Utterance], known: Sequence[Utterance]
    ) -> list[tuple[Fresh, HeardHit | None]]:
        there = {each.sequence: each for each in known}
        fresh: list[Utterance] = []
        for each in said:
            old = there.get(each.sequence)
            same = old is not None and (old.text, old.speaker) == (each.text, each.speaker)
            heard.statuses[each.sequence] = "accepted" if old is None else "duplicate" if same else "conflict"
            if old is None:
                fresh.append(each)
        if not fresh:
            return []
        numbers = frozenset(each.sequence for each in fresh)
        whole = sorted([*known, *fresh], key=lambda each: each.sequence)
        text = beside(whole, fresh[0].sequence, fresh[-1].sequence, reach=self._judge.matcher.reach)
        hits = listen(
            self._judge,
            text,
            numbers,
            told=self.window.told,
            shop_id=self._spoken.shop_id,
            category=self._category,
            now=self._spoken.now,
        )
        self._keep(fresh)
        events = self._flags(heard, hits)
        self._move_on(fresh, hits)
        return [*events, *self._corrections(heard, text, numbers)]

    def _flags(self, heard: Heard, hits: Sequence[HeardHit]) -> list[tuple[Fresh, HeardHit | None]]:
        """An event for each hit; a word said again within moments, or in a room flagged to the brim, only counts."""
        again, most = self._policy.span(REPEAT) or timedelta(0), self._policy.count(MOST_FLAGS) or 0
        lately = dict(self.window.flagged)
        events: list[tuple[Fresh, HeardHit | None]] = []
        there = rows.known_flags(self._session, self._spoken.shop_id, [flag_id_of(self._spoken, hit) for hit in hits])
        for hit in hits:
            if flag_id_of(self._spoken, hit) in there:  # told before, when its neighbours were heard
                continue
            before = lately.get(hit.word_key)
            if is_nothing_new(hit, before, again, self._policy.texts(PHRASES)) or self.row.flag_count >= most:
                self.row.repeat_count += 1
                heard.hits.append({**hit.answer(), "status": "repeated", "flag_id": None, "decision": None})
                continue
            lately[hit.word_key] = hit.said.at
            self.row.flag_count += 1
            fresh = flag_event(self._spoken, hit, in_pk=self._in_pk)
            events.append((fresh, hit))
            self._open(fresh, hit)
        self.window = replace(self.window, flagged=_lately(lately, self.row.last_at - REMEMBERED))
        return events

    def _open(self, fresh: Fresh, hit: HeardHit) -> None:
        within = self._policy.span(WITHIN)
        if within is None or hit.hit.category not in self._policy.texts(CATEGORIES):
            return
        flag_id, said = str(fresh.checked.happened.facts["flag_id"]), hit.said
        flag = OpenFlag(flag_id, said.sequence, said.at, hit.hit.word, hit.sentence, said.at + within)
        self.window = replace(self.window, open_flags=(*self.window.open_flags, flag))

    def _corrections(
        self, heard: Heard, text: Sequence[Utterance], numbers: frozenset[int]
    ) -> list[tuple[Fresh, HeardHit | None]]:
        if not self.window.open_flags:
            return []
        events: list[tuple[Fresh, HeardHit | None]] = []
        for run in runs(text):
            for flag, by in corrected(self.window.open_flags, run, numbers, self._policy.texts(PHRASES)):
                heard.corrected.append(flag.flag_id)
                events.append((correction_event(self._spoken, flag, by), None))
                left = tuple(each for each in self.window.open_flags if each.flag_id != flag.flag_id)
                self.window = replace(self.window, open_flags=left)
        waiting = tuple(each for each in self.window.open_flags if each.until >= self.row.last_at)
        self.window = replace(self.window, open_flags=waiting)
        return events

    def _judge_events(self, heard: Heard, events: Sequence[tuple[Fresh, HeardHit | None]]) -> None:
        if not events:
            return
        self._unit.waiting.write(self._session)
        told: list[Told] = store_fresh(self._session, [fresh for fresh, _ in events])
        for (fresh, hit), said in zip(events, told, strict=True):
            if hit is not None:
                heard.hits.append(tell(self._session, self._spoken, fresh, hit, said))
        heard.hits.sort(key=lambda each: (each["sequence"], each["start"]))

    def _keep(self, fresh: list[Utterance]) -> None:
        piece_id, person = new_id(), person_of(self._spoken.shop_id)
        key = self._unit.keys.get(person)
        if key is None:
            key = self._parts.people.keys.sealing_key(self._session, person, now=self._spoken.now)
            self._unit.keys[person] = key
        plain = rows.packed(fresh)
        sealed = self._parts.people.seal_under(key, plain, table=TABLE, column="utterances", row=piece_id)
        rows.keep_piece(self._unit.waiting, self.row, piece_id, fresh, sealed)

    def _move_on(self, fresh: Sequence[Utterance], hits: Sequence[HeardHit]) -> None:
        window = self.window
        said = [*window.tail, *(each for each in fresh if window.is_whole or each.sequence > window.lowest)]
        tail = remembered(said)
        first = tail[0].sequence if tail else 0
        self.window = replace(
            window,
            version=self.row.version,
            last_sequence=self.row.last_sequence,
            tail=tail,
            is_whole=window.is_whole and len(tail) == len(said),
            told=frozenset(key for key in (*window.told, *(hit.key for hit in hits)) if key[0] >= first),
        )

    def _locked_row(self) -> rows.Stream:
        row = self._unit.streams.get(self._spoken.room)
        if row is None:
            row = rows.stream(self._session, *self._spoken.room)
        if row is None:
            shop_id, room_id = self._spoken.room
            subjects.write(self._session, [(shop_id, "", {("room", room_id): {}})], now=self._spoken.now)
            row = rows.begin(self._session, shop_id, room_id, at=min(each.at for each in self._spoken.said))
        self._unit.streams[self._spoken.room] = row
        return row

    def _note_twice_in_one_call(self, heard: Heard) -> None:
        """A number that stands twice in one call with other words is a conflict, whichever of the two was kept."""
        first: dict[int, Utterance] = {}
        for each in self._spoken.said:
            kept = first.setdefault(each.sequence, each)
            if (kept.text, kept.speaker) != (each.text, each.speaker):
                heard.statuses[each.sequence] = "conflict"


def _lately(flagged: Mapping[str, datetime], since: datetime) -> tuple[tuple[str, datetime], ...]:
    return tuple((word, at) for word, at in flagged.items() if at >= since)
