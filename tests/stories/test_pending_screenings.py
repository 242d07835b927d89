"""Contents with media wait for a slow reviewer: pending first, settled later, and told by a webhook."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import delete, update

from app.models import Case, Content
from tests.peers import peer
from tests.service import make_service
from tests.stories.test_webhooks import add_endpoint
from tests.working import work

MEDIA = [{"type": "image", "url": "https://cdn.example.com/1.jpg"}]


@pytest.fixture
def reviewed(database, judge, tmp_path):
    """Starts a service whose remote reviewer is the given peer."""
    return lambda plays: make_service(database, tmp_path, judge, reviewer_url=plays.url, reviewer_token="t" * 8)


def opinion(verdict, score_bp=9_000, reason="封面含二维码"):
    return 200, orjson.dumps({"verdict": verdict, "score_bp": score_bp, "reason": reason})


def cases_of_the_shop(client):
    """Without those in which the service tells of itself, such as lists that were not checked for hours."""
    return [each for each in client.get("/v1/cases").get_json()["items"] if each["shop_id"] == "shop-1"]


@pytest.mark.parametrize(("verdict", "cases"), [("pass", 0), ("review", 1), ("block", 1)])
def test_the_reviewers_opinion_becomes_the_outcome(reviewed, verdict, cases):
    with peer(opinion(verdict)) as reviewer, peer() as receiver:
        service = reviewed(reviewer)
        client = service.client()
        add_endpoint(client, receiver.url)

        said = service.screen(client, "新品到店", media=MEDIA).get_json()
        waiting = client.get("/v1/contents/v-1").get_json()
        work(service)
        settled = client.get("/v1/contents/v-1").get_json()

    assert (said["status"], said["decision"], said["case_id"]) == ("pending", "review", None)
    assert waiting["status"] == "pending"
    assert (settled["status"], settled["decision"], settled["by"]) == ("final", verdict, "reviewer")
    assert len(cases_of_the_shop(client)) == cases
    assert reviewer.got[0][1]["authorization"] == "Bearer " + "t" * 8
    outcomes = [orjson.loads(body) for *_, body in receiver.got]
    assert [told["data"]["decision"] for told in outcomes if told["type"] == "content.outcome"] == [verdict]


def test_a_word_that_blocks_blocks_at_once_although_the_reviewer_is_out(reviewed):
    with peer(opinion("pass")) as reviewer:
        service = reviewed(reviewer)
        client = service.client()
        said = service.screen(client, "祖传秘方，包治百病", media=MEDIA).get_json()
        work(service)

    assert (said["status"], said["decision"]) == ("pending", "block")
    assert client.get("/v1/contents/v-1").get_json()["decision"] == "block"


@pytest.mark.parametrize("answer", [(500, b""), (200, b"not json"), (200, b'{"verdict":"maybe","score_bp":1}')])
def test_a_reviewer_that_never_answers_usefully_ends_with_a_person(reviewed, answer):
    with peer(answer) as reviewer:
        service = reviewed(reviewer)
        client = service.client()
        service.screen(client, "新品到店", media=MEDIA)
        for _ in range(8):
            work(service)
            service.clock.advance(hours=1)

    outcome = client.get("/v1/contents/v-1").get_json()
    assert (outcome["status"], outcome["decision"]) == ("final", "review")
    assert len(cases_of_the_shop(client)) == 1
    assert len(reviewer.got) == 6


def test_a_content_replaced_meanwhile_is_not_settled_by_the_old_opinion(reviewed):
    with peer(opinion("block")) as reviewer:
        service = reviewed(reviewer)
        client = service.client()
        service.screen(client, "新品到店", media=MEDIA)
        service.screen(client, "新品到店，无图")
        work(service)

    outcome = client.get("/v1/contents/v-1").get_json()
    assert (outcome["version"], outcome["decision"], outcome["by"]) == (2, "pass", "screening")
    assert reviewer.got == []


@pytest.mark.parametrize("is_late", [False, True])
def test_a_content_whose_author_is_erased_while_it_waits_goes_to_a_person_without_its_text(reviewed, is_late):
    with peer(opinion("pass")) as reviewer, peer() as receiver:
        service = reviewed(reviewer)
        client = service.client()
        add_endpoint(client, receiver.url)
        for content_id, text in (("v-1", "新品到店"), ("v-2", "新品到店，电话 13912345678")):
            service.screen(client, text, content_id=content_id, author_id="9", media=MEDIA)
        erased = client.delete("/v1/people/author:9", json={"reason": "本人要求"})
        if is_late:  # as an earlier version left it
            again = update(Content).where(Content.content_id == "v-2").values(status="pending", outcome_by="screening")
            service.parts.db.write(lambda session: (session.execute(again), session.execute(delete(Case))))
        work(service)
        settled = [client.get(f"/v1/contents/{each}?shop_id=shop-1").get_json() for each in ("v-1", "v-2")]

    assert erased.status_code == 200
    assert [(each["status"], each["decision"], each["by"]) for each in settled] == [
        ("final", "pass", "reviewer"),  # nothing personal in it, so nothing of it was erased
        ("final", "review", "erasure"),
    ]
    assert len(reviewer.got) == 1
    [case] = cases_of_the_shop(client)
    assert "删除权" in case["summary"]
    outcomes = [told for *_, body in receiver.got if (told := orjson.loads(body))["type"] == "content.outcome"]
    assert {(told["data"]["content_id"], told["data"]["by"]) for told in outcomes} == {
        ("v-1", "reviewer"),
        ("v-2", "erasure"),
    }
