"""A platform's batch: a thousand contents of as many shops, asked about together, each by what its own shop holds."""

from __future__ import annotations

import pytest
from sqlalchemy import event, func, select

from app.models import Content, Shop
from tests.evidence import put_evidence
from tests.service import make_service

CLAIM = "我们的蜂蜜获得有机认证，点击购物车下单"


def content(number, shop, text="今天天气不错"):
    about = {"content_id": f"v-{number}", "kind": "video_caption", "shop_id": shop}
    return about | {"text": text, "facts": {"shopping_link": True, "sku_id": "sku-1"}}


def sent(service, items):
    answer = service.client("screen").post("/v1/screenings/batch", json={"items": items})
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["results"]


def counted(database, table):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def statements(database, work):
    """How many statements a piece of work takes."""
    told = []

    def tell(*arguments):
        told.append(arguments[2])

    event.listen(database.engine, "before_cursor_execute", tell)
    try:
        work()
    finally:
        event.remove(database.engine, "before_cursor_execute", tell)
    return len(told)


def test_each_is_judged_by_what_its_own_shop_has_registered(service):
    put_evidence(service, shop_id="shop-3", kind="certificate", claims=["certification"])
    put_evidence(service, shop_id="shop-5", kind="certificate", claims=["composition"])

    answers = sent(service, [content(n, f"shop-{n}", CLAIM) for n in range(60)])

    without = [n for n, each in enumerate(answers) if "S2-07" not in {firing["rule"] for firing in each["firings"]}]
    assert without == [3]


def test_sent_again_each_has_the_answer_it_had_and_a_changed_one_its_next_version(service):
    items = [content(n % 7, f"shop-{n}") for n in range(40)]
    first = sent(service, items)
    items[11]["text"] = "今天下雨"

    again = sent(service, items)

    assert [a["screening_id"] == b["screening_id"] for a, b in zip(first, again, strict=True)].count(False) == 1
    assert again[11]["version"] == 2
    assert again[11]["predecessor_id"] == first[11]["screening_id"]
    assert counted(service.parts.db, Shop) == counted(service.parts.db, Content) == 40


@pytest.mark.parametrize("shops", [2, 50])
def test_how_many_statements_it_takes_does_not_grow_with_the_shops(postgres_database, judge, tmp_path, shops):
    service = make_service(postgres_database, tmp_path, judge)  # SQLite looks each up by itself: no round trips there
    sent(service, [content(n, f"shop-{n % shops}") for n in range(100)])

    def again():
        sent(service, [content(n + 1000, f"shop-{n % shops}") for n in range(100)])

    assert statements(service.parts.db, again) < 40
