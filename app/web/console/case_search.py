"""What an officer with a customer on the telephone types into one field, and the cases it means.

A number may be a case's, a content's, a screening's, an appeal's, a claim's, an order's or a payment's; anything may be
a shop's name or words of a content. Each kind is an exact look-up along an index, so a million cases cost what a
hundred do. Only names of shops are read through, and for words the texts of the cases due first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import Appeal, Case, CaseMember, Claim, Content, Notice, Order, Screening, Shop
from app.review.cases import OPEN_STATES
from app.review.cases import STATES as STORED_STATES
from app.values.access import Caller

FOUND_MAX = 100
READ_THROUGH = 300
"""Of so many open cases, those due first, the texts are looked at."""
_SHOPS_AT_ONCE, _SHOPS_NAMED, _SHORTEST_TEXT = 500, 5, 2
_KEY_LENGTH = 36


@dataclass(frozen=True, slots=True)
class Found:
    """What is meant: cases, and what is no case but has a page. ``is_by_text``: only the texts due first were read."""

    case_ids: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    shops: tuple[Shop, ...] = ()
    is_by_text: bool = False


def typed(sent: str | None, longest: int) -> str:
    """What was typed, without blanks around, doubled blanks and signs that nobody sees; too long counts as nothing."""
    seen = "".join(each for each in sent or "" if unicodedata.category(each) != "Cf")
    text = " ".join(seen.split())
    return text if len(text) <= longest and text.isprintable() else ""


def look_up(session: Session, search: str, *, caller: Caller) -> Found:
    """The cases a search means, the first kind that is found: by a number, by a shop's name, by words."""
    names = _writings(search)
    claims = _claims(session, names, caller)
    numbered = [*_by_number(session, names, caller), *_of_claims(session, claims)]
    numbered += _by_subject(session, [*names, *_orders_paid_by(session, names, caller)], caller)
    numbered += _by_notice(session, names, caller)
    if numbered or claims:
        return Found(tuple(dict.fromkeys(numbered)), tuple(claims))
    if shops := _shops(session, search, caller):
        return Found(tuple(_of_shops(session, shops)), shops=shops)
    return Found(tuple(_by_text(session, search, caller)), is_by_text=True)


def _writings(search: str) -> list[str]:
    """How a number may be kept: as typed, half-width, without blanks inside, in small and in capital letters."""
    plain = unicodedata.normalize("NFKC", search)
    joined = "".join(plain.split())
    return list(dict.fromkeys([search, plain, joined, joined.lower(), joined.upper()]))


def _by_number(session: Session, names: Sequence[str], caller: Caller) -> Iterator[str]:
    keys = [name for name in names if len(name) == _KEY_LENGTH]
    if keys:
        yield from session.scalars(select(Case.id).where(Case.id.in_(keys), caller.only_own(Case.shop_id)))
        yield from session.scalars(select(Appeal.case_id).where(Appeal.id.in_(keys), caller.only_own(Appeal.shop_id)))
        yield from session.scalars(select(CaseMember.case_id).where(CaseMember.screening_id.in_(keys)))
    contents = select(Content.id).where(Content.content_id.in_(names), caller.only_own(Content.shop_id))
    owners = {*session.scalars(contents.limit(FOUND_MAX))}
    if keys:
        screened = select(Screening.content_pk).where(Screening.id.in_(keys), caller.only_own(Screening.shop_id))
        owners |= {*session.scalars(screened)}
    if owners:
        of_content = select(Case.id).where(Case.content_pk.in_(owners)).order_by(Case.id.desc())
        behind = select(CaseMember.case_id).where(CaseMember.content_pk.in_(owners))
        yield from session.scalars(of_content.limit(FOUND_MAX))
        yield from session.scalars(behind.limit(FOUND_MAX))


def _claims(session: Session, names: Sequence[str], caller: Caller) -> list[Claim]:
    """By the claim's own number, or by its order's."""
    keys = [name for name in names if len(name) == _KEY_LENGTH]
    own = caller.only_own(Claim.shop_id)
    found = [*session.scalars(select(Claim).where(Claim.id.in_(keys), own))] if keys else []
    for theirs in _in_shops(session, Claim.shop_id, caller):
        found += session.scalars(select(Claim).where(theirs, Claim.order_id.in_(names)).limit(FOUND_MAX))
    return list({claim.id: claim for claim in found}.values())[:FOUND_MAX]


def _of_claims(session: Session, claims: Sequence[Claim]) -> Iterator[str]:
    yield from (claim.case_id for claim in claims if claim.case_id is not None)
    if claims:
        about = Case.shop_id.in_({claim.shop_id for claim in claims}) & Case.subject.in_([each.id for each in claims])
        yield from session.scalars(select(Case.id).where(about).limit(FOUND_MAX))


def _orders_paid_by(session: Session, names: Sequence[str], caller: Caller) -> Iterator[str]:
    """A customer reads the number of the payment out of WeChat: the orders behind it."""
    numbers = [name for name in names if name.isdecimal()]
    for theirs in _in_shops(session, Order.shop_id, caller) if numbers else ():
        yield from session.scalars(select(Order.subject).where(theirs, Order.transaction_id.in_(numbers)).limit(9))


def _by_subject(session: Session, names: Sequence[str], caller: Caller) -> Iterator[str]:
    for theirs in _in_shops(session, Case.shop_id, caller):
        yield from session.scalars(select(Case.id).where(theirs, Case.subject.in_(names)).limit(FOUND_MAX))


def _by_notice(session: Session, names: Sequence[str], caller: Caller) -> Iterator[str]:
    """By the number a regulator gave its notice; a shop has few."""
    for theirs in _in_shops(session, Notice.shop_id, caller):
        found = select(Notice.case_id).where(theirs, Notice.number.in_(names), Notice.case_id.is_not(None))
        yield from (case_id for case_id in session.scalars(found.limit(FOUND_MAX)) if case_id)


def _in_shops(session: Session, column: InstrumentedAttribute[Any], caller: Caller) -> Iterator[ColumnElement[bool]]:
    """Conditions that name the shops, some at a time: what is told apart by shop first is indexed so."""
    known: Collection[str] = session.scalars(select(Shop.id)).all() if caller.shop_ids is None else caller.shop_ids
    ids = sorted(known)
    for start in range(0, len(ids), _SHOPS_AT_ONCE):
        yield column.in_(ids[start : start + _SHOPS_AT_ONCE])


def _shops(session: Session, search: str, caller: Caller) -> tuple[Shop, ...]:
    """Shops whose name has it in it, or whose identifier it is."""
    names = _writings(search)
    called = {search, unicodedata.normalize("NFKC", search)}
    wanted = or_(Shop.id.in_(names), *(Shop.name.contains(name, autoescape=True) for name in sorted(called)))
    found = select(Shop).where(wanted, caller.only_own(Shop.id)).order_by(Shop.id).limit(_SHOPS_NAMED)
    return tuple(session.scalars(found))


def _of_shops(session: Session, shops: Sequence[Shop]) -> Iterator[str]:
    """The cases due first of each state, along the index of shops and states."""
    for shop in shops:
        for state in STORED_STATES:
            theirs = select(Case.id).where(Case.shop_id == shop.id, Case.state == state).order_by(Case.due_at)
            yield from session.scalars(theirs.limit(FOUND_MAX // 2))


def _by_text(session: Session, search: str, caller: Caller) -> list[str]:
    """Open cases whose text or summary says it, in whatever width and letters, of those due first."""
    wanted = _plain(search)
    if len(wanted) < _SHORTEST_TEXT:
        return []
    first: list[Row[Any]] = []
    columns = (Case.due_at, Case.id, Case.summary, Case.screening_id)
    for state in OPEN_STATES:
        theirs = select(*columns).where(Case.state == state, caller.only_own(Case.shop_id))
        first += session.execute(theirs.order_by(Case.due_at, Case.id).limit(READ_THROUGH))
    kept = sorted(first, key=lambda row: (row.due_at, row.id))[:READ_THROUGH]
    texts: dict[str, str] = {}
    if screened := {row.screening_id for row in kept if row.screening_id}:
        read = select(Screening.id, Screening.excerpt).where(Screening.id.in_(screened))
        texts = {row.id: row.excerpt for row in session.execute(read)}
    said = ((row.id, f"{texts.get(row.screening_id, '')}\n{row.summary}") for row in kept)
    return [case_id for case_id, text in said if wanted in _plain(text)][:FOUND_MAX]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
