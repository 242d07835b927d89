"""What the console's tests share: officers, sign-ins, cases as screening leaves them, and a page's text."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import orjson
from sqlalchemy import select

from app import snapshots
from app.models import AuditRow
from app.officers import create_officer
from app.values.answer import decision_answer
from app.values.content import ContentToScreen
from app.values.deciding import Decision, Hit, Verdict
from tests.factories import make_case, make_content, make_screening
from tests.service import START

PASSWORD = "a long enough password"
CATEGORIES = "absolute_terms:\n  title: 绝对化用语\n  law: 广告法第九条第三项\n  severity: 3\n"


class Page(HTMLParser):
    """The text of a page, of its marks, and of its captions, and of the explanations inside those."""

    def __init__(self, page):
        super().__init__()
        self.marks, self.text, self.captions, self.explanations, self._open = [], "", "", "", []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag in {"mark", "bdi", "span"}:
            self._open.append("why" if ("class", "why") in attributes else tag)
        if tag == "mark":
            self.marks.append("")

    def handle_endtag(self, tag):
        if tag in {"mark", "bdi", "span"}:
            self._open.pop()

    def handle_data(self, data):
        self.text += data
        if "why" in self._open:
            self.explanations += data
        elif "bdi" in self._open:
            self.captions += data
        if "mark" in self._open:
            self.marks[-1] += data


def put_officer(service, username="lin", **more):
    values = {"display_name": "林晓雯", "password": PASSWORD, "roles": ["officer"], "shop_ids": None, "now": START}
    service.parts.db.write(lambda session: create_officer(session, username=username, **values | more))


def token(client, path="/console/sign-in", **more):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path, **more).text)[1]


def sign_in(service, username="lin", password=PASSWORD, *, client=None, **form):
    """A client, and the answer to its try to sign in."""
    client = client or service.app.test_client()
    form = {"username": username, "password": password, "csrf_token": token(client)} | form
    return client, client.post("/console/sign-in", data=form)


def officer_of(service, **more):
    """The client of an officer, of all shops when not said otherwise."""
    put_officer(service, **more)
    return sign_in(service)[0]


def hit(text, start, end, *, field="text", verdict=Verdict.BLOCK, **more):
    values = {"text": text[start:end], "word": text[start:end], "category": "absolute_terms", "wordlist": "w"}
    values["source"] = "广告法第九条第三项"
    return Hit(field=field, start=start, end=end, verdict=verdict, **values | more)


def put_case(service, *, fields=None, decision=None, segments=(), sealed_for=None, content=None, **case):
    """A case as screening leaves it; returns its id."""
    fields = {"text": "今天天气不错"} if fields is None else fields
    decision = decision or Decision(Verdict.REVIEW, doubts=("机器拿不准",))
    parts, now = service.parts, service.clock()
    shop = case.pop("shop_id", "shop-1")
    stored = ContentToScreen("c", "video_caption", shop, fields, author_id="author-1", segments=segments).as_stored()

    def work(session):
        lists = snapshots.store(session, "wordlists", {"categories.yaml": CATEGORIES}, summary={}, by="t", now=now)
        made = make_content(session, shop_id=shop, decision=decision.decision.value, **content or {})
        row = make_screening(
            session,
            made,
            wordlists_snapshot=lists,
            request=stored,
            answer=orjson.dumps(decision_answer(decision)),
            author_id="author-1",
            created_at=now,
        )
        if sealed_for:
            for column in ("request", "answer"):
                place = {"table": "screening", "column": column, "row": row.id}
                plain = getattr(row, column)
                setattr(row, column, parts.people.seal(session, plain, person=sealed_for, now=now, **place))
            row.is_sealed, row.sealed_for = True, sealed_for
        times = {"opened_at": now, "due_at": now + timedelta(hours=2)}
        return make_case(session, row, **times | {"category": "absolute_terms"} | case).id

    return parts.db.write(work)


def audited(service):
    with service.parts.db.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.object_type == "officer").order_by(AuditRow.id))
        return [(row.action, row.actor, row.object_id) for row in rows]
