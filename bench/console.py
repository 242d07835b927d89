"""How long the console takes with a million cases: lists, filters, the next case, a decision, the dashboard.

Fills a database of its own (``--cases``, default 1,000,000 on SQLite; ``--url`` for PostgreSQL) with open and decided
cases of 20 shops, signs an officer in and asks the pages through the application, as a browser would, ``--rounds``
times each. Prints the median and the 95th percentile of server time, and CPU time, which a busy machine changes less;
the bar is 300 ms from the queue to the next case.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)  # not beside http.py, which the standard library has too

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, select

from app import migrate
from app.db import Database
from app.figures.counting import ALL_SHOPS
from app.models import Case, Content, FigureCount, FigureMark, Officer, Screening, Shop, new_id
from app.values.china_days import day_of, starts_at
from app.values.content import ContentToScreen
from tests.console import PASSWORD, put_officer, sign_in, token
from tests.factories import DIGEST
from tests.service import START, make_service

CATEGORIES = ("absolute_terms", "counterfeit", "fraud", "medical_claims", "doubt", "gambling")
SHOPS, PORTION = 20, 20_000
_KINDS, _RULES = [f"category-{number}" for number in range(24)], [f"S1-{number}" for number in range(120)]
_OFFICERS = [f"officer:o{number}" for number in range(40)]
FIGURES = (
    ("screened", ("pass", "label", "review", "block"), ("",)),
    ("flagged", ("pass", "block"), ("",)),
    ("opened", _KINDS, ("",)),
    ("decided", _KINDS, ("pass", "block", "label")),
    ("fired", _RULES, ("",)),
    ("rule", _RULES, ("pass", "block")),
    ("officer", _OFFICERS, ("pass", "block")),
    ("handled", _OFFICERS, ("count", "seconds")),
    ("waited", ("5", "15", "30", "60", "120", "240", "480", "1440"), ("",)),
    ("latency", ("100", "150", "200", "300", "500", "700", "1000", "2000", "5000"), ("",)),
    ("sla", ("",), ("kept", "late")),
    ("dispatch", ("met", "missed"), ("",)),
    ("paid", ("",), ("count", "fen")),
    ("judged", ("order",), ("",)),
)
REQUEST = ContentToScreen("c", "comment", "shop-1", {"text": "今天天气不错"}).as_stored()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=1_000_000)
    options.add_argument("--open-share", type=int, default=50, help="percent of cases that are open")
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--url", help="PostgreSQL to fill (emptied by nobody: give a database of its own)")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{folder}/bench.db"
        with closing(Database(url)) as database:
            migrate.upgrade(database)
            begun = time.perf_counter()
            fill(database, given.cases, given.open_share)
            put_figures(database)
            print(f"filled {given.cases:,} cases in {time.perf_counter() - begun:.0f} s")
            if not database.is_sqlite:
                with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("ANALYZE")
            measure(make_service(database, Path(folder)), given)


def fill(database, count, open_share):
    """Cases in portions; one content and screening for a hundred cases, because the list reads them by key alone."""

    def shops(session):
        session.execute(
            insert(Shop),
            [{"id": f"shop-{at}", "org_id": "default", "name": f"店 {at}", "created_at": START} for at in range(SHOPS)],
        )

    database.write(shops)
    for start in range(0, count, PORTION):
        database.write(lambda session, start=start: portion(session, start, min(PORTION, count - start), open_share))


def portion(session, start, size, open_share):
    contents, screenings, rows = [], [], []
    owner = screening = ""
    for at in range(start, start + size):
        if at % 100 == 0:
            owner, screening = new_id(), new_id()
            contents.append(content_row(at, owner, screening))
            screenings.append(screening_row(at, owner, screening))
        rows.append(case_row(at, owner, screening, is_open=at % 100 < open_share))
    for model, made in ((Content, contents), (Screening, screenings), (Case, rows)):
        if made:
            session.execute(insert(model), made)


def content_row(at, owner, screening):
    row = {"id": owner, "org_id": "default", "shop_id": f"shop-{at % SHOPS}", "content_id": f"v-{at}", "version": 1}
    row |= {"digest": DIGEST, "screening_id": screening, "decision": "review", "status": "final"}
    return row | {"outcome_by": "screening", "outcome_at": START, "created_at": START}


def screening_row(at, owner, screening):
    row = {"id": screening, "content_pk": owner, "shop_id": f"shop-{at % SHOPS}", "version": 1, "digest": DIGEST}
    row |= {"folded_digest": DIGEST, "kind": "comment", "decision": "review", "excerpt": "一段文字", "request": REQUEST}
    row |= {"answer": b'{"hits":[],"firings":[]}', "is_sealed": False, "rules_snapshot": DIGEST}
    return row | {"wordlists_snapshot": DIGEST, "took_us": 1, "created_at": START}


def case_row(at, owner, screening, *, is_open):
    opened = START - timedelta(seconds=at)
    row = {"id": new_id(), "org_id": "default", "shop_id": f"shop-{at % SHOPS}", "content_pk": owner}
    row |= {"screening_id": screening, "folded_digest": f"sha256:{at // 3:064x}", "basis": f"sha256:{at // 50:064x}"}
    row |= {"state": "open" if is_open else "decided", "decision": "block" if at % 3 else "review"}
    row |= {"category": CATEGORIES[at % 6], "severity": 1 + at % 5, "summary": "疑似绝对化用语"}
    row |= {"opened_at": opened, "due_at": opened + timedelta(minutes=90 + at % 97), "author_id": f"u-{at % 5000}"}
    row |= {"queue": "content", "size": 1, "stamp": 0, "outcome": None if is_open else "pass"}
    return row | {"decided_by": None if is_open else "officer:x", "decided_at": None if is_open else START}


def measure(service, given):
    put_officer(service)
    client, _ = sign_in(service, password=PASSWORD)
    csrf = token(client, "/console/cases")
    asked = {
        "queue": lambda: client.get("/console/cases"),
        "queue, category and severity": lambda: client.get("/console/cases?category=fraud&severity=3"),
        "queue, one shop": lambda: client.get("/console/cases?shop=shop-7&order=newest"),
        "queue, all states": lambda: client.get("/console/cases?state=all"),
        "queue, mine": lambda: client.get("/console/cases?mine=claimed"),
        "pulse": lambda: client.get("/console/cases/pulse"),
        "next case": lambda: client.post("/console/cases/next", data={"csrf_token": csrf}),
        "next case by filters": lambda: client.post("/console/cases/next", data={"csrf_token": csrf, "severity": "4"}),
        "next case by skills": lambda: next_by_skills(service, client, csrf),
        "decide, next and its page": lambda: decide_and_go_on(client, csrf),
        "search, a content's number": lambda: client.get("/console/cases?q=v-4200"),
        "search, a payment's number": lambda: client.get("/console/cases?q=4200000000202611234567890123"),
        "search, a shop's name": lambda: client.get("/console/cases?q=%E5%BA%97%207"),
        "search, words that stand there": lambda: client.get("/console/cases?q=%E4%B8%80%E6%AE%B5"),
        "search, words that stand nowhere": lambda: client.get("/console/cases?q=%E5%8C%85%E6%B2%BB"),
        "appeals": lambda: client.get("/console/cases?state=appealed"),
        "second reviews": lambda: client.get("/console/quality"),
        "roster": lambda: client.get("/console/roster"),
        "dashboard, 90 days": lambda: client.get("/console/dashboard?period=90d"),
    }
    table = Table(title=f"{given.cases:,} cases, {given.open_share} % open, {service.parts.db.engine.dialect.name}")
    for heading in ("asked", "median ms", "p95 ms", "first ms", "median CPU ms"):
        table.add_column(heading, justify="left" if heading == "asked" else "right")
    for what, ask in asked.items():
        took, cpu = [], []
        for _ in range(given.rounds):
            begun, worked = time.perf_counter(), time.process_time()
            answer = ask()
            took.append((time.perf_counter() - begun) * 1000)
            cpu.append((time.process_time() - worked) * 1000)
            assert answer.status_code in {200, 303, 304}, (what, answer.status_code)
        first, took = took[0], sorted(took)
        table.add_row(
            what,
            f"{took[len(took) // 2]:.0f}",
            f"{took[int(len(took) * 0.95) - 1]:.0f}",
            f"{first:.0f}",
            f"{sorted(cpu)[len(cpu) // 2]:.0f}",
        )
    Console(width=110).print(table)


def next_by_skills(service, client, csrf):
    """The next case of an officer who judges a rare category and one script alone."""

    def skilled(session, categories):
        session.scalar(select(Officer)).skills = categories

    able = {"categories": ["gambling", "rare"], "scripts": ["han"]}
    service.parts.db.write(lambda session: skilled(session, able))
    answer = client.post("/console/cases/next", data={"csrf_token": csrf})
    service.parts.db.write(lambda session: skilled(session, {}))
    return answer


def put_figures(database):
    """Half a year of counted days, as a platform of that size has them: 24 categories, 120 rules, 40 officers."""
    days = [starts_at(day_of(START) - timedelta(days=number)) for number in range(182)]
    for at in days:
        rows = []
        for shop in (ALL_SHOPS, *(f"shop-{number}" for number in range(SHOPS))):
            for figure, keys, sides in FIGURES:
                rows += [
                    {"grain": "day", "figure": figure, "shop_id": shop, "at": at, "key": key, "side": side, "count": 9}
                    for key in keys
                    for side in sides
                ]
            for figure, sides in (("opened", ("",)), ("judged", ("",)), ("decided", ("pass", "block", "label"))):
                bare = {"grain": "bare", "figure": figure, "shop_id": shop, "at": at, "key": ""}
                rows += [bare | {"side": side, "count": 99} for side in sides]
        database.write(lambda session, rows=rows: session.execute(insert(FigureCount), rows))
    mark = {"id": "counted", "through_at": START, "counted_at": START, "took_ms": 10_000}
    database.write(lambda session: session.add(FigureMark(**mark)))


def decide_and_go_on(client, csrf):
    """From a case that was taken to the page of the next one."""
    taken = client.post("/console/cases/next", data={"csrf_token": csrf}).headers["Location"]
    case_id = re.search(r"/cases/([0-9a-f-]{36})", taken)[1]
    form = {"csrf_token": csrf, "decision": "pass", "reason": "没有问题", "go_on": "next"}
    return client.get(client.post(f"/console/cases/{case_id}/decide", data=form).headers["Location"])


if __name__ == "__main__":
    main()
