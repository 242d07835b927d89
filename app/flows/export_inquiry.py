"""协查 export: one shop's records of a period in one ZIP with a signed manifest, made in the background page by page.

ask ─ shop, period, purpose, reason ─ personal data only with the right to it ─ run, queue row, audit row
page ─ rows of a file by id ─ sealed pieces (JSON lines, table), place, progress in one unit of work ─ next page …
last ─ every file's digest ─ manifest ─ its digest in an audit row
download: ``app/flows/download_inquiry.py``
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import audit, queue
from app.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from app.flows.inquiry_cover import COVER, cover
from app.flows.inquiry_rows import FILES, File, count_all, json_line, page_of
from app.flows.inquiry_tables import table_head, table_name, table_rows
from app.flows.parts import Parts
from app.models import Inquiry, InquiryPart, Notice, new_id
from app.review.claiming import DECIDERS
from app.text.personal_data import without_personal
from app.values.access import Caller, Role, Scope
from app.vault.purposes import Basis, find_purpose

JOB = "export_inquiry"
FORMAT = "weiheng-inquiry/2"  # 1 had no tables
EXPORTERS = DECIDERS | {Role.AUDITOR}
REVEALERS = frozenset({Role.PRIVACY, Role.ADMIN, Scope.REVEAL})
LONGEST = timedelta(days=1_096)
PAGE, PAGE_S = 500, 5.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose records of when, for which purpose, and why; ``notice_id`` names the notice that asks for them."""

    shop_id: str
    from_at: datetime
    to_at: datetime
    reason: str
    purpose: str = "legal_duty"
    with_personal: bool = False
    notice_id: str | None = None


def ask_inquiry(parts: Parts, asked: Asked, *, caller: Caller, now: datetime) -> Inquiry:
    """Begin an export.

    Raises:
        Forbidden: the shop, or personal data, is not for the caller.
        InvalidInput: an empty or too long period, no reason, a purpose that is no legal duty.
        NotFound: the notice is none of the shop's.
    """
    caller.require_shop(asked.shop_id)
    if not caller.grants & EXPORTERS:
        raise Forbidden(f"exporting needs one of {', '.join(sorted(EXPORTERS))}")
    if asked.with_personal and not caller.grants & REVEALERS:
        raise Forbidden(f"personal data in full needs one of {', '.join(sorted(REVEALERS))}")
    _check(asked, now)

    def work(session: Session) -> Inquiry:
        if asked.notice_id is not None:
            notice = session.get(Notice, asked.notice_id)
            if notice is None or notice.shop_id != asked.shop_id:
                raise NotFound(f"no notice {asked.notice_id} of shop {asked.shop_id}")
        run = Inquiry(
            id=new_id(),
            shop_id=asked.shop_id,
            from_at=asked.from_at.astimezone(UTC),
            to_at=min(asked.to_at, now).astimezone(UTC),
            asked_by=caller.name,
            purpose=asked.purpose,
            reason=without_personal(asked.reason.strip()),
            with_personal=asked.with_personal,
            notice_id=asked.notice_id,
            place={"file": 0, "after": "", "number": 0},
            page=0,
            total=0,
            done=0,
            created_at=now,
        )
        run.total = count_all(session, run)
        session.add(run)
        session.flush()
        _add_page(session, run, now=now)
        details = {"from": run.from_at.isoformat(), "to": run.to_at.isoformat(), "with_personal": run.with_personal}
        note(session, run, "inquiry.ask", caller.name, now=now, purpose=run.purpose, **details)
        return run

    return parts.db.write(work)


def work_inquiry(parts: Parts, claim: queue.Claim, *, now: datetime) -> None:
    """Work one row of the queue: pages for a few seconds, then the next row, or the end."""
    inquiry_id, until = claim.payload["inquiry_id"], time.monotonic() + PAGE_S
    while time.monotonic() < until and make_page(parts, inquiry_id, now=now):
        pass

    def work(session: Session) -> None:
        queue.finish(session, claim, now=now)
        run = session.get(Inquiry, inquiry_id)
        if run is not None and run.state == "running":
            _add_page(session, run, now=now)

    parts.db.write(work)


def make_page(parts: Parts, inquiry_id: str, *, now: datetime) -> bool:
    """Make the next page of a running export; False when there is nothing left to do. Safe to do twice."""

    def work(session: Session) -> bool:
        run = session.get(Inquiry, inquiry_id, with_for_update=True)
        if run is None or run.state != "running":
            return False
        place = run.place
        if place["file"] >= len(FILES):
            _finish(parts, session, run, now=now)
            return False
        file = FILES[place["file"]]
        rows = page_of(parts, session, run, file, after=place["after"], limit=PAGE)
        _keep_page(parts, session, run, file, [told for _, told in rows], now=now)
        is_over = len(rows) < PAGE
        run.place = (
            {"file": place["file"] + 1, "after": "", "number": 0}
            if is_over
            else {"file": place["file"], "after": rows[-1][0], "number": place["number"] + 1}
        )
        run.page, run.done = run.page + 1, run.done + len(rows)
        return True

    return parts.db.write(work)


def _keep_page(
    parts: Parts, session: Session, run: Inquiry, file: File, rows: list[dict[str, Any]], *, now: datetime
) -> None:
    """Seal a page of a file and of its table; an empty table has its heading."""
    number, is_first = run.place["number"], run.place["number"] == 0
    table = table_head(file.name, with_personal=run.with_personal) if is_first else b""
    table += table_rows(file.name, rows, with_personal=run.with_personal)
    for name, body in ((file.name, b"".join(json_line(row) for row in rows)), (table_name(file.name), table)):
        if body:
            _keep(parts, session, run, name, body, number=number, rows=len(rows), now=now)


def _keep(
    parts: Parts, session: Session, run: Inquiry, file: str, body: bytes, *, number: int, rows: int, now: datetime
) -> None:
    part = InquiryPart(id=new_id(), inquiry_id=run.id, file=file, number=number, rows=rows)
    where = {"person": f"inquiry:{run.id}", "table": "inquiry_part", "column": "body", "row": part.id}
    part.body = parts.people.seal(session, body, now=now, **where)
    session.add(part)


def cancel_inquiry(parts: Parts, inquiry_id: str, *, caller: Caller, now: datetime) -> Inquiry:
    """End an export and remove what was made of it; raises NotFound, Conflict."""

    def work(session: Session) -> Inquiry:
        run = find(session, inquiry_id, caller=caller)
        running = (Inquiry.id == run.id) & (Inquiry.state == "running")
        ended = update(Inquiry).where(running).values(state="cancelled", finished_at=now).returning(Inquiry.id)
        if session.execute(ended.execution_options(synchronize_session=False)).scalar() is None:
            raise Conflict(f"the export is already {run.state}")
        session.execute(delete(InquiryPart).where(InquiryPart.inquiry_id == run.id))
        session.refresh(run)
        note(session, run, "inquiry.cancel", caller.name, now=now)
        return run

    return parts.db.write(work)


def find(session: Session, inquiry_id: str, *, caller: Caller) -> Inquiry:
    """The export, when it is of one of the caller's shops; raises NotFound."""
    run = session.get(Inquiry, inquiry_id)
    if run is None or not caller.may_see(run.shop_id) or not caller.grants & EXPORTERS:
        raise NotFound(f"no inquiry {inquiry_id}")
    return run


def listed(session: Session, *, caller: Caller, limit: int, before: str | None = None) -> list[Inquiry]:
    """Exports of the caller's shops, the newest first."""
    found = select(Inquiry).where(caller.only_own(Inquiry.shop_id)).order_by(Inquiry.id.desc()).limit(limit)
    return list(session.scalars(found if before is None else found.where(Inquiry.id < before)))


def _check(asked: Asked, now: datetime) -> None:
    problems = []
    if asked.from_at >= min(asked.to_at, now):
        problems.append(Problem("from_at", "is not before to_at and now", "an earlier instant"))
    if asked.to_at - asked.from_at > LONGEST:
        problems.append(Problem("to_at", "is too far from from_at", f"at most {LONGEST.days} days"))
    if not asked.reason.strip():
        problems.append(Problem("reason", "is empty", "who asks for it, by which document"))
    if find_purpose(asked.purpose).basis is not Basis.LEGAL_DUTY:
        problems.append(Problem("purpose", f"{asked.purpose} is no legal duty", "legal_duty"))
    if problems:
        raise InvalidInput("the export cannot be made", problems=problems)


def _finish(parts: Parts, session: Session, run: Inquiry, *, now: datetime) -> None:
    files, tables = [], []
    for file in FILES:
        lines = _listed(parts, session, run, file.name, f"{file.name}.jsonl", file.title)
        table = _listed(parts, session, run, table_name(file.name), table_name(file.name), f"{file.title}（表格）")
        files.append(lines)
        if table["bytes"] and table["rows"] == lines["rows"]:  # not where an earlier version made some of the pages
            tables.append(table)
    page = cover(run, files + tables).encode()
    _keep(parts, session, run, COVER, page, number=0, rows=page.count(b"\n"), now=now)
    session.flush()
    about = _listed(parts, session, run, COVER, COVER, "说明")
    told = {
        "format": FORMAT,
        "id": run.id,
        "shop_id": run.shop_id,
        "from_at": run.from_at.isoformat(),
        "to_at": run.to_at.isoformat(),
        "purpose": run.purpose,
        "reason": run.reason,
        "with_personal": run.with_personal,
        "notice_id": run.notice_id,
        "asked_by": run.asked_by,
        "asked_at": run.created_at.isoformat(),
        "finished_at": now.isoformat(),
        "files": [*files, *tables, about],
    }
    run.manifest = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1)
    run.digest = "sha256:" + hashlib.sha256(run.manifest.encode()).hexdigest()
    run.state, run.finished_at, run.total = "done", now, run.done
    note(session, run, "inquiry.finish", run.asked_by, now=now, digest=run.digest, rows=run.done)


def _listed(parts: Parts, session: Session, run: Inquiry, part: str, name: str, title: str) -> dict[str, Any]:
    """What the manifest says of a file."""
    digest, size = hashlib.sha256(), 0
    for body in bodies(parts, session, run, part):
        digest.update(body)
        size += len(body)
    counted = select(InquiryPart.rows).where(InquiryPart.inquiry_id == run.id, InquiryPart.file == part)
    told = {"name": name, "title": title, "rows": sum(session.scalars(counted))}
    return told | {"bytes": size, "sha256": digest.hexdigest()}


def bodies(parts: Parts, session: Session, run: Inquiry, file: str) -> Iterator[bytes]:
    """The pieces of a file in order, opened one at a time."""
    own = (InquiryPart.inquiry_id == run.id) & (InquiryPart.file == file)
    ids = session.scalars(select(InquiryPart.id).where(own).order_by(InquiryPart.number)).all()
    for part_id in ids:
        part = session.get_one(InquiryPart, part_id)
        where = {"person": f"inquiry:{run.id}", "table": "inquiry_part", "column": "body", "row": part.id}
        yield parts.people.unseal(session, part.body, **where)
        if part not in session.new:
            session.expunge(part)


def _add_page(session: Session, run: Inquiry, *, now: datetime) -> None:
    key = f"{JOB}:{run.id}:{run.page}"
    queue.add(session, kind=JOB, payload={"inquiry_id": run.id}, due_at=now, now=now, slot_key=key)


def note(session: Session, run: Inquiry, action: str, by: str, *, now: datetime, **details: Any) -> None:
    """Tell the audit log of a step of an export."""
    about: dict[str, Any] = {"object_type": "inquiry", "object_id": run.id, "shop_id": run.shop_id}
    audit.record(session, actor=by, action=action, reason=run.reason, details=details, now=now, **about)
