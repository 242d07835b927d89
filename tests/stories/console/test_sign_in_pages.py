"""An officer signs in and out of the console, and nobody else does."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.http import parse_date

from app.clock import utc_now
from app.models import AuditRow, Officer
from app.web.console.safe_paths import is_local
from tests.console import PASSWORD, audited, put_officer, sign_in, token
from tests.service import START, make_service


@pytest.mark.parametrize("path", ["/console/", "/console/cases", "/console/cases/x", "/console/nothing"])
def test_a_stranger_is_sent_to_sign_in(service, path):
    answer = service.app.test_client().get(path)

    assert answer.status_code == 302
    assert answer.location.startswith("/console/sign-in")


def test_after_signing_in_the_officer_is_where_they_wanted_to_go(service):
    put_officer(service)
    client = service.app.test_client()
    wanted = client.get("/console/cases?state=all&q=v-1").location
    onward = re.search(r'name="next" value="([^"]+)"', client.get(wanted).text)[1].replace("&amp;", "&")

    _, answer = sign_in(service, client=client, next=onward)

    assert (answer.status_code, answer.location) == (303, "/console/cases?state=all&q=v-1")
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/console/\\evil.example",
        "/console//evil.example",
        "/console/../docs",
        "/v1/screenings",
        "javascript:alert(1)",
        "/console/cases\r\nX: y",
        "/console/cases?x=http://evil",
        "",
    ],
)
def test_next_never_leads_out_of_the_console(path):
    assert not is_local(path)


def test_a_foreign_next_ends_in_the_console(service):
    put_officer(service)

    assert sign_in(service, next="//evil.example/console/")[1].location == "/console/"


@pytest.mark.parametrize(("username", "password"), [("lin", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_look_the_same(service, username, password):
    put_officer(service)

    client, answer = sign_in(service, username, password)

    assert answer.status_code == 401
    assert "用户名或密码错误" in answer.text
    assert client.get("/console/cases").status_code == 302


def test_failures_lock_the_account_and_say_for_how_long(both):
    put_officer(both)
    for _ in range(4):
        sign_in(both, password="wrong")

    _, locked = sign_in(both, password="wrong")
    _, right = sign_in(both)
    both.clock.advance(seconds=61)
    _, later = sign_in(both)

    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "61")
    assert "1 分钟" in locked.text
    assert right.status_code == 429
    assert later.status_code == 303


def test_guesses_made_at_once_do_not_get_past_the_lock(service):
    put_officer(service)
    guesses = [*(["wrong"] * 7), PASSWORD, *(["wrong"] * 4)]
    clients = [service.app.test_client() for _ in guesses]
    tokens = [token(client) for client in clients]
    start = threading.Barrier(len(guesses))

    def guess(client, password, csrf):
        start.wait()
        client.post("/console/sign-in", data={"username": "lin", "password": password, "csrf_token": csrf})

    threads = [threading.Thread(target=guess, args=each) for each in zip(clients, guesses, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with service.parts.db.read() as session:
        found = session.scalar(select(Officer))
    failed = sum(action == "officer.sign_in_failed" for action, _, _ in audited(service))
    assert failed <= 9  # five that lock; where the right one came among them, four before it
    assert found.failed_count <= 5


def test_every_try_is_audited_without_what_was_typed(service):
    put_officer(service)

    client, _ = sign_in(service)
    sign_in(service, password="hunter2-hunter2")
    sign_in(service, username="my-password-by-mistake")
    client.post("/console/sign-out", data={"csrf_token": token(client, "/console/cases")})

    assert audited(service) == [
        ("officer.sign_in", "officer:lin", "lin"),
        ("officer.sign_in_failed", "system", "lin"),
        ("officer.sign_in_failed", "system", "unknown"),
        ("officer.sign_out", "officer:lin", "lin"),
    ]
    with service.parts.db.read() as session:
        kept = str([(row.actor, row.object_id, row.reason, row.details) for row in session.scalars(select(AuditRow))])
    assert "hunter2" not in kept
    assert "mistake" not in kept


def test_nothing_of_the_session_before_signing_in_lives_on(service):
    put_officer(service)
    client = service.app.test_client()
    before = token(client)
    client.post("/console/sign-in", data={"username": "lin", "password": PASSWORD, "csrf_token": before})

    answer = client.post("/console/sign-out", data={"csrf_token": before})

    assert answer.status_code == 400


def test_signing_out_ends_a_copied_cookie_too(service, officer):
    copied = service.app.test_client()
    copied.set_cookie("weiheng", officer.get_cookie("weiheng").value)
    assert copied.get("/console/cases").status_code == 200

    officer.post("/console/sign-out", data={"csrf_token": token(officer, "/console/cases")})

    assert copied.get("/console/cases").status_code == 302
    assert officer.get("/console/cases").status_code == 302


@pytest.mark.parametrize("column", [{"disabled_at": START}, {"session_epoch": 7}])
def test_a_disabled_or_ended_officer_is_out_at_once(service, officer, column):
    def work(session):
        for name, value in column.items():
            setattr(session.scalar(select(Officer)), name, value)

    service.parts.db.write(work)

    assert officer.get("/console/cases").status_code == 302


def test_a_disabled_officer_cannot_sign_in(service):
    put_officer(service)
    service.parts.db.write(lambda session: setattr(session.scalar(select(Officer)), "disabled_at", START))

    assert sign_in(service)[1].status_code == 401


def test_a_session_ends_after_its_hours_however_busy(service, officer):
    service.clock.advance(hours=11)
    assert officer.get("/console/cases").status_code == 200

    service.clock.advance(hours=1)

    assert officer.get("/console/cases").status_code == 302


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/sign-out"])
def test_a_form_without_its_token_is_refused(officer, path):
    form = {"username": "lin", "password": PASSWORD}

    answers = [officer.post(path, data=form), officer.post(path, data=form | {"csrf_token": "made-up"})]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert officer.get("/console/cases").status_code == 200


def test_the_api_needs_no_form_token(service):
    answer = service.app.test_client().post(
        "/v1/screenings", json={"content_id": "v", "kind": "comment", "shop_id": "s", "text": "好"}
    )

    assert answer.status_code == 401  # a key is missing, not a token


def test_cookies_are_kept_from_scripts_and_other_sites(service):
    put_officer(service)
    cookie = sign_in(service)[1].headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_cookies_are_secure_and_forms_still_work(one_database, tmp_path):
    service = make_service(one_database, tmp_path, secure_cookies=True)
    put_officer(service)
    client, base = service.app.test_client(), "https://console.example"
    form = {"username": "lin", "password": PASSWORD, "csrf_token": token(client, base_url=base)}

    answer = client.post("/console/sign-in", data=form, base_url=base, headers={"Referer": f"{base}/console/sign-in"})
    foreign = client.post("/console/sign-out", base_url=base, headers={"Referer": "https://evil.example/"})

    assert answer.status_code == 303
    assert answer.headers["Set-Cookie"].startswith("__Host-weiheng=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert foreign.status_code == 400


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_a_machine_whose_clock_leaps_signs_nobody_out_and_lets_officers_in(sqlite_service, hours):
    put_officer(sqlite_service)
    sqlite_service.clock.at = utc_now()
    early, _ = sign_in(sqlite_service)

    with time_machine.travel(utc_now() + timedelta(hours=hours), tick=True):
        late, answer = sign_in(sqlite_service)
        expires = parse_date(re.search(r"Expires=([^;]+)", answer.headers["Set-Cookie"])[1])
        assert [client.get("/console/cases").status_code for client in (early, late)] == [200, 200]
    assert [client.get("/console/cases").status_code for client in (early, late)] == [200, 200]
    assert expires > sqlite_service.clock()

    sqlite_service.clock.advance(hours=sqlite_service.parts.settings.session_hours)
    assert [client.get("/console/cases").status_code for client in (early, late)] == [302, 302]
