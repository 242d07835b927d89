"""Why something could not be done with a case, in Chinese: what the flows say is for tools, this is for officers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from app.errors import AppError
from app.models import Case, Content
from app.web.auth import parts
from app.web.console.case_subject import notices_of, subject_text
from app.web.console.shown import actor, instant
from app.web.console.words import name, say

_DECIDED = re.compile(r"the case is already (\w+) by (\S+)")
_CLAIMED = re.compile(r"(\S+) has the case until (\S+)")
_OFF_DUTY = re.compile(r"(\S+) is off duty(?:; on duty again at (\S+))?")
_FIELDS = {
    "decision": "problem.decision",
    "reason": "problem.reason",
    "suggestion": "problem.suggestion",
    "policy": "problem.policy",
    "case_ids": "problem.case_ids",
    "until": "problem.until",
    "text": "problem.text",
    "name": "problem.name",
    "query": "problem.query",
    "to": "problem.to",
    "lesson": "problem.lesson",
    "file": "problem.file",
    "files": "problem.files",
    "value": "problem.value",
    "expires_at": "problem.expires_at",
    "opens": "roster.wrong",
    "closes": "roster.wrong",
    "weekdays": "roster.wrong",
    "first_day": "roster.wrong",
    "last_day": "roster.wrong",
    "kind": "roster.wrong",
    "queues": "roster.skills_wrong",
    "categories": "roster.skills_wrong",
    "scripts": "roster.skills_wrong",
}
_NAMED = 8
_WHOLE = {
    "the case has changed since this page was made; look at it again": "problem.stale",
    "the second officer is another one than the first": "problem.second",
    "the case is already with the seniors": "problem.with_seniors",
    "it is too late to take it back: it is done": "bulk.too_late",
    "it is too late to take it back: it is waiting": "bulk.too_late",
    "it is too late to take it back: it is undone": "bulk.is_undone",
    "it is too late to take it back: a part of it is carried out": "bulk.too_late",
    "an appeal is decided by somebody else than the decision it contests": "appeal.not_you",
}
_PARTS = {
    "trains on gold cases first": "problem.train_first",
    "is part of another bulk decision": "problem.in_bulk",
}


def sentence_of(error: AppError) -> str:
    """What to tell the officer."""
    if found := _DECIDED.fullmatch(error.detail):
        return say("problem.decided", state=name("state", found[1]), who=actor(found[2]))
    if found := _CLAIMED.fullmatch(error.detail):
        return say("problem.claimed", who=actor(found[1]), until=instant(datetime.fromisoformat(found[2]), "hour"))
    if key := next((key for part, key in _PARTS.items() if part in error.detail), None):
        return say(key)
    if found := _OFF_DUTY.fullmatch(error.detail):
        when = say("duty.next", at=instant(datetime.fromisoformat(found[2]), "minute")) if found[2] else ""
        return f"{say('problem.off_duty')} {when}".strip()
    if error.detail in _WHOLE:
        return say(_WHOLE[error.detail])
    told = [say(_FIELDS[problem.field]) for problem in error.problems if problem.field in _FIELDS]
    if error.status == 403:  # noqa: PLR2004 - not theirs to do
        told.append(say("problem.forbidden"))
    return " ".join(dict.fromkeys(told)) or say("problem.other", why=error.detail)


def bulk_left_out(errors: Mapping[str, AppError]) -> str:
    """Which cases a bulk decision leaves out, and why; empty when it leaves out none."""
    if not errors:
        return ""
    theirs = select(Case, Content.content_id).outerjoin(Content, Content.id == Case.content_pk)
    with parts().db.read() as session:
        rows = session.execute(theirs.where(Case.id.in_(list(errors)[:_NAMED]))).all()
        notices = notices_of(session, [case for case, _ in rows])
        names = {case.id: content or subject_text(case, notices.get(case.id)) for case, content in rows}
    told = [
        say("bulk.left_one", case=names.get(case_id) or case_id[:8], why=sentence_of(error))
        for case_id, error in list(errors.items())[:_NAMED]
    ]
    more = [say("bulk.left_more", count=len(errors) - _NAMED)] if len(errors) > _NAMED else []
    return " ".join([say("bulk.left_out", count=len(errors)), *told, *more])
