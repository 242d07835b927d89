"""The pages of cases: the list, and one case. They only read; what officers do is in ``case_work_pages``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.events.kind import load_kinds
from app.flows import decide_bulk
from app.flows.case_settings import listed_categories
from app.flows.heard_opinions import heard_of_case
from app.flows.look_after import comfort_of
from app.models import Case, Content, Screening, Shop
from app.money.amounts import yuan
from app.review import cases, mentions, saved_filters
from app.review.cases import is_claimed
from app.review.claiming import DECIDERS
from app.text.personal_data import without_personal
from app.values.case_clocks import QUEUES
from app.web.api.cases import write_cursor
from app.web.auth import parts
from app.web.console import case_list, signed_in, titles
from app.web.console.case_beside import colleagues_of, open_beside
from app.web.console.case_phrases import phrases_of, suggested_rewrite
from app.web.console.case_search import READ_THROUGH
from app.web.console.case_subject import notices_of, subject_text
from app.web.console.event_case import missing_words, open_event_case, pairs_of
from app.web.console.explained import open_why, parameter_line
from app.web.console.opened import open_screening, summary
from app.web.console.shown import SOON
from app.web.cursors import read_cursor

_SHOPS_LISTED = 100
_VERSIONS = 20


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/", "home", home)
    console.add_url_rule("/cases", "cases", list_cases)
    console.add_url_rule("/cases/<string:case_id>", "case", show_case)


def home() -> Response:
    """The console begins with the cases."""
    return redirect(url_for("console.cases"))


def list_cases() -> str:
    """The list, with its filters and numbers."""
    return list_page(told=None)


def list_page(*, told: str | None, filters: case_list.Filters | None = None) -> str:
    """The list, with what could not be done; ``filters`` are those of the page it was asked from."""
    own, caller, now = parts(), signed_in.officer().caller, parts().now()
    filters = filters or case_list.Filters.read(request.args)
    after, before = (read_cursor(request.args.get(name) or None) for name in ("after", "before"))
    with own.db.read() as session:
        page = case_list.read_page(session, filters, caller=caller, now=now, after=after, before=before)
        categories = titles.in_force(own, session)
        shops = case_list.shops(session, caller=caller, limit=_SHOPS_LISTED + 1)
        shown = [(row, summary(own, session, row.screening) if row.screening else ()) for row in page.rows]
        numbers = case_list.read_numbers(session, caller=caller, now=now)
        saved = saved_filters.listed(session, caller.name)
        mentioned = mentions.waiting(session, signed_in.officer().username)
        waiting = decide_bulk.waiting_of(session, caller.name, now=now)
        carried_out = decide_bulk.done_of(session, caller.name, now=now)
        colleagues = colleagues_of(session, caller)
        is_new = not page.rows and filters == case_list.Filters() and not _has_any(session)
    return render_template(
        "console/cases.html",
        filters=filters,
        rows=shown,
        page=page,
        cursor=write_cursor,
        read_through=READ_THROUGH,
        numbers=numbers,
        soon_minutes=int(SOON.total_seconds() // 60),
        categories=categories,
        title=titles.title,
        shops=shops if len(shops) <= _SHOPS_LISTED else None,
        states=case_list.STATES,
        decisions=case_list.DECISIONS,
        choices=case_list,
        queues=QUEUES[:3],
        saved=saved,
        mentioned=mentioned,
        waiting=waiting,
        carried_out=carried_out,
        chosen=frozenset(request.form.getlist("case")),
        colleagues=colleagues,
        may_decide=bool(caller.grants & DECIDERS),
        me=caller.name,
        told=told,
        is_claimed=is_claimed,
        is_new=is_new,
        judge=own.live.current if own.live.is_ready else None,
        base_url=own.settings.base_url,
        now=now,
        soon=SOON,
    )


def show_case(case_id: str) -> str:
    """One case: what was uploaded, what was found in it, and why."""
    return case_page(case_id, told=None)


def case_page(case_id: str, *, told: str | None) -> str:
    """The same, with what could not be done; what was written in its form stands there again."""
    own, caller, now = parts(), signed_in.officer().caller, parts().now()
    filters = case_list.Filters.read(request.args)
    with own.db.read() as session:
        case = cases.find(session, case_id, caller=caller)
        shop = session.get(Shop, case.shop_id)
        previous, following = case_list.neighbours(session, case, filters, caller=caller, now=now)
        beside = open_beside(own, session, case, caller=caller, now=now)
        if case.content_pk is None or case.screening_id is None:
            notice = notices_of(session, [case]).get(case.id)
            return render_template(
                "console/event_case.html",
                case=case,
                shop_name=shop.name if shop else case.shop_id,
                filters=filters,
                beside=beside,
                told=told,
                title=titles.title,
                categories=titles.in_force(own, session),
                about=open_event_case(own, session, case, caller=caller),
                subject=subject_text(case, notice),
                notice=notice,
                yuan=yuan,
                parameter_line=parameter_line,
                previous=previous,
                following=following,
                now=now,
                soon=SOON,
            )
        content, screening = session.get_one(Content, case.content_pk), session.get_one(Screening, case.screening_id)
        opened = open_screening(own, session, screening)
        heard = heard_of_case(own, session, case)
        categories = titles.of_snapshot(session, screening.wordlists_snapshot) or titles.in_force(own, session)
        versions = _versions(session, content)
        comfort = comfort_of(session, signed_in.officer().username)
    answer: Any = opened.answer if opened else {}
    kind = next((each for each in load_kinds().values() if screening.kind in each.content_kinds), None)
    return render_template(
        "console/case.html",
        case=case,
        beside=beside,
        heard=heard,
        told=told,
        phrases=phrases_of(answer),
        images=[number for number, (kind, _) in enumerate(opened.media) if kind == "image"] if opened else [],
        veils=comfort.veils(case.category, grey_categories=listed_categories(own.settings.grey_categories)),
        suggested=suggested_rewrite(opened) if opened else "",
        why_of=open_why(own, screening.id, caller=caller) if opened else None,
        acted={firing["rule"]: firing["decision"] for firing in answer.get("firings", ())},
        parameter_line=parameter_line,
        content=content,
        screening=screening,
        shop_name=shop.name if shop else case.shop_id,
        author=without_personal(screening.author_id or ""),
        content_id=content.content_id,
        filters=filters,
        previous=previous,
        following=following,
        opened=opened,
        firings=[
            (
                firing,
                pairs_of(kind, firing.get("bindings", {}), pack=firing.get("pack")),
                missing_words(kind, firing.get("missing", ())),
            )
            for firing in answer.get("firings", ())
        ],
        fact_pairs=pairs_of(kind, opened.facts) if opened else [],
        categories=categories,
        title=titles.title,
        versions=versions,
        now=now,
        soon=SOON,
    )


def _has_any(session: Session) -> bool:
    return session.scalar(select(Case.id).limit(1)) is not None


def _versions(session: Session, content: Content) -> Sequence[tuple[int, str, datetime, str, str | None]]:
    """Version, screening, time, decision and case of the content's newest versions."""
    wanted = (Screening.version, Screening.id, Screening.created_at, Screening.decision, Case.id)
    found = (
        select(*wanted)
        .outerjoin(Case, (Case.content_pk == content.id) & (Case.screening_id == Screening.id))
        .where(Screening.content_pk == content.id)
        .order_by(Screening.version.desc())
        .limit(_VERSIONS)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in session.execute(found)]
