"""Contents with media wait for a slow reviewer: pending first, settled later, and told by a webhook."""

from __future__ import annotations

import orjson
import pytest

from tests.peers import peer
from tests.service import make_service
from tests.stories.test_webhooks import add_endpoint, work

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
