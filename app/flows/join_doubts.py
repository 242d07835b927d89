"""What becomes of a doubt: a precedent answers it, a like case that is open takes it in, or it opens a case of its own.

doubts of one unit of work ─ precedents in force (one query) ─ answered?
                                                             └ like an open case, stored or of this unit? joins it
                                                             └ else a case; the next like it joins that one
On PostgreSQL, processes that bring doubts with the same basis into the same shop at the same moment take turns, so that
each sees the case the other has just opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.flows.judge_content import Judged
from app.flows.parts import Parts
from app.models import Case, Precedent
from app.review import clusters, precedents
from app.review.clusters import Likeness
from app.text.scripts import script_of
from app.values.content import ContentToScreen
from app.values.deciding import Verdict

_EQUAL_BP = 10_000
_DOUBTED = frozenset({Verdict.REVIEW, Verdict.BLOCK})


@dataclass(frozen=True, slots=True)
class Doubted:
    """A screening that may need a person."""

    screening_id: str
    content: ContentToScreen
    judged: Judged


class Doubts:
    """The doubts of one unit of work. Cases and members are collected, and written by ``write`` after the contents."""

    def __init__(self, parts: Parts, session: Session, doubted: Iterable[Doubted], *, now: datetime) -> None:
        self._session, self._parts, self._now = session, parts, now
        likely = [each for each in doubted if each.judged.decision.decision in _DOUBTED]
        self._like = {each.screening_id: likeness_of(parts, each.content, each.judged) for each in likely}
        self._scripts = {each.screening_id: script_of(_texts(each.content)) for each in likely}
        _take_turns(session, self._like.values())
        self._precedents = self._find_precedents()
        self.cases: list[dict[str, Any]] = []
        self._members: list[dict[str, Any]] = []
        self._new: list[tuple[str, Likeness]] = []

    def precedent(self, screening_id: str) -> Precedent | None:
        """The precedent that answers this screening's doubt."""
        found = self._precedents.get(screening_id)
        if found is not None:
            precedents.note_use(self._session, found.id)
        return found

    def join_or_open(self, columns: Mapping[str, Any]) -> str:
        """The id of the case this screening is behind; ``columns`` are those of a case of its own."""
        like = self._like[columns["screening_id"]]
        found = self._of_this_unit(like) or clusters.find_open(
            self._session, like, alike_at_least_bp=self._parts.settings.near_duplicate_bp
        )
        if found is not None:
            kept = ("content_pk", "screening_id", "author_id")
            member = {name: columns[name] for name in kept}
            self._members.append({"case_id": found, "folded_digest": like.folded_digest, **member})
            return found
        about: dict[str, Any] = {"shop_id": like.shop_id, "folded_digest": like.folded_digest}
        about |= {"script": self._scripts[columns["screening_id"]]}
        self.cases.append({**columns, **about, "basis": like.basis, "sketch": like.sketch})
        self._new.append((columns["id"], like))
        return str(columns["id"])

    def write(self) -> None:
        """Write who joined which case, and by what the new cases are found."""
        clusters.add_shingles(self._session, self._new)
        clusters.join(self._session, self._members, now=self._now)

    def _of_this_unit(self, like: Likeness) -> str | None:
        least = self._parts.settings.near_duplicate_bp
        for case_id, other in self._new:
            if (other.shop_id, other.basis) != (like.shop_id, like.basis):
                continue
            if other.folded_digest == like.folded_digest:
                return case_id
            is_near = least < _EQUAL_BP and other.sketch is not None and like.sketch is not None
            if is_near and clusters.alike_bp(other.sketch or b"", like.sketch or b"") >= least:
                return case_id
        return None

    def _find_precedents(self) -> dict[str, Precedent]:
        asked = [(like.shop_id, like.folded_digest, like.basis) for like in self._like.values()]
        if not asked:
            return {}
        ids = list(self._like)
        return {ids[place]: row for place, row in precedents.in_force(self._session, asked, now=self._now).items()}


def _texts(content: ContentToScreen) -> Iterator[str]:
    yield from content.fields.values()
    yield from (segment.text for segment in content.segments)


def likeness_of(parts: Parts, content: ContentToScreen, judged: Judged) -> Likeness:
    """By what this content's doubt is compared with others."""
    media = (medium.sha256 or medium.url for medium in content.media)
    basis = clusters.basis_of(judged.decision, kind=content.kind, category=content.category, media=media)
    sketch = clusters.sketch_of(judged.folded, key=parts.keyring.likeness)
    return Likeness(content.shop_id, judged.folded_digest, basis, sketch)


def open_or_join(
    parts: Parts, session: Session, doubted: Doubted, columns: Mapping[str, Any], *, now: datetime
) -> tuple[str, list[dict[str, Any]]]:
    """For a content that was settled after its answer had gone out: its case, and the columns of a new one."""
    doubts = Doubts(parts, session, [doubted], now=now)
    case_id = doubts.join_or_open(columns)
    session.add_all(Case(**row) for row in doubts.cases)
    session.flush()
    doubts.write()
    return case_id, doubts.cases


def precedent_answer(row: Precedent) -> dict[str, Any]:
    """A precedent as it stands in an answer."""
    when = {"decided_at": row.created_at.isoformat(), "expires_at": row.expires_at.isoformat()}
    return {"id": row.id, "case_id": row.case_id, "outcome": row.outcome, "reason": row.reason, **when}


def _take_turns(session: Session, likes: Iterable[Likeness]) -> None:
    if session.get_bind().dialect.name != "postgresql":
        return
    names: Sequence[str] = sorted({f"{like.shop_id}|{like.basis}" for like in likes})
    if names:
        turns = "SELECT pg_advisory_xact_lock(727018, hashtext(name)) FROM unnest(CAST(:names AS text[])) AS name"
        session.execute(text(turns), {"names": list(names)})
