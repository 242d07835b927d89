"""Two worlds that differ in a first decision alone read the same to whoever is to judge it blind: no sum tells it.

Every address that is read is asked in both, by session and by key, with the usual questions, and so is what the pages
lead to. Each world is told to somebody else as well, so that the walk is known to pass what differs.
"""

from __future__ import annotations

import re
import shutil
import zlib
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import delete

from app.db import Database
from app.flows.count_figures import count_figures
from app.flows.start_backtest import Asked, start_backtest
from app.flows.word_feedback import propose_retirements, write_word_counts
from app.models import FigureCount
from app.values.access import Scope
from tests.backtests import EVERYONE
from tests.console import put_officer, sign_in, token
from tests.few import few_files
from tests.service import START, make_service
from tests.stories.test_blind_everywhere import text_of
from tests.stories.test_rosters_over_http import key_of
from tests.working import work

ROLES = ["officer", "senior", "auditor", "admin", "rule_author", "rule_approver", "finance"]
TEXTS = (
    "全网最佳面膜 玫瑰味",
    "新疆葡萄干三斤装 全网最佳果园",
    "儿童雨衣 梅雨季节防水好穿 全网最佳做工",
    "手工刺绣屏风摆件 全网最佳绣娘 可定制尺寸",
    "露营折叠桌椅套装 周末郊游 全网最佳价格",
    "云南鲜花饼礼盒 保质期三十天 全网最佳馅料",
)
PASSED = {"decision": "pass", "reason": "属实"}
BLOCKED = {"decision": "block", "policy": "absolute_terms", "reason": "属实"}
MONTH, PAPER = "?month=2026-11", "?month=2026-11&format=pdf"
QUERIES = {
    "/v1/cases": ("?state=decided", "?state=all"),
    "/v1/figures": ("?shop_id=shop-1", "?officer=key:chen", "?category=absolute_terms", "?step=hour"),
    "/v1/backtests/<string:backtest_id>": ("?format=csv",),
    "/v1/reports/compliance": (MONTH, MONTH + "&format=xlsx"),
    "/v1/marks": ("?shop_id=shop-1",),
    "/v1/content-mix": ("?shop_id=shop-1",),
    "/v1/wordlists/changes": ("?state=proposed", "?state=waiting"),
    "/v1/audit": ("?limit=200", "?action=case.decide"),
    "/console/cases": ("?state=decided", "?state=all", "?q=v-0"),
    "/console/dashboard": ("?shop=shop-1", "?officer=key:chen", "?category=absolute_terms", "?rule=S2-05"),
    "/console/dashboard.csv": tuple(f"?table={each}" for each in ("series", "totals", "rules", "officers", "shops")),
    "/console/notices/report": (MONTH, PAPER),
    "/console/audit": ("?action=case.decide",),
}
ALIKE = (
    re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),  # identifiers
    re.compile(r"(?:sha256:)?[0-9a-f]{16,}"),
    re.compile(r'(?:nonce|value|content)="[\w.+/=-]{16,}"'),
    re.compile(r"\d+ 毫秒|\"took_(?:us|ms)\":\d+"),  # how long it took
)
TELLING = (
    "/v1/audit", "/v1/backtests/", "/v1/cases", "/v1/content-mix", "/v1/contents/", "/v1/figures",
    "/v1/reports/compliance", "/v1/wordlists/changes", "/v1/wordlists/feedback",
    "/console/backtests/", "/console/cases", "/console/dashboard", "/console/notices/report", "/console/wordlists",
)  # fmt: skip
"""Where whoever may know it is told the decision, or a sum with it."""
BY_LOT = "/backtests/"
"""Samples are drawn by lot of identifiers: which stand first differs."""
LINK = re.compile(r'href="(/console/(?!audit/|rules/|wordlists/|language)[^"#?]*)"')
APART = re.compile(r"static|openapi|swagger|redoc|/docs|metrics|sign-in|/edit")


@pytest.fixture
def databases(database, request, tmp_path):
    """A new database of the same kind as often as it is asked for, each when the one before is done with."""

    def another(name):
        if not database.is_sqlite:
            request.getfixturevalue("empty_postgres")()
            return closing(Database(request.getfixturevalue("postgres_url")))
        path = tmp_path / f"{name}.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        return closing(Database(f"sqlite:///{path}"))

    return another


def decided(service, said):
    """Six cases that hang on one word: the first decided as it is said, the others passed; and the identifiers."""
    chen, lead = key_of(service, "chen", *Scope), key_of(service, "lead", *Scope)
    found = [service.screen(chen, text, content_id=f"v-{at}").get_json() for at, text in enumerate(TEXTS)]
    cases = [each["case_id"] for each in found]
    assert len({*cases} - {None}) == len(TEXTS)
    service.clock.advance(minutes=5)
    for key, case_id, answer in zip([chen, *[lead] * 5], cases, [said, *[PASSED] * 5], strict=True):
        assert key.post(f"/v1/cases/{case_id}/claim", json={}).status_code == 200
        assert key.post(f"/v1/cases/{case_id}/decide", json=answer).status_code == 200
        service.clock.advance(minutes=1)
    ids = {"case_id": cases[0], "screening_id": found[0]["screening_id"], "content_id": "v-0", "shop_id": "shop-1"}
    ids |= {"rule_id": "S2-05", "month": "2026-11"}
    return ids | {"backtest_id": counted(service)}


def counted(service):
    """Everything that counts decisions has counted them; a backtest's identifier."""
    service.clock.advance(hours=2)
    write_word_counts(service.parts)
    propose_retirements(service.parts, now=service.clock())
    lists = few_files("wordlists")
    del lists["absolute_terms.txt"]
    asked = Asked({"wordlists": lists}, START - timedelta(days=1), service.clock())
    backtest_id = start_backtest(service.parts, asked, caller=EVERYONE, now=service.clock())
    work(service)
    while not count_figures(service.parts, now=service.clock()):
        pass
    service.parts.db.write(lambda session: session.execute(delete(FigureCount).where(FigureCount.figure == "latency")))
    return backtest_id


def addresses(service, ids):
    for rule in service.app.url_map.iter_rules():
        if "GET" in rule.methods and rule.arguments <= ids.keys() and not APART.search(rule.rule):
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ids[found[1]], rule.rule)
            yield from (path + query for query in ("", *QUERIES.get(rule.rule, ())))


def read(service, name, asked):
    """What a person reads, by session and by key: each address with its answer, less what differs by itself."""
    key, (browser, _) = key_of(service, name, *Scope), sign_in(service, name)
    asked, told = [*asked], {}
    known = {*asked}
    for path in asked:
        answer = (browser if path.startswith("/console/") else key).get(path)
        assert answer.status_code < 500 or answer.status_code == 503, path
        text = written(answer)
        told.setdefault(alike(path), set()).add((answer.status_code, by_lot(text) if BY_LOT in path else text))
        if answer.mimetype == "text/html":
            more = {each for each in LINK.findall(answer.text) if not APART.search(each)} - known
            known |= more
            asked += sorted(more)
    return told


def differing(one, other):
    return {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


def written(answer):
    """The text of an answer, of paper and of tables too."""
    if answer.mimetype == "application/pdf":
        streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", answer.get_data(), re.DOTALL)
        return "\n".join(zlib.decompress(each).decode("latin-1") for each in streams[:1])  # the first page
    return alike(text_of(answer))


def alike(text):
    for each in ALIKE:
        text = each.sub("*", text)
    return text


def by_lot(text):
    return "\n".join(sorted(re.split(r"[\n>{}]", text)))


@pytest.mark.timeout(600)  # hundreds of pages, twice
def test_no_answer_depends_on_a_first_decision_that_its_reader_reviews_blind(databases, tmp_path, few_judge, few):
    worlds = []
    for said in (PASSED, BLOCKED):
        with databases(said["decision"]) as opened:
            more = {"second_review_shares": "content=10000", "evaluator": "python"}
            service = make_service(opened, tmp_path, few_judge, **more, **few)
            for name in ("wang", "zhao"):
                put_officer(service, name, roles=ROLES)
            ids = decided(service, said)
            browser, _ = sign_in(service, "wang")
            taken = browser.post("/console/quality/next", data={"csrf_token": token(browser, "/console/account")})
            review_id = taken.location.rpartition("/")[2]
            assert ids["case_id"] in key_of(service, "wang").get("/v1/second-reviews?state=waiting").text
            asked = [*addresses(service, ids | {"review_id": review_id})]
            telling = [path for path in asked if path.startswith(TELLING)]
            worlds.append((read(service, "wang", asked), read(service, "zhao", telling)))

    (blind, seeing), (blind_too, seeing_too) = worlds

    assert len(blind) > 120
    assert differing(blind, blind_too) == set()
    differ = differing(seeing, seeing_too)
    assert {each for each in TELLING if not any(path.startswith(each) for path in differ)} == set()
    assert {path for path in differ if "format=pdf" in path}
