"""Equal doubts are one case: the same or nearly the same text of a shop, doubted for the same causes, joins one case.

Two texts are compared by their *shingles*, the pairs of neighbouring characters of the folded text, without digits,
Latin letters and marks (contacts, numbers and signs change from copy to copy, and a contact must not be kept).
Each shingle is hashed under a key of ours; the 64 smallest hashes are the *sketch*, exact for texts of up to 64
different shingles, and the share two sketches have in common estimates the share the texts have in common (bottom-k
sketches, Cohen & Kaplan 2007). The four smallest hashes stand in an index: texts that are 80 % alike practically always
share one. And likeness is not enough: the *basis*, which words were hit and which rules fired, has to be the same, so
that 可退货 and 不可退货 are never decided as one.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import numpy as np
import orjson
from sqlalchemy import Integer, Table, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.models import Case, CaseMember, CaseShingle, new_id
from app.prepared import Prepared, settled
from app.values.deciding import Decision

_KEPT, _LOOKED_UP, _FEWEST = 64, 4, 8
_CANDIDATES = 40
_CHANGING = re.compile(r"[0-9A-Za-z\s\W_]+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """By what a doubt is compared with others: ``sketch`` is None where a text is too short to be nearly another."""

    shop_id: str
    folded_digest: str
    basis: str
    sketch: bytes | None

    @property
    def shingles(self) -> list[int]:
        """The hashes it is looked up by."""
        return [] if self.sketch is None else [int(each) for each in _hashes(self.sketch)[:_LOOKED_UP]]


def basis_of(decision: Decision, *, kind: str, category: str | None, media: Iterable[str]) -> str:
    """``sha256:…`` of what a doubt rests on: kind and category, words hit, rules that fired, doubts, media."""
    causes: dict[str, Any] = {
        "kind": kind,
        "category": category,
        "decision": decision.decision.value,
        "words": sorted({(hit.wordlist, hit.word, hit.verdict.value) for hit in decision.hits}),
        "rules": sorted({(each.rule, each.decision.value) for each in decision.firings if not each.shadow}),
        "doubts": sorted(set(decision.doubts)),
        "media": sorted(media),
    }
    return "sha256:" + hashlib.sha256(orjson.dumps(causes, option=orjson.OPT_SORT_KEYS)).hexdigest()


def sketch_of(folded: Iterable[str], *, key: bytes) -> bytes | None:
    """The 64 smallest keyed hashes of a text's shingles, four bytes each in rising order; None for a short text."""
    text = _CHANGING.sub("", "\n".join(folded))
    shingles = {text[at : at + 2] for at in range(len(text) - 1)}
    if len(shingles) < _FEWEST:
        return None
    hashed = sorted(
        hashlib.blake2b(each.encode("utf-8", "surrogatepass"), digest_size=4, key=key).digest() for each in shingles
    )
    return b"".join(hashed[:_KEPT])


def alike_bp(one: bytes, other: bytes) -> int:
    """How much two sketched texts have in common, of all they have, bp."""
    first, second = set(_hashes(one).tolist()), set(_hashes(other).tolist())
    size = min(_KEPT, len(first | second))
    smallest = sorted(first | second)[:size]
    shared = sum(each in first and each in second for each in smallest)
    return shared * 10_000 // size


def _hashes(sketch: bytes) -> np.ndarray[Any, np.dtype[np.uint32]]:
    return np.frombuffer(sketch, dtype=">u4")


_CASE, _SHINGLE, _MEMBER = (cast("Table", each.__table__) for each in (Case, CaseShingle, CaseMember))
_SAME = and_(
    _CASE.c.shop_id == bindparam("shop"),
    _CASE.c.state == "open",
    _CASE.c.basis == bindparam("rests_on"),
    _CASE.c.bulk_id.is_(None),
)
_EQUAL = Prepared(
    select(_CASE.c.id).where(_CASE.c.folded_digest == bindparam("text"), _SAME).order_by(_CASE.c.id).limit(1)
)
_NEAR = Prepared(
    select(_CASE.c.id, _CASE.c.sketch)
    .join(_SHINGLE, _SHINGLE.c.case_id == _CASE.c.id)
    .where(_SHINGLE.c.shop_id == bindparam("shop"), _SAME)
    .where(_SHINGLE.c.value.in_([bindparam(f"shingle_{place}") for place in range(_LOOKED_UP)]))
    .distinct()
    .limit(_CANDIDATES)
)
_ADD_SHINGLE, _ADD_MEMBER = (
    Prepared(insert(each), columns=[column.key for column in each.columns]) for each in (_SHINGLE, _MEMBER)
)
_GROW = Prepared(
    update(_CASE).where(_CASE.c.id == bindparam("case")).values(size=_CASE.c.size + bindparam("more", type_=Integer))
)


def find_open(session: Session, likeness: Likeness, *, alike_at_least_bp: int) -> str | None:
    """The open case that this doubt belongs to, or None."""
    connection, same = settled(session), {"shop": likeness.shop_id, "rests_on": likeness.basis}
    if found := _EQUAL.first(connection, text=likeness.folded_digest, **same):
        return str(found[0])
    shingles = likeness.shingles
    if not shingles or alike_at_least_bp >= 10_000:  # noqa: PLR2004 - only equal texts
        return None
    values = {f"shingle_{place}": shingles[place % len(shingles)] for place in range(_LOOKED_UP)}
    near = _NEAR.rows(connection, **same, **values)
    rated = [(alike_bp(sketch, likeness.sketch or b""), case_id) for case_id, sketch in near if sketch]
    best = max(rated, default=(0, None))
    return best[1] if best[0] >= alike_at_least_bp else None


def add_shingles(session: Session, cases: Sequence[tuple[str, Likeness]]) -> None:
    """Make new cases findable by nearly the same texts."""
    rows = [
        {"case_id": case_id, "shop_id": likeness.shop_id, "value": value}
        for case_id, likeness in cases
        for value in dict.fromkeys(likeness.shingles)
    ]
    if rows:
        _ADD_SHINGLE.run(settled(session), rows)


def forget_shingles(session: Session, case_id: str) -> None:
    """Take a closed case out of the index."""
    session.execute(delete(CaseShingle).where(CaseShingle.case_id == case_id))


def join(session: Session, members: Sequence[dict[str, Any]], *, now: datetime) -> None:
    """Add contents to the cases they belong to: ``case_id, content_pk, screening_id, folded_digest, author_id``."""
    if not members:
        return
    connection = settled(session)
    _ADD_MEMBER.run(connection, [{"id": new_id(), "joined_at": now, **each} for each in members])
    counts: dict[str, int] = defaultdict(int)
    for each in members:
        counts[each["case_id"]] += 1
    _GROW.run(connection, [{"case": case_id, "more": count} for case_id, count in sorted(counts.items())])


def leave(session: Session, content_pks: Sequence[str], *, open_states: Sequence[str]) -> None:
    """Take replaced contents out of open cases."""
    still_open = select(Case.id).where(Case.id == CaseMember.case_id, Case.state.in_(open_states)).exists()
    gone = delete(CaseMember).where(CaseMember.content_pk.in_(content_pks), still_open).returning(CaseMember.case_id)
    counts: dict[str, int] = defaultdict(int)
    for case_id in session.scalars(gone.execution_options(synchronize_session=False)):
        counts[case_id] += 1
    for case_id, count in sorted(counts.items()):
        shrunk = update(Case).where(Case.id == case_id).values(size=Case.size - count)
        session.execute(shrunk.execution_options(synchronize_session=False))


def show_another(session: Session, case_id: str) -> bool:
    """Put another member in the place of a case's own content; False when there is none."""
    other = session.scalars(select(CaseMember).where(CaseMember.case_id == case_id).limit(1)).first()
    if other is None:
        return False
    values = {
        "content_pk": other.content_pk,
        "screening_id": other.screening_id,
        "folded_digest": other.folded_digest,
        "author_id": other.author_id,
        "size": Case.size - 1,
        "stamp": Case.stamp + 1,
    }
    session.execute(update(Case).where(Case.id == case_id).values(values).execution_options(synchronize_session=False))
    session.delete(other)
    session.flush()
    return True


def members(session: Session, case_id: str, *, limit: int, after: str | None = None) -> list[CaseMember]:
    """Further contents behind a case, in the order they came."""
    found = select(CaseMember).where(CaseMember.case_id == case_id).order_by(CaseMember.id).limit(limit)
    return list(session.scalars(found if after is None else found.where(CaseMember.id > after)))


def authors(session: Session, case: Case) -> dict[str, int]:
    """Who sent the contents behind a case, with how many each, the most first; at most 200."""
    counted = (
        select(CaseMember.author_id, func.count())
        .where(CaseMember.case_id == case.id, CaseMember.author_id.is_not(None))
        .group_by(CaseMember.author_id)
        .order_by(func.count().desc(), CaseMember.author_id)
        .limit(200)
    )
    found = {row[0]: row[1] for row in session.execute(counted) if row[0]}
    if case.author_id:
        found[case.author_id] = found.get(case.author_id, 0) + 1
    return found
