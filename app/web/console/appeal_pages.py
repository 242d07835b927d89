"""The merchant's page behind a signed link (no sign-in: the link is the key), and the officers' side of an appeal.

The page sets no cookie and reads none, so a foreign site can make a browser send nothing with authority; and it says
nothing about a case that the merchant was not told already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from flask import Blueprint, Flask, flash, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.errors import AppError, InvalidInput
from app.flows.appeal_case import decide_appeal, file_appeal, offer_appeal, open_file
from app.flows.export_evidence import export_evidence
from app.flows.keep_wordings import wording_of
from app.models import Case, Content, Screening
from app.review import appeals
from app.review.appeals import FILES_MAX, TEXT_MAX, Sent, files_of
from app.web.auth import parts
from app.web.console import signed_in, titles
from app.web.console.case_pages import case_page
from app.web.console.case_problems import sentence_of
from app.web.console.case_subject import notices_of, subject_text
from app.web.console.evidence_pdf import evidence_pdf
from app.web.console.too_large import text_before_files, total_megabytes
from app.web.console.words import name, say
from app.web.schema_fields import starred

_NAME_SHOWN = 60
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def install(console: Blueprint) -> None:
    """Add the officers' side."""
    post: dict[str, Any] = {"methods": ["POST"]}
    console.add_url_rule("/cases/<string:case_id>/appeals", "offer_appeal", offer, **post)
    console.add_url_rule("/cases/<string:case_id>/appeal/decide", "decide_appeal", decide, **post)
    console.add_url_rule("/cases/<string:case_id>/evidence", "case_evidence", export, **post)
    console.add_url_rule("/appeals/files/<string:file_id>", "appeal_file", show_file)
    console.add_url_rule("/appeals", "appeals", lambda: redirect(url_for("console.cases", state="appealed")))


def install_merchants(app: Flask) -> None:
    """Add the merchant's page, outside the console: it knows no officers."""
    merchants = Blueprint("merchants", __name__, url_prefix="/appeal")
    merchants.add_url_rule("/<string:token>", "appeal", merchant, methods=["GET", "POST"])
    merchants.after_request(_guard)
    merchants.register_error_handler(AppError, lambda error: make_response(_gone(), error.status))
    app.register_blueprint(merchants)


def merchant(token: str) -> Response:
    """What was decided, the form to contest it, and how the appeal stands."""
    own, told, wrong_in = parts(), None, ""
    status, files, written = 200, [], ""
    if request.method == "POST":
        try:
            written = request.form.get("text", "")
            files = [Sent(each.filename or "", each.read()) for each in request.files.getlist("files") if each.filename]
            file_appeal(own, token, text=written.replace("\r\n", "\n"), files=files, now=own.now())
            return redirect(url_for("merchants.appeal", token=token, language=request.args.get("language")), 303)
        except InvalidInput as wrong:
            told, status = " ".join(_problems(wrong, files)), wrong.status
            wrong_in = "text" if any(each.field == "text" for each in wrong.problems) else "files"
        except RequestEntityTooLarge:
            written = text_before_files("text")[:TEXT_MAX]
            told, status, wrong_in = say("appeal.too_large", megabytes=total_megabytes()), 413, "files"
        except AppError as error:
            if error.status != 409:  # noqa: PLR2004 - filed or expired meanwhile: the page says how it stands
                raise
            told, status = say("appeal.too_late"), error.status
    with own.db.read() as session:
        appeal = appeals.open_token(session, token, key=own.keyring.appeals, now=own.now())
        case = session.get_one(Case, appeal.case_id)
        content = session.get(Content, case.content_pk) if case.content_pk else None
        screening = session.get(Screening, case.screening_id) if case.screening_id else None
        categories = titles.in_force(own, session)
        wording = wording_of(session, case)
        sent = len(files_of(session, appeal.id))
        called = subject_text(case, notices_of(session, [case]).get(case.id))
    page = render_template(
        "console/appeal.html",
        appeal=appeal,
        case=case,
        content_id=content.content_id if content else called,
        excerpt=screening.excerpt if screening else "",
        policy=titles.title(categories, case.policy or case.category) if case.outcome != "pass" else "",
        written=written,
        sent=sent,
        total_megabytes=total_megabytes(),
        is_expired=appeal.state == "offered" and own.now() >= appeal.link_expires_at,
        text_max=TEXT_MAX,
        files_max=FILES_MAX,
        megabytes=own.settings.appeal_file_bytes / 2**20,
        told=told,
        wrong_in=wrong_in,
        wording=wording,
    )
    return make_response(page, status)


def offer(case_id: str) -> Response:
    """Make a link."""
    by = signed_in.officer().caller
    try:
        offer_appeal(parts(), case_id, caller=by, now=parts().now())
    except AppError as error:
        return make_response(case_page(case_id, told=sentence_of(error)), error.status)
    return redirect(url_for("console.case", case_id=case_id) + "#h-appeal", 303)


def decide(case_id: str) -> Response:
    """Uphold or overturn."""
    by, form = signed_in.officer().caller, request.form
    outcome = None if form.get("decision") == "upheld" else form.get("decision", "")
    reason = starred(form.get("reason", "").strip()[:2_000])
    try:
        decide_appeal(parts(), case_id, outcome=outcome, reason=reason, caller=by, now=parts().now())
    except AppError as error:
        return make_response(case_page(case_id, told=sentence_of(error)), error.status)
    flash(say("appeal.done_upheld") if outcome is None else say("appeal.done", outcome=name("outcome", outcome)))
    return redirect(url_for("console.case", case_id=case_id), 303)


def export(case_id: str) -> Response:
    """The evidence pack as a file to save."""
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    is_pdf = request.form.get("format") == "pdf"
    try:
        pack = export_evidence(
            own, case_id, reason=starred(request.form.get("reason", "").strip()[:2_000]), caller=by, now=now
        )
    except AppError as error:
        return make_response(case_page(case_id, told=sentence_of(error)), error.status)
    body = evidence_pdf(pack, at=now) if is_pdf else orjson.dumps(pack)
    answer = Response(body, content_type="application/pdf" if is_pdf else "application/json")
    file_name = f"evidence-{case_id}.{'pdf' if is_pdf else 'json'}"
    answer.headers.set("Content-Disposition", "attachment", filename=file_name)
    return answer


def show_file(file_id: str) -> Response:
    """A merchant's file, to be saved: a browser shows none of it inside the console."""
    by = signed_in.officer().caller
    with parts().db.read() as session:
        row, file_name, body = open_file(parts(), session, file_id, caller=by)
    answer = Response(body, content_type=row.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=file_name)
    return answer


def _problems(wrong: InvalidInput, files: Sequence[Sent]) -> list[str]:
    known = {"text": say("appeal.wrong_text", most=TEXT_MAX), "files": say("appeal.wrong_count", most=FILES_MAX)}
    told = [known.get(each.field) or _wrong_file(files[int(each.field.rpartition(".")[2])]) for each in wrong.problems]
    return [*told, say("appeal.again")] if files else told


def _wrong_file(sent: Sent) -> str:
    file_name = sent.name[-_NAME_SHOWN:]
    if not sent.body:
        return say("appeal.file_void", name=file_name)
    if sent.media_type is None:
        return say("appeal.file_kind", name=file_name)
    return say("appeal.file_large", name=file_name, megabytes=f"{parts().settings.appeal_file_bytes / 2**20:g}")


def _gone() -> str:
    return render_template("console/appeal_gone.html")


def _guard(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
