"""English: the switch, what it remembers, and that no page of the console says anything in Chinese by itself."""

from __future__ import annotations

import re

import pytest
from flask import render_template_string
from sqlalchemy import select, text

from app.models import Officer
from tests.console import PASSWORD, put_case, put_officer, sign_in, token
from tests.english import chinese
from tests.service import make_service, shipped_judge

ALL_ROLES = ["admin", "auditor", "finance", "officer", "privacy", "rule_approver", "rule_author", "senior"]


def in_english(client):
    client.post("/console/language", data={"language": "en", "csrf_token": token(client, "/console/account")})
    return client


@pytest.fixture
def reader(service):
    """An officer of every role who reads English."""
    put_officer(service, display_name="Lin", roles=ALL_ROLES)
    return in_english(sign_in(service)[0])


def test_no_page_of_the_navigation_says_anything_in_chinese(one_database, tmp_path):
    service = make_service(one_database, tmp_path, shipped_judge(tmp_path))
    put_officer(service, display_name="Lin", roles=ALL_ROLES)
    reader = in_english(sign_in(service)[0])
    said = {}
    for path in dict.fromkeys(re.findall(r'href="(/console/[a-z-]+)"', reader.get("/console/cases").text)):
        page = reader.get(path, follow_redirects=True)
        said[path] = (page.status_code, '<html lang="en">' in page.text, chinese(page.text))

    assert len(said) >= 15
    assert {path: found for path, found in said.items() if found != (200, True, [])} == {}


@pytest.mark.parametrize("path", ["/console/nowhere", "/console/cases?after=rubbish", "/console/cases/none"])
def test_pages_that_refuse_are_in_english_too(reader, path):
    page = reader.get(path)

    assert page.status_code >= 400
    assert chinese(page.text) == []


def test_a_case_quotes_its_chinese_content_and_says_the_rest_in_english(service, reader):
    case_id = put_case(service, fields={"text": "全网最佳面膜"}, category="absolute_terms")

    page = reader.get(f"/console/cases/{case_id}").text

    assert chinese(page) == []
    assert '<span lang="zh-CN">全网最佳面膜</span>' in page


@pytest.mark.usefixtures("reader")
def test_the_officer_keeps_the_language_in_another_browser(service):
    other, _ = sign_in(service)

    with service.parts.db.read() as session:
        assert session.scalar(select(Officer.language)) == "en"
    assert '<html lang="en">' in other.get("/console/cases").text


def test_before_the_sign_in_the_switch_is_kept_in_a_cookie_and_leads_back(service):
    client = service.app.test_client()
    form = {"language": "en", "csrf_token": token(client)}

    answer = client.post("/console/language", data=form, headers={"Referer": "http://localhost/console/sign-in?out=1"})

    assert answer.location == "/console/sign-in?out=1"
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    page = client.get("/console/sign-in").text
    assert "Sign in" in page
    assert chinese(page) == []


@pytest.mark.parametrize("came", ["https://elsewhere.example/console/cases", "http://localhost/console/next", ""])
def test_the_switch_never_leads_to_a_foreign_address_or_a_form(service, came):
    client = service.app.test_client()
    form = {"language": "en", "csrf_token": token(client)}

    location = client.post("/console/language", data=form, headers={"Referer": came}).location

    assert location in {"/console/", "/console/cases"}
    assert client.post("/console/language", data=form | {"language": "fr"}).status_code == 400


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "zh-CN"),
        ("en-US,en;q=0.9", "en"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("fr-FR,fr;q=0.9", "zh-CN"),
        ("*", "zh-CN"),
    ],
)
def test_what_the_browser_reads_is_only_the_first_guess(service, accepted, language):
    headers = {} if accepted is None else {"Accept-Language": accepted}

    assert f'<html lang="{language}">' in service.app.test_client().get("/console/sign-in", headers=headers).text


def test_the_choice_beats_what_the_browser_reads(service):
    put_officer(service)
    client, _ = sign_in(service, password=PASSWORD)
    form = {"language": "zh-CN", "csrf_token": token(client, "/console/account")}
    client.post("/console/language", data=form)

    page = client.get("/console/cases", headers={"Accept-Language": "en"}).text

    assert '<html lang="zh-CN">' in page


def test_instants_are_written_as_the_language_writes_them(service, reader):
    case_id = put_case(service)

    page = reader.get(f"/console/cases/{case_id}").text

    assert "23 Nov 2026, 18:00:" in page
    assert "2026-11-23 18:00" not in page


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("<p>{{ text }}</p>", '<p><span lang="zh-CN">你好，世界</span></p>'),
        ('<p title="{{ text }}">{{ "a" }}</p>', '<p title="你好，世界">a</p>'),
        (
            "<option>{{ text }}</option><b>{{ mark }}</b>",
            '<option>你好，世界</option><b><span lang="zh-CN">，</span></b>',
        ),
        ("{% block title %}{{ text }}{% endblock %}", "你好，世界"),
        ("<svg><text>{{ text }}</text></svg>", "<svg><text>你好，世界</text></svg>"),
        ('<p>a：b{{ "、" }}{{ ["c", "d"]|join("；") }}</p>', "<p>a: b, c; d</p>"),
        ("<p>{{ '&lt;' ~ text }}</p>", '<p>&amp;lt;<span lang="zh-CN">你好，世界</span></p>'),
        ("<p>{{ 7 }}{{ none }}{{ missing }}</p>", "<p>7None</p>"),
    ],
)
def test_only_what_a_value_says_between_tags_is_marked_and_never_changed(service, template, page):
    with service.app.test_request_context("/console/cases", headers={"Accept-Language": "en"}):
        found = render_template_string(template, text="你好，世界", mark="，")

    with service.app.test_request_context("/console/cases"):
        chinese_page = render_template_string(template, text="你好，世界", mark="，")
    assert found == page
    assert "lang=" not in chinese_page


def test_without_a_database_the_page_that_says_so_is_still_made(sqlite_database, tmp_path):
    service = make_service(sqlite_database, tmp_path)
    put_officer(service)
    reader = in_english(sign_in(service)[0])
    service.parts.db.write(lambda session: session.execute(text("ALTER TABLE officer RENAME TO officer_away")))

    page = reader.get("/console/cases")

    assert page.status_code == 503
    assert "The database does not answer" in page.text
