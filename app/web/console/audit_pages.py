"""The pages of the audit log: who did what, how each row is proved, and a button that has the whole log verified."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.audit import reading, sealing
from app.errors import Forbidden
from app.flows.kept_back import check_row_not_blind
from app.flows.prove_audit_row import standing_of
from app.flows.verify_in_background import VERIFIED, VERIFY_AUDIT, ask_verification
from app.models import AuditRow, QueueRow
from app.review import second_reviews
from app.text.words import CHINA_TIME
from app.values.access import Caller, Role
from app.values.given_instants import read_day
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.officer_names import named_actor

READERS = frozenset({Role.AUDITOR, Role.ADMIN})
_PAGE = 50
_LATE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Sent:
    """The filters as they stand in the page's address; days are China's, both included."""

    actor: str = ""
    action: str = ""
    object: str = ""
    shop: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> Sent:
        """From a page's address; control characters and what is too long count as not said."""
        said = {each.name: sent.get(each.name, "").strip() for each in fields(cls)}
        return cls(**{name: value for name, value in said.items() if len(value) <= 200 and value.isprintable()})  # noqa: PLR2004 - the column

    @property
    def given(self) -> dict[str, str]:
        """Those that say something."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name))}

    def filters(self) -> reading.Filters:
        """What is looked for."""
        until = _midnight(self.until)
        return reading.Filters(
            actor=named_actor(self.actor) or None,
            action=self.action or None,
            object_id=self.object or None,
            shop_id=self.shop or None,
            from_at=_midnight(self.since),
            to_at=None if until is None else until + timedelta(days=1),
        )


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/audit", "audit", show_log)
    console.add_url_rule("/audit/verify", "verify_audit", verify, methods=["POST"])
    console.add_url_rule("/audit/<string:row_id>", "audit_row", show_row)


def show_log() -> str:
    """The list, with the newest checkpoint and the last verification above it."""
    own, caller, sent = parts(), _reader(), Sent.read(request.args)
    before = request.args.get("before", "")[:36] or None
    now = own.now()
    with own.db.read() as session:
        blind = second_reviews.blind_cases(session, caller)
        found = reading.listed(session, sent.filters(), caller=caller, before=before, limit=_PAGE + 1, without=blind)
        checkpoint = sealing.newest_checkpoint(session)
        waiting, since = sealing.waiting(session)
        verified = _last_verification(session)
        is_asked = _is_asked(session)
    page = found[:_PAGE]
    return render_template(
        "console/audit.html",
        entries=page,
        next=page[-1].row.id if len(found) > _PAGE else None,
        sent=sent,
        is_less=bool(blind),
        checkpoint=checkpoint,
        waiting=waiting,
        since=since,
        is_late=since is not None and now - since > _LATE,
        verified=verified,
        is_asked=is_asked,
        now=now,
    )


def show_row(row_id: str) -> str:
    """One row, with its proof worked out now."""
    own, caller = parts(), _reader()
    with own.db.read() as session:
        entry = reading.find(session, row_id[:36], caller=caller)
        check_row_not_blind(session, entry.row, caller=caller)
        standing = standing_of(own, session, entry)
    details = json.dumps(entry.row.details, ensure_ascii=False, indent=2, sort_keys=True)
    return render_template("console/audit_row.html", row=entry.row, seq=entry.seq, standing=standing, details=details)


def verify() -> Response:
    """Ask for a verification; the worker does it."""
    own, caller = parts(), _reader()
    ask_verification(own, by=caller.name, now=own.now())
    return redirect(url_for("console.audit"), 303)


def _reader() -> Caller:
    caller = signed_in.officer().caller
    if not caller.grants & READERS:
        raise Forbidden(f"this needs one of {', '.join(sorted(READERS))}")
    return caller


def _last_verification(session: Session) -> AuditRow | None:
    done = select(AuditRow).where(AuditRow.action == VERIFIED).order_by(AuditRow.id.desc()).limit(1)
    return session.scalar(done)


def _is_asked(session: Session) -> bool:
    open_ = (QueueRow.kind == VERIFY_AUDIT) & QueueRow.state.in_(["waiting", "running"])
    return session.scalar(select(QueueRow.id).where(open_).limit(1)) is not None


def _midnight(day: str) -> datetime | None:
    return None if (given := read_day(day)) is None else datetime.combine(given, time(), CHINA_TIME)
