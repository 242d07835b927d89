"""提到我的, files of a case, and taking a strike or a label back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import AppError
from app.flows.attach_file import attach_file, open_case_file
from app.flows.mark_entity import void_mark
from app.review import mentions, second_reviews
from app.review.appeals import Sent
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.case_pages import case_page
from app.web.console.case_problems import sentence_of
from app.web.schema_fields import starred

_REASON_MAX = 2_000


def install(console: Blueprint) -> None:
    """Add the pages."""
    post: dict[str, Any] = {"methods": ["POST"]}
    console.add_url_rule("/mentions", "mentions", list_mentions)
    console.add_url_rule("/mentions/seen", "put_away_mentions", put_away, **post)
    console.add_url_rule("/cases/<string:case_id>/files", "attach_file", attach, **post)
    console.add_url_rule("/cases/<string:case_id>/files/<string:file_id>", "case_file", show_file)
    console.add_url_rule("/cases/<string:case_id>/marks/<string:mark_id>/void", "void_mark", void, **post)


def list_mentions() -> str:
    """Where one was named."""
    who = signed_in.officer()
    with parts().db.read() as session:
        blind = second_reviews.blind_cases(session, who.caller)
        found = mentions.listed(session, who.username, caller=who.caller, without=blind)
    return render_template("console/mentions.html", found=found)


def put_away() -> Response:
    """Mark one, or all, as seen."""
    username, mention_id = signed_in.officer().username, request.form.get("mention") or None
    now = parts().now()
    parts().db.write(lambda session: mentions.put_away(session, username, mention_id, now=now))
    return redirect(url_for("console.mentions"), 303)


def attach(case_id: str) -> Response:
    """Add a file."""
    by, sent = signed_in.officer().caller, request.files.get("file")
    given = Sent((sent.filename if sent else "") or "", sent.read() if sent else b"")
    try:
        attach_file(parts(), case_id, given, caller=by, now=parts().now())
    except AppError as error:
        return make_response(case_page(case_id, told=sentence_of(error)), error.status)
    return redirect(url_for("console.case", case_id=case_id) + "#h-files", 303)


def show_file(case_id: str, file_id: str) -> Response:
    """A file, to be saved: a browser shows none of it inside the console."""
    by = signed_in.officer().caller
    with parts().db.read() as session:
        row, name, body = open_case_file(parts(), session, case_id, file_id, caller=by)
    answer = Response(body, content_type=row.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def void(case_id: str, mark_id: str) -> Response:
    """Take a strike or a label back."""
    by, reason = signed_in.officer().caller, starred(request.form.get("reason", "").strip()[:_REASON_MAX])
    try:
        void_mark(parts(), mark_id, reason=reason, caller=by, now=parts().now())
    except AppError as error:
        return make_response(case_page(case_id, told=sentence_of(error)), error.status)
    return redirect(url_for("console.case", case_id=case_id), 303)
