"""Words in a cover: read on this machine, judged like any other text, and shown with the case."""

from __future__ import annotations

import hashlib

import orjson
import pytest

from app.models import Case
from tests.console import put_officer, sign_in
from tests.peers import answering
from tests.pictures import picture
from tests.service import make_service
from tests.stories.test_reviewers import opinions, work

COVERS = {
    "/bad.png": picture("药到病除 根治糖尿病", "全网最低价"),
    "/clean.png": picture("今日新品到店", "颜色很多"),
    "/phone.png": picture("联系 13812345678"),
}


@pytest.fixture
def covers():
    def play(_method, path, *_):
        return (200, {}, COVERS[path]) if path in COVERS else (404, {}, b"")

    with answering(play) as url:
        yield url


@pytest.fixture
def service(one_database, judge, tmp_path):
    made = make_service(one_database, tmp_path, judge, reviewers=orjson.dumps({"ocr": {}}).decode())
    yield made
    for each in made.parts.reviewers:
        if each.name == "ocr":
            each._reader.close()


def submit(service, client, url, content_id, **more):
    media = [{"type": "image", "url": url} | more]
    return service.screen(client, "新品到店", content_id=content_id, media=media).get_json()


def test_a_covers_words_finish_the_screening_as_if_they_had_been_sent(service, covers):
    client = service.client()
    digest = hashlib.sha256(COVERS["/clean.png"]).hexdigest()
    waiting = [
        submit(service, client, f"{covers}/bad.png", "c-bad"),
        submit(service, client, f"{covers}/clean.png", "c-clean", sha256=digest),
        submit(service, client, f"{covers}/phone.png", "c-phone"),
        submit(service, client, f"{covers}/clean.png", "c-other", sha256="0" * 64),
    ]
    work(service)
    said = {each["content_id"]: client.get(f"/v1/contents/{each['content_id']}").get_json() for each in waiting}

    assert {each["status"] for each in waiting} == {"pending"}
    assert {each["status"] for each in said.values()} == {"final"}
    assert [said[name]["decision"] for name in ("c-bad", "c-clean", "c-phone", "c-other")] == [
        "block",
        "pass",
        "review",
        "review",
    ]
    assert "画面文字识别未给出意见" in said["c-other"]["reason"]
    assert "13812345678" not in str(opinions(service)["ocr"].facts)

    cases = {each["content_id"]: each for each in client.get("/v1/cases").get_json()["items"]}
    assert set(cases) == {"c-bad", "c-phone", "c-other"}
    [heard] = client.get(f"/v1/cases/{cases['c-bad']['id']}/opinions").get_json()["items"]
    hits = [(line["text"][hit["start"] : hit["end"]], hit["verdict"]) for line in heard["read"] for hit in line["hits"]]
    assert [line["text"] for line in heard["read"]][-1] == "全网最低价"
    assert any(word in text for text, _ in hits for word in ("药到病除", "根治")), hits
    assert "命中" in cases["c-bad"]["summary"]
    [other] = client.get(f"/v1/cases/{cases['c-other']['id']}/opinions").get_json()["items"]
    assert (other["state"], other["why"], other["read"]) == ("abstained", "another_file", [])

    put_officer(service)
    browser, _ = sign_in(service)
    page = browser.get(f"/console/cases/{cases['c-bad']['id']}").text
    assert '<mark class="hit-block"' in page.partition("picture-lines")[2]
    assert "与送审时的文件不同" in browser.get(f"/console/cases/{cases['c-other']['id']}").text


def test_where_reading_is_not_enough_a_person_looks_at_once_and_hears_the_words_later(
    one_database, judge, tmp_path, covers
):
    given = orjson.dumps({"ocr": {"suffices": False, "max_bytes": 1024}}).decode()
    service = make_service(one_database, tmp_path, judge, reviewers=given)
    client = service.client()

    said = submit(service, client, f"{covers}/clean.png", "c-1")
    work(service)
    with service.parts.db.read() as session:
        case = session.get(Case, said["case_id"])
    [heard] = client.get(f"/v1/cases/{case.id}/opinions").get_json()["items"]

    assert said["decision"] == "review"
    assert (heard["state"], heard["why"]) == ("abstained", "too_large")
