"""The pages of regulators' notices, of exports for them, and of the month's report."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import InvalidInput
from app.flows import export_inquiry, read_notices
from app.flows.compliance_month import TITLE, compliance_month
from app.flows.download_inquiry import download_inquiry
from app.flows.export_inquiry import Asked, ask_inquiry
from app.flows.keep_notices import answer_notice, close_notice, take_notice
from app.flows.kept_back import ReviewedBlind
from app.flows.read_notices import READERS, open_notice_file, text_of
from app.flows.record_notice import Recorded, record_notice
from app.flows.sealed_files import shown_name
from app.money.workbook import TYPE, as_workbook
from app.review.claiming import DECIDERS
from app.text.personal_data import without_personal
from app.values.china_days import CHINA, day_of, ends_at, month_of, starts_at
from app.values.given_instants import read_day
from app.values.notices import FILES_MAX, KINDS
from app.web.api.inquiries import zip_answer
from app.web.auth import parts
from app.web.console import signed_in, titles
from app.web.console.evidence_pages import decider, done, download, sent_files
from app.web.console.report_pdf import TYPE as PDF
from app.web.console.report_pdf import report_pdf
from app.web.console.words import say
from app.web.cursors import read_cursor, write_cursor

_SHOWN, _RUNS, _TEXT = 50, 20, 20_000


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/notices", "notices", list_notices)
    console.add_url_rule("/notices", "record_notice", record, methods=["POST"])
    console.add_url_rule("/notices/report", "compliance_report", report)
    console.add_url_rule("/notices/inquiries", "ask_inquiry", ask, methods=["POST"])
    console.add_url_rule("/notices/inquiries/<string:inquiry_id>", "inquiry_file", inquiry_file)
    console.add_url_rule("/notices/files/<string:file_id>", "notice_file", show_file)
    console.add_url_rule("/notices/<string:notice_id>", "notice", show_notice)
    console.add_url_rule("/notices/<string:notice_id>", "step_notice", step, methods=["POST"])


def list_notices() -> str:
    """The notices by due date, exports, and the month's report."""
    return _list(told=None)


def show_notice(notice_id: str) -> str:
    """One notice."""
    return _notice(notice_id, told=None)


def record() -> Response:
    """Put a notice on record."""
    by = decider()

    def deed() -> None:
        form = request.form
        due, hold = form.get("due_on", ""), form.get("hold_until", "")
        said = Recorded(
            shop_id=form.get("shop_id", "").strip()[:128],
            kind=form.get("kind", ""),
            number=form.get("number", ""),
            authority=form.get("authority", ""),
            title=form.get("title", ""),
            received_on=_day(form.get("received_on", "")),
            text=form.get("text", "")[:_TEXT],
            due_at=ends_at(_day(due)) if due else None,
            hold_until=ends_at(_day(hold)) if hold else None,
        )
        record_notice(parts(), said, files=sent_files("files"), caller=by, now=parts().now())

    return done(deed, url_for("console.notices"), lambda told: _list(told=told))


def step(notice_id: str) -> Response:
    """Take, answer or close."""
    by = decider()

    def deed() -> None:
        what, text, now = request.form.get("decision"), request.form.get("text", "")[:_TEXT], parts().now()
        if what == "take":
            take_notice(parts(), notice_id, caller=by, now=now)
        elif what == "answer":
            answer_notice(parts(), notice_id, text=text, files=sent_files("files"), caller=by, now=now)
        else:
            close_notice(parts(), notice_id, reason=text, caller=by, now=now)

    where = url_for("console.notice", notice_id=notice_id)
    return done(deed, where, lambda told: _notice(notice_id, told=told))


def ask() -> Response:
    """Ask for an export; personal data stays starred, the whole is asked for over HTTP or on the command line."""
    by = decider()

    def deed() -> None:
        form = request.form
        asked = Asked(
            shop_id=form.get("shop_id", "").strip()[:128],
            from_at=starts_at(_day(form.get("from", ""))),
            to_at=ends_at(_day(form.get("to", ""))),
            reason=form.get("reason", "")[:2_000],
        )
        ask_inquiry(parts(), asked, caller=by, now=parts().now())

    return done(deed, url_for("console.notices") + "#h-inquiries", lambda told: _list(told=told))


def inquiry_file(inquiry_id: str) -> Response:
    """The ZIP of an export."""
    by = signed_in.officer().caller
    try:
        made = download_inquiry(parts(), inquiry_id, caller=by, now=parts().now())
    except ReviewedBlind as error:
        review = url_for("console.second_review", review_id=error.review_id)
        return make_response(_list(told=say("inquiry.blind"), told_link=review), error.status)
    return zip_answer(made, inquiry_id)


def show_file(file_id: str) -> Response:
    """A document as a download."""
    own, by = parts(), signed_in.officer().caller
    with own.db.read() as session:
        row, _, body = open_notice_file(own, session, file_id, caller=by)
    return download(body, row.media_type)


def report() -> Response:
    """合规月报 of a month as a workbook or on paper."""
    own, by = parts(), signed_in.officer().caller
    now, month = own.now(), request.args.get("month", "")[:7] or month_of(own.now())
    with own.db.read() as session:
        titled = titles.category_titler(own, session)
        shop = request.args.get("shop") or None
        tables = compliance_month(session, month, shop_id=shop, caller=by, now=now, category_title=titled)
    is_paper = request.args.get("format") == "pdf"
    body = report_pdf(f"{TITLE} {month}", tables, made_by=by.name, at=now) if is_paper else as_workbook(tables)
    answer = make_response(body)
    answer.headers["Content-Type"] = PDF if is_paper else TYPE
    name = f"compliance-{month}.{'pdf' if is_paper else 'xlsx'}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _list(*, told: str | None, told_link: str | None = None) -> str:
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    state = request.args.get("state", "open")
    state = state if state in ("", *read_notices.STATES) else "open"
    with own.db.read() as session:
        after = read_cursor(request.args.get("after") or None)
        found = read_notices.listed(session, caller=by, after=after, limit=_SHOWN + 1, state=state or None)
        runs = export_inquiry.listed(session, caller=by, limit=_RUNS)
    page = found[:_SHOWN]
    today = day_of(now)
    return render_template(
        "console/notices.html",
        rows=page,
        more=write_cursor(page[-1].due_at, page[-1].id) if len(found) > _SHOWN else None,
        state=state,
        states=("open", *read_notices.STATES),
        open_states=read_notices.OPEN,
        kinds=KINDS.values(),
        runs=runs,
        now=now,
        soon=timedelta(days=3),
        today=today,
        month=month_of(now),
        first=today.replace(day=1),
        files_max=FILES_MAX,
        may_decide=bool(by.grants & DECIDERS),
        may_read=bool(by.grants & READERS),
        last_day=_last_day,
        typed=request.form,
        told=told,
        told_link=told_link,
    )


def _notice(notice_id: str, *, told: str | None) -> str:
    own, by = parts(), signed_in.officer().caller
    with own.db.read() as session:
        row = read_notices.find(session, notice_id, caller=by)
        texts = {name: without_personal(text_of(own, session, row, name) or "") for name in ("text", "answer")}
        files = [(each, shown_name(own, session, each)) for each in read_notices.files_of(session, row.id)]
    return render_template(
        "console/notice.html",
        row=row,
        texts=texts,
        files=files,
        now=own.now(),
        is_open=row.state in read_notices.OPEN,
        may_decide=bool(by.grants & DECIDERS),
        may_read=bool(by.grants & READERS),
        last_day=_last_day,
        told=told,
    )


def _last_day(at: datetime) -> str:
    """The last day on which it can be done: midnight ends the day before."""
    return (at - timedelta(microseconds=1)).astimezone(CHINA).date().isoformat()


def _day(text: str) -> date:
    if (day := read_day(text)) is None:
        raise InvalidInput(say("registry.bad_day"))
    return day
