"""Wordlists that nobody has checked for too long: an alarm, contents that wait, and nothing that slips through."""

from __future__ import annotations

import orjson
import pytest

from app.flows.follow_snapshots import follow_once
from app.flows.refresh_wordlists import refresh_wordlists
from app.jobs.schedule import WATCH_WORDLISTS
from app.models import Case, WaitingScreening
from tests.lists import WORDS, list_server, make_refreshed, signed_source
from tests.peers import peer
from tests.stories.test_webhooks import add_endpoint
from tests.working import work


@pytest.fixture
def server():
    with list_server() as plays:
        plays.give(WORDS[:10])
        yield plays


def make(database, folder, server, **settings):
    service = make_refreshed(database, folder, signed_source(server), wordlist_timeout_s=1, **settings)
    refresh(service)
    return service


def refresh(service):
    run = refresh_wordlists(service.parts, by="test")
    follow_once(service.parts)
    return run


def later(service, **span):
    service.clock.advance(**span)
    follow_once(service.parts)


def rows(service, model):
    from sqlalchemy import func, select

    with service.parts.db.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def screen(service, client, content_id, text="今天天气不错", **more):
    return service.screen(client, text, content_id=content_id, **more).get_json()


def test_what_would_pass_waits_without_a_case_and_is_screened_again_by_itself(database, tmp_path, server):
    service = make(database, tmp_path, server, wordlist_new_blocks_bp=10_000)
    client = service.client()
    with peer() as receiver:
        add_endpoint(client, receiver.url, event_types=["content.outcome", "wordlists.stale"])
        later(service, seconds=3_601)

        passes, stopped = screen(service, client, "v-1"), screen(service, client, "v-2", f"卖{WORDS[2]}")
        again = screen(service, client, "v-1")
        hit_later = screen(service, client, "v-3", f"卖{WORDS[10]}")
        cases = rows(service, Case)
        work(service, WATCH_WORDLISTS)
        still = client.get("/v1/contents/v-1").get_json()
        server.give(WORDS[:11])
        refresh(service)
        later(service, seconds=61)
        work(service, WATCH_WORDLISTS)

    assert (passes["status"], passes["decision"], passes["case_id"]) == ("pending", "review", None)
    assert "词库" in passes["doubts"][0]
    assert again == passes
    assert (stopped["status"], stopped["decision"]) == ("final", "block")
    assert (hit_later["status"], cases) == ("pending", 1)
    assert still["status"] == "pending"
    settled = [client.get(f"/v1/contents/v-{number}").get_json() for number in (1, 3)]
    assert [(each["status"], each["decision"], each["by"]) for each in settled] == [
        ("final", "pass", "screening"),
        ("final", "block", "screening"),
    ]
    assert (rows(service, Case), rows(service, WaitingScreening)) == (2, 0)
    told = [orjson.loads(body) for *_, body in receiver.got]
    assert [each["data"]["level"] for each in told if each["type"] == "wordlists.stale"] == ["stale"]
    outcomes = [each["data"]["decision"] for each in told if each["type"] == "content.outcome"]
    assert sorted(outcomes) == ["block", "pass"]


@pytest.mark.parametrize(
    ("age_s", "status"), [(3_600, "final"), (3_601, "final"), (7_200, "final"), (7_201, "pending")]
)
def test_where_stale_lists_only_raise_an_alarm_expired_ones_stop_all_the_same(
    sqlite_database, tmp_path, server, age_s, status
):
    service = make(sqlite_database, tmp_path, server, stale_wordlists="alarm")
    later(service, seconds=age_s)

    assert screen(service, service.client(), "v-1")["status"] == status


@pytest.mark.parametrize("age_s", [0, 3_600])
def test_fresh_lists_let_pass(sqlite_database, tmp_path, server, age_s):
    service = make(sqlite_database, tmp_path, server)
    later(service, seconds=age_s)

    said = screen(service, service.client(), "v-1")

    assert (said["status"], said["decision"], said["doubts"]) == ("final", "pass", [])


def hang(server):
    server.hang_s = 0.4


def fail(server):
    server.status = 500


def html(server):
    server.files["/manifest.json"] = b"<html><body>login</body></html>"


def empty(server):
    server.files["/manifest.json"] = b""


def none(_server):
    """The same as yesterday."""


def half(server):
    server.give(WORDS[:5])


@pytest.mark.parametrize(
    ("happens", "status"),
    [(None, "pending"), (hang, "pending"), (fail, "pending"), (html, "pending"), (empty, "pending"),
     (none, "final"), (half, "final")],
)  # fmt: skip
def test_age_counts_from_the_last_completed_check_whatever_happens(sqlite_database, tmp_path, server, happens, status):
    service = make(sqlite_database, tmp_path, server)
    client = service.client()
    later(service, minutes=50)
    if happens is not None:  # None: the job has stopped
        server.give(WORDS[:10]) if happens in {hang, html, empty} else None
        happens(server)
        refresh(service)

    later(service, minutes=20)

    assert screen(service, client, "v-1")["status"] == status
    assert screen(service, client, "v-2", f"卖{WORDS[9]}")["decision"] == "block"


def test_an_installation_without_other_sources_counts_its_own_check(sqlite_database, tmp_path):
    service = make_refreshed(sqlite_database, tmp_path)
    client = service.client()
    later(service, minutes=50)
    assert refresh(service).state == "unchanged"
    later(service, minutes=50)
    fresh = screen(service, client, "v-1")
    later(service, minutes=50)

    assert fresh["status"] == "final"
    assert screen(service, client, "v-2")["status"] == "pending"


def test_age_is_told_to_those_who_watch(sqlite_database, tmp_path, server):
    service = make(sqlite_database, tmp_path, server)
    client = service.client()
    ages = []
    for _ in range(3):
        follow_once(service.parts)
        ready = client.get("/readyz")
        ages.append((ready.status_code, ready.get_json()["checks"]["wordlist_age"]))
        metrics = client.get("/metrics").get_data(as_text=True)
        assert f"weiheng_wordlist_stale {len(ages) - 1}.0" in metrics
        assert client.get("/v1/wordlists/sources").get_json()["freshness"]["age_s"] == (len(ages) - 1) * 4_000
        service.clock.advance(seconds=4_000)

    assert ages == [
        (200, "ok; checked 0 s ago"),
        (200, "stale; checked 4000 s ago"),
        (200, "expired; checked 8000 s ago"),
    ]


def test_media_that_a_reviewer_let_pass_wait_for_fresh_lists_too(sqlite_database, tmp_path, server):
    media = [{"type": "image", "url": "https://cdn.example.com/1.jpg"}]
    opinion = orjson.dumps({"verdict": "pass", "score_bp": 9_000, "reason": ""})
    with peer((200, opinion)) as reviewer:
        service = make(sqlite_database, tmp_path, server, reviewer_url=reviewer.url, reviewer_token="t" * 8)
        client = service.client()
        later(service, seconds=3_601)
        screen(service, client, "v-1", media=media)
        work(service, WATCH_WORDLISTS)
        waiting = client.get("/v1/contents/v-1").get_json()
        refresh(service)
        later(service, seconds=61)
        work(service, WATCH_WORDLISTS)

    assert waiting["status"] == "pending"
    assert client.get("/v1/contents/v-1").get_json()["decision"] == "pass"


def test_what_a_reviewer_labelled_goes_to_a_person_and_does_not_lose_its_label_by_waiting(
    sqlite_database, tmp_path, server
):
    media = [{"type": "image", "url": "https://cdn.example.com/1.jpg"}]
    opinion = orjson.dumps({"verdict": "label", "score_bp": 9_000, "reason": "AI 生成"})
    with peer((200, opinion)) as reviewer:
        service = make(sqlite_database, tmp_path, server, reviewer_url=reviewer.url, reviewer_token="t" * 8)
        client = service.client()
        later(service, seconds=3_601)
        screen(service, client, "v-1", media=media)
        work(service, WATCH_WORDLISTS)

    assert client.get("/v1/contents/v-1").get_json()["decision"] == "review"
    assert (rows(service, Case), rows(service, WaitingScreening)) == (1, 0)


def test_an_explanation_of_a_content_that_waited_does_not_differ(sqlite_database, tmp_path, server):
    service = make(sqlite_database, tmp_path, server)
    client = service.client()
    later(service, seconds=3_601)
    said = screen(service, client, "v-1")

    why = client.get(f"/v1/screenings/{said['screening_id']}/why").get_json()

    assert why["replayed"]["same"], why["replayed"]
