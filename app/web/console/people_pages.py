"""The pages of personal data: finding a person, their masked fields, revealing, erasing, requests and holds.

A value that is searched for travels in a form's body, never in an address: addresses end up in histories and logs. A
page that shows values in full is the answer to a form, so that going back to it asks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit.reading import newest_of
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.flows.answer_request import answer_request, receive_request
from app.flows.erase_person import erase_person
from app.flows.hold_records import place_hold, release_hold
from app.flows.keep_person import Shown, find_people, show_person
from app.flows.reveal_person import reveal_person
from app.flows.vault_status import vault_status
from app.text.words import CHINA_TIME
from app.values.access import Caller, Role
from app.vault import erasure, holds, requests
from app.vault.certificate import Signed
from app.vault.fields import FIELD_KINDS
from app.vault.purposes import PURPOSES
from app.web.auth import parts
from app.web.console import signed_in

READERS = frozenset({Role.PRIVACY, Role.SENIOR, Role.AUDITOR, Role.ADMIN})
STEWARDS = frozenset({Role.PRIVACY, Role.ADMIN})
_TEXT_MAX = 2_000
_LISTED = 100
LOOKS = ("person.reveal", "person.reveal_refused", "person.export")
_TOLD = {InvalidInput: "people.told_invalid", Conflict: "people.told_conflict", Forbidden: "people.told_forbidden"}


def install(console: Blueprint) -> None:
    """Add the pages."""
    post = ["POST"]
    console.add_url_rule("/people", "people", show_people)
    console.add_url_rule("/people/search", "search_people", search, methods=post)
    console.add_url_rule("/people/holds", "place_hold", hold, methods=post)
    console.add_url_rule("/people/holds/<string:hold_id>/release", "release_hold", release, methods=post)
    console.add_url_rule("/people/requests/<string:request_id>/answer", "answer_request", answer, methods=post)
    console.add_url_rule("/people/of/<path:ref>/reveal", "reveal_person", reveal, methods=post)
    console.add_url_rule("/people/of/<path:ref>/erase", "erase_person", erase, methods=post)
    console.add_url_rule("/people/of/<path:ref>/requests", "receive_request", receive, methods=post)
    console.add_url_rule("/people/of/<path:ref>", "person", show_one)


def show_people() -> str:
    """Search, open requests, holds."""
    return _people_page(_caller(READERS))


def search() -> Response:
    """Find persons by a value, which the page does not show again; a reference is."""
    caller = _caller(READERS)
    field, value = _text("field"), _text("value")
    if field == "ref":
        return _found_by_reference(caller, value)
    try:
        found = find_people(parts(), field, value, caller=caller, now=parts().now())
    except InvalidInput:
        return make_response(_people_page(caller, told="people.told_value", field=field), 422)
    return make_response(_people_page(caller, found=found, field=field))


def show_one(ref: str) -> str:
    """One person, masked."""
    return _person_page(_caller(READERS), ref)


def reveal(ref: str) -> Response:
    """Some fields in full, for a purpose and with a reason; on record before the page is made."""
    caller, names = _caller(STEWARDS), request.form.getlist("fields")[: len(FIELD_KINDS)]
    try:
        values = reveal_person(
            parts(), ref, names, purpose=_text("purpose"), reason=_text("reason"), caller=caller, now=parts().now()
        )
    except (InvalidInput, Forbidden) as error:
        return make_response(_person_page(caller, ref, told=_TOLD[type(error)]), error.status)
    return make_response(_person_page(caller, ref, revealed=values))


def erase(ref: str) -> Response:
    """Erase a person; their reference has to be typed, because nothing brings them back."""
    caller = _caller(STEWARDS)
    if _text("confirm") != ref:
        return make_response(_person_page(caller, ref, told="people.told_confirm"), 422)
    try:
        signed = erase_person(parts(), ref, reason=_text("reason"), caller=caller, now=parts().now())
    except (InvalidInput, Conflict, Forbidden) as error:
        return make_response(_person_page(caller, ref, told=_TOLD[type(error)]), error.status)
    return make_response(_person_page(caller, ref, signed=signed))


def receive(ref: str) -> Response:
    """Put a request of a person on record."""
    caller, now = _caller(STEWARDS), parts().now()
    try:
        receive_request(
            parts(),
            ref,
            kind=_text("kind"),
            channel=_text("channel")[:64] or "控制台",
            note=_text("note") or None,
            received_at=now,
            caller=caller,
            now=now,
        )
    except InvalidInput as error:
        return make_response(_person_page(caller, ref, told="people.told_invalid"), error.status)
    return redirect(url_for("console.person", ref=ref), 303)


def answer(request_id: str) -> Response:
    """Say how a request was answered."""
    caller = _caller(STEWARDS)
    return _then_list(
        caller,
        lambda: answer_request(
            parts(),
            request_id,
            outcome=_text("outcome"),
            text=_text("answer"),
            caller=caller,
            now=parts().now(),
        ),
    )


def hold() -> Response:
    """Place a legal hold until the end of a day in China."""
    caller = _caller(STEWARDS)
    return _then_list(
        caller,
        lambda: place_hold(
            parts(),
            object_type=_text("object_type"),
            object_id=_text("object_id")[:200],
            reason=_text("reason"),
            owner=_text("owner")[:128],
            ends_at=_day(_text("until")),
            caller=caller,
            now=parts().now(),
        ),
        needs_all_shops=True,
    )


def release(hold_id: str) -> Response:
    """Release a legal hold."""
    caller = _caller(STEWARDS)
    return _then_list(
        caller,
        lambda: release_hold(parts(), hold_id, reason=_text("reason"), caller=caller, now=parts().now()),
        needs_all_shops=True,
    )


def _then_list(caller: Caller, deed: Any, *, needs_all_shops: bool = False) -> Response:
    if needs_all_shops and caller.shop_ids is not None:
        raise Forbidden("legal holds are for officers of all shops")
    try:
        deed()
    except (InvalidInput, Conflict) as error:
        return make_response(_people_page(caller, told=_TOLD[type(error)]), error.status)
    return redirect(url_for("console.people"), 303)


def _found_by_reference(caller: Caller, ref: str) -> Response:
    try:
        found = [show_person(parts(), ref, caller=caller)]
    except (NotFound, InvalidInput):
        found = []
    return make_response(_people_page(caller, found=found, field="ref", value=ref))


def _people_page(
    caller: Caller, *, found: list[Shown] | None = None, told: str | None = None, field: str = "phone", value: str = ""
) -> str:
    own, now = parts(), parts().now()
    with own.db.read() as session:
        waiting = requests.listed(session, caller=caller, state="open", limit=_LISTED)
        held = holds.listed(session, now=now, only_active=True, limit=_LISTED) if caller.shop_ids is None else []
    return render_template(
        "console/people.html",
        status=vault_status(own, now=now),
        searchable=[kind for kind in FIELD_KINDS.values() if kind.normalise is not None],
        field=field,
        value=value,
        found=found,
        told=told,
        waiting=waiting,
        held=held,
        hold_types=holds.TYPES,
        is_steward=bool(caller.grants & STEWARDS),
        holds_shown=caller.shop_ids is None,
        now=now,
    )


def _person_page(
    caller: Caller,
    ref: str,
    *,
    told: str | None = None,
    revealed: Mapping[str, str] | None = None,
    signed: Signed | None = None,
) -> str:
    own, now = parts(), parts().now()
    shown = show_person(own, ref, caller=caller)
    with own.db.read() as session:
        asked = requests.listed(session, caller=caller, ref=ref, limit=_LISTED)
        kept_by = holds.on_person(session, ref, shop_id=shown.person.shop_id, now=now)
        certificates = erasure.certificates(session, ref)
        looks = newest_of(session, "person", ref, LOOKS, limit=_LISTED)
    return render_template(
        "console/person.html",
        shown=shown,
        person=shown.person,
        revealed=revealed or {},
        signed=signed,
        certificates=certificates,
        looks=looks,
        asked=asked,
        kept_by=kept_by,
        purposes=PURPOSES.values(),
        purposes_by_name=PURPOSES,
        field_titles={each: kind.title for each, kind in FIELD_KINDS.items()},
        kinds=requests.KINDS,
        is_steward=bool(caller.grants & STEWARDS),
        told=told,
        now=now,
    )


def _caller(roles: frozenset[Role]) -> Caller:
    caller = signed_in.officer().caller
    if not caller.grants & roles:
        raise Forbidden(f"this needs one of {', '.join(sorted(roles))}")
    return caller


def _text(name: str) -> str:
    return request.form.get(name, "").strip()[:_TEXT_MAX]


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=CHINA_TIME)
    except ValueError:
        raise InvalidInput("a day such as 2027-06-30 is expected") from None
