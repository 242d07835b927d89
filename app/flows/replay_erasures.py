"""After a restore: erase again everybody who was erased after the back-up was made.

list ─ every line genuine? ── no ── nothing is done, the line is named
         └ yes ─ each one this database does not know ─ erased as it was then ─ certificate kept ─ audit row
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit, consents
from app.errors import InvalidInput, Problem
from app.flows.erase_person import put_erasure
from app.flows.parts import Parts
from app.flows.settle_erased import settle_erased
from app.flows.tier_people import forget_segments
from app.models import Erasure
from app.vault import certificate, erasure
from app.vault.certificate import Signed, is_genuine, line_of


def stored_lines(session: Session) -> Iterator[bytes]:
    """The erasure list as the database knows it, oldest first."""
    for row in session.scalars(select(Erasure).order_by(Erasure.at, Erasure.id)):
        yield line_of(Signed(row.certificate, row.digest, row.signature))


def write_down_missing(parts: Parts) -> int:
    """Add to this machine's list what only the database knows: after a crash, or erased on another machine."""
    listed = parts.erasure_list.lines()
    with parts.db.read() as session:
        missing = [line for line in stored_lines(session) if line not in listed]
    for line in missing:
        parts.erasure_list.add(line)
    return len(missing)


def replay_erasures(parts: Parts, lines: Iterable[bytes], *, by: str, now: datetime) -> tuple[int, int]:
    """Erase who is on the list and whose erasure this database does not know; returns (replayed, known already).

    Raises:
        InvalidInput: a line is no certificate of this service; nothing was done.
    """
    signed = [_read(parts, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    replayed = 0
    for each in sorted(signed, key=lambda each: str(each.certificate["erased_at"])):
        replayed += parts.db.write(partial(_replay, parts, each, by=by, now=now))
    return replayed, len(signed) - replayed


def _replay(parts: Parts, signed: Signed, session: Session, *, by: str, now: datetime) -> bool:
    certified = signed.certificate
    if session.get(Erasure, certified["id"]) is not None:
        return False
    kept = [each["field"] for each in certified["kept"]]
    erased = erasure.erase(session, parts.people, certified["person"], now=now, keep_only=kept)
    consents.end_all(session, certified["person"], by=by, now=now)
    forget_segments(parts, session, certified["person"])
    settle_erased(session, parts, certified["person"], now=now)
    put_erasure(session, signed, reason=f"replayed by {by}")
    audit.record(
        session,
        actor=by,
        action="person.erase_again",
        object_type="person",
        object_id=certified["person"],
        details={"certificate": signed.digest, "values_erased": erased.values, "keys_shredded": len(erased.keys)},
        now=now,
    )
    return True


def genuine_lines(parts: Parts, lines: Iterable[bytes]) -> list[tuple[int, bool]]:
    """Number of each line, and whether it is a certificate of this service as it was written."""
    return [(number, _signed(parts, line) is not None) for number, line in enumerate(lines, 1) if line.strip()]


def _read(parts: Parts, number: int, line: bytes) -> Signed:
    signed = _signed(parts, line)
    if signed is None:
        problem = Problem(f"line {number}", "is no certificate of this service", "a line as the service wrote it")
        raise InvalidInput("the erasure list was changed; nothing was erased", problems=[problem])
    return signed


def _signed(parts: Parts, line: bytes) -> Signed | None:
    try:
        kept = orjson.loads(line)
        signed = Signed(kept["certificate"], kept["digest"], kept["signature"])
        is_ours = is_genuine(signed, trusted_key=certificate.public_key(parts.keyring.certificates))
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return None
    return signed if is_ours else None
