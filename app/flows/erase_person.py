"""Erasing a person: refused while held, certified when done, and written down so that no restore undoes it.

person ─ held? ── yes ── 409
          └ no ─ erased (keys shredded, values removed, statutory copy apart) ─ certificate ─ audit row ─ list
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app import audit, consents
from app.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from app.flows.parts import Parts
from app.flows.settle_erased import settle_erased
from app.flows.tier_people import forget_segments
from app.models import Erasure, IdempotentAnswer, Screening, new_id
from app.text.personal_data import without_personal
from app.values.access import Caller
from app.vault import certificate, erasure, holds, store
from app.vault.certificate import Signed, line_of

_PORTION = 200


def erase_person(parts: Parts, ref: str, *, reason: str, caller: Caller, now: datetime) -> Signed:
    """Erase a person at once, but for what the law still keeps; returns the signed certificate.

    Raises:
        NotFound: nothing is kept of such a person.
        Forbidden: they are also a person of shops that are not the caller's.
        Conflict: a legal hold keeps them; says until when, and who owns it.
    """
    if not reason.strip():
        raise InvalidInput("a reason is needed", problems=[Problem("reason", "is empty", "who asked for it, or why")])

    def work(session: Session) -> Signed:
        person = store.find_person(session, ref, caller=caller)
        if person is None and (caller.shop_ids is not None or not _is_known(session, ref)):
            store.check_ref(ref)
            raise NotFound(f"no person {ref}")
        _check_shops(session, ref, caller)
        hold = holds.on_person(session, ref, shop_id=person.shop_id if person else None, now=now)
        if hold is not None:
            until = hold.ends_at.date().isoformat()
            raise Conflict(f"a legal hold of {hold.owner} keeps {ref} until {until}: {hold.reason}")
        return _erase(parts, session, ref, reason=without_personal(reason), by=caller.name, now=now)

    signed = parts.db.write(work)
    write_down(parts, signed)
    return signed


def end_statutory_copies(parts: Parts, *, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Erase what was only stored and whose statutory period has ended, unless held; returns of how many persons."""
    return _erase_unheld(parts, partial(erasure.ended_periods, now=now), "法定保存期届满", now=now, goes_on=goes_on)


def erase_idle(parts: Parts, *, before: datetime, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Erase persons untouched since ``before``, unless held; returns how many."""
    return _erase_unheld(parts, partial(erasure.idle, before=before), "保存期届满", now=now, goes_on=goes_on)


def _erase_unheld(
    parts: Parts, find: Callable[..., list[str]], reason: str, *, now: datetime, goes_on: Callable[[], bool]
) -> int:
    """A portion after the other, past those that are held; each is looked at again in its own transaction."""
    done, last = 0, ""
    while goes_on():
        with parts.db.read() as session:
            refs = find(session, after=last, limit=_PORTION)
        for ref in refs:
            signed = parts.db.write(partial(_erase_if_unheld, parts, ref, find=find, reason=reason, now=now))
            if signed is not None:
                write_down(parts, signed)
                done += 1
        if len(refs) < _PORTION:
            break
        last = refs[-1]
    return done


def _erase_if_unheld(
    parts: Parts, ref: str, session: Session, *, find: Callable[..., list[str]], reason: str, now: datetime
) -> Signed | None:
    person = store.find_person(session, ref, lock=True)
    is_held = holds.on_person(session, ref, shop_id=person.shop_id if person else None, now=now) is not None
    if is_held or not find(session, only=ref, limit=1):
        return None
    return _erase(parts, session, ref, reason=reason, by="system", now=now)


def write_down(parts: Parts, signed: Signed) -> None:
    """Add a certificate to the erasure list beside the database, which a restore does not take back."""
    parts.erasure_list.add(line_of(signed))


def _erase(parts: Parts, session: Session, ref: str, *, reason: str, by: str, now: datetime) -> Signed:
    erasure_id = new_id()
    done = erasure.erase(session, parts.people, ref, now=now)
    ended = consents.end_all(session, ref, by=by, now=now)
    forget_segments(parts, session, ref)
    settled = settle_erased(session, parts, ref, now=now)
    # Answers kept for a day under one key may tell of anybody; asked again, they are worked out from what is left.
    session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.status.is_not(None)))
    certified: dict[str, Any] = erasure.certificate_of(ref, done, erasure_id=erasure_id, by=by, now=now)
    signed = certificate.sign(certified, secret=parts.keyring.certificates)
    put_erasure(session, signed, reason=reason)
    audit.record(
        session,
        actor=by,
        action="person.erase",
        object_type="person",
        object_id=ref,
        reason=reason,
        details={
            "certificate": signed.digest,
            "values_erased": done.values,
            "keys_shredded": len(done.keys),
            "kept": sorted(field.name for field in done.kept),
            "consents_ended": len(ended),
            "contents_settled": settled,
        },
        now=now,
    )
    return signed


def _is_known(session: Session, ref: str) -> bool:
    return erasure.is_known(session, ref) or bool(consents.history(session, ref))


def put_erasure(session: Session, signed: Signed, *, reason: str) -> None:
    """The certificate's row."""
    certified = signed.certificate
    session.add(
        Erasure(
            id=certified["id"],
            person_ref=certified["person"],
            at=datetime.fromisoformat(certified["erased_at"]),
            by=certified["erased_by"],
            reason=reason,
            certificate=certified,
            digest=signed.digest,
            signature=signed.signature,
        )
    )


def _check_shops(session: Session, ref: str, caller: Caller) -> None:
    if caller.shop_ids is None:
        return
    foreign = exists().where(Screening.sealed_for == ref, Screening.shop_id.not_in(caller.shop_ids))
    if session.scalar(select(foreign)):
        raise Forbidden(f"{ref} has contents in other shops: this needs a key or officer of all shops")
