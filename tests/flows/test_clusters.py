"""Equal doubts are one case; deciding it decides all, and the next one that reads the same is decided at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.flows.decide_case import decide_case
from app.jobs.worker import Worker
from app.models import Case, CaseMember, CaseShingle, Content, EntityMark, OutboxMessage, Precedent
from app.review import clusters
from app.review.cases import Said
from app.values.access import Caller
from tests.service import make_service, shipped_judge

SPAM = "祖传秘方，包治百病，限时特价，颜色很多，想要的姐妹赶紧下单，错过再等一年"
LIN = Caller("lin", "officer:lin", frozenset({"officer"}), None)
KEY = b"k" * 32


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge)


def batch(client, texts, *, start=0, **more):
    items = [
        {"content_id": f"v-{start + number}", "kind": "comment", "shop_id": "shop-1", "text": text} | more
        for number, text in enumerate(texts)
    ]
    return client.post("/v1/screenings/batch", json={"items": items}).get_json()["results"]


def cases(service):
    with service.parts.db.read() as session:
        return session.scalars(select(Case).order_by(Case.id)).all()


def count(service, what):
    with service.parts.db.read() as session:
        return session.scalar(select(func.count()).select_from(what))


def test_the_same_spam_again_and_again_makes_one_case(service):
    client = service.client("screen")

    first = batch(client, [SPAM] * 300)
    later = batch(client, [SPAM] * 200, start=300)

    (case,) = cases(service)
    assert {each["case_id"] for each in [*first, *later]} == {case.id}
    assert case.size == 500
    assert count(service, CaseMember) == 499


def test_spam_with_other_numbers_and_a_word_changed_joins_and_another_offence_does_not(service):
    client = service.client("screen")

    joined = batch(client, [SPAM, SPAM.replace("姐妹", "朋友"), SPAM + "8821", "  " + SPAM.replace("，", "！")])
    other = batch(client, [SPAM + "，稳赚不赔", "顶级高仿包包上新，支持一件代发"], start=10)

    assert len({each["case_id"] for each in joined}) == 1
    assert joined[0]["case_id"] not in {each["case_id"] for each in other}
    assert other[0]["case_id"] != other[1]["case_id"]


def test_another_shop_and_another_kind_have_a_case_of_their_own(service):
    client = service.client("screen")

    ids = [
        batch(client, [SPAM], start=at, **more)[0]["case_id"]
        for at, more in enumerate(({}, {"shop_id": "shop-2"}, {"kind": "video_caption"}))
    ]

    assert len(set(ids)) == 3


def test_deciding_the_case_decides_every_content_and_tells_each(service):
    client = service.client()
    hook = {"url": "https://uploader.example.com/hook", "event_types": ["content.outcome"]}
    assert client.post("/v1/webhooks", json=hook).status_code in {200, 201}
    batch(client, [SPAM] * 120)
    (case,) = cases(service)

    decide_case(service.parts, case.id, Said("pass", "可以说"), caller=LIN, now=service.clock())
    worker = Worker(service.parts)
    for _ in range(40):
        if count(service, OutboxMessage) == 120:
            break
        worker.work_due()

    with service.parts.db.read() as session:
        assert set(session.execute(select(Content.decision, Content.outcome_by))) == {("pass", "officer:lin")}
    assert count(service, OutboxMessage) == 120


def test_the_next_identical_upload_is_decided_by_the_precedent_until_it_expires(service):
    client = service.client("screen")
    batch(client, [SPAM])
    (case,) = cases(service)
    decide_case(service.parts, case.id, Said("pass", "奖项属实"), caller=LIN, now=service.clock())

    (answer,) = batch(client, [SPAM], start=1)
    (near,) = batch(client, [SPAM + "哦"], start=2)
    service.clock.advance(days=service.parts.settings.precedent_days, seconds=1)
    (late,) = batch(client, [SPAM], start=3)

    assert (answer["decision"], answer["case_id"]) == ("pass", None)
    assert answer["precedent"]["case_id"] == case.id
    assert answer["precedent"]["reason"] == "奖项属实"
    assert near["decision"] == "block"
    assert late["decision"] == "block"
    with service.parts.db.read() as session:
        assert session.scalar(select(Content.outcome_by).where(Content.content_id == "v-1")) == "precedent"
        assert session.scalar(select(Precedent.used)) == 1


def test_a_precedent_lets_nothing_through_in_another_shop_or_with_an_image(service):
    client = service.client("screen")
    batch(client, [SPAM])
    (case,) = cases(service)
    decide_case(service.parts, case.id, Said("pass", "奖项属实"), caller=LIN, now=service.clock())

    (elsewhere,) = batch(client, [SPAM], start=1, shop_id="shop-2")
    image = [{"type": "image", "url": "https://img.example.com/1.png"}]
    (with_image,) = batch(client, [SPAM], start=2, media=image)

    assert elsewhere["decision"] == "block"
    assert with_image["decision"] == "block"


def test_a_replaced_content_leaves_its_cluster_and_the_others_stay(service):
    client = service.client("screen")
    batch(client, [SPAM] * 3)
    batch(client, ["今天天气不错"], start=0)  # v-0, whose text the case shows

    (case,) = cases(service)
    assert (case.state, case.size) == ("open", 2)
    batch(client, ["今天天气不错", "今天天气不错"], start=1)
    (case,) = cases(service)
    assert case.state == "superseded"


def test_blocking_gives_strikes_to_the_shop_and_each_author_and_rules_can_ask(service):
    client = service.client("screen")
    for number, author in enumerate(("u-1", "u-1", "u-2")):
        batch(client, [SPAM], start=number, author_id=author)
    (case,) = cases(service)

    decide_case(service.parts, case.id, Said("block", "绝对化用语"), caller=LIN, now=service.clock())
    service.screen(client, content_id="v-9", author_id="u-1")

    with service.parts.db.read() as session:
        struck = session.execute(select(EntityMark.entity_type, EntityMark.entity_id, EntityMark.points)).all()
    assert sorted(struck) == [("author", "u-1", 6), ("author", "u-2", 6), ("shop", "shop-1", 6)]
    assert count(service, CaseShingle) == 0


def test_eight_uploaders_at_once_make_one_case(service):
    clients = [service.client("screen") for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda at: batch(clients[at], [SPAM] * 10, start=at * 100), range(8)))

    assert len({each["case_id"] for answer in answers for each in answer}) == 1
    (case,) = cases(service)
    assert case.size == 80


def test_alike_is_the_share_of_pairs_two_texts_have_in_common():
    one = clusters.sketch_of(["春眠不觉晓处处闻啼鸟夜来风雨声"], key=KEY)

    assert clusters.alike_bp(one, clusters.sketch_of(["春眠不觉晓处处闻啼鸟夜来风雨声"], key=KEY)) == 10_000
    assert clusters.alike_bp(one, clusters.sketch_of(["春眠不觉晓处处闻啼鸟夜来风雨大"], key=KEY)) == 13 * 10_000 // 15
    assert clusters.alike_bp(one, clusters.sketch_of(["花落知多少红豆生南国春来发几枝"], key=KEY)) == 0
    assert clusters.sketch_of(["春眠不觉晓"], key=KEY) is None


def test_a_sketch_says_nothing_of_contacts_and_nothing_without_the_key():
    texts = ["加微信 abc12345 领取优惠面膜试用装", "加微信 zz998 领取优惠面膜试用装"]
    one, other = (clusters.sketch_of([text], key=KEY) for text in texts)

    assert one == other
    assert one != clusters.sketch_of(texts[:1], key=b"j" * 32)
