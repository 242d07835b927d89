"""By whatever door an ordinary word comes into a list, it waits for a second person and stops nobody meanwhile."""

from __future__ import annotations

import shutil

import pytest

from app.errors import BadDefinition, Forbidden
from app.flows.accept_without import accept_without
from app.flows.decide_candidate import decide_candidate
from app.flows.follow_snapshots import follow_once
from app.flows.publish_snapshot import publish
from app.jobs.open_parts import prepare
from app.settings import PROJECT
from tests.service import START, make_service

LIST = "# category: counterfeit\n# verdict: {verdict}\n# source: 商标法第五十七条\n# owner: test\n{word}\n"
HONEST = "秋冬新款女装连衣裙"


@pytest.fixture
def folder(tmp_path):
    """The shipped categories and one small list, so that a service is ready in no time."""
    wordlists = tmp_path / "wordlists"
    wordlists.mkdir()
    shutil.copy(PROJECT / "wordlists" / "categories.yaml", wordlists / "categories.yaml")
    (wordlists / "first.txt").write_text(LIST.format(word="紫云英牌复刻", verdict="block"), encoding="utf-8")
    return wordlists


@pytest.fixture
def service(one_database, folder, tmp_path):
    made = make_service(one_database, tmp_path / "data", wordlists_dir=folder)
    prepare(made.parts)
    return made


def published(service):
    return publish(service.parts.db, service.parts.settings, "wordlists", by="cli", now=START)


def decision(service, text):
    return service.screen(service.client("screen"), text).get_json()["decision"]


@pytest.mark.parametrize("word", ["女装", "正品"])
@pytest.mark.parametrize("verdict", ["block", "review"])
def test_a_saved_file_with_an_ordinary_word_waits_and_the_word_stops_nobody(service, folder, word, verdict):
    (folder / "trial.txt").write_text(LIST.format(word=word, verdict=verdict), encoding="utf-8")

    found = published(service)
    follow_once(service.parts)

    assert (found.waiting, found.changed) == (True, False)
    assert any("正常样本" in hold and word in hold for hold in found.holds)
    assert decision(service, HONEST) == "pass"


def test_the_same_word_sent_over_http_waits_and_says_why(service):
    text = LIST.format(word="女装", verdict="block")
    body = {"kind": "wordlists", "reason": "加一个词", "edits": [{"path": "trial.txt", "text": text}]}
    client = service.client("wordlists")

    said = client.post("/v1/snapshots", json=body)
    listed = client.get("/v1/snapshots", query_string={"kind": "wordlists"}).get_json()["items"]

    assert (said.status_code, said.get_json()["state"]) == (201, "waiting")
    assert "女装" in said.get_json()["holds"][0]
    assert [each["waiting"]["holds"] for each in listed if each["waiting"]] == [said.get_json()["holds"]]


def test_a_second_person_may_want_it_all_the_same(service, folder):
    (folder / "trial.txt").write_text(LIST.format(word="女装", verdict="review"), encoding="utf-8")
    found = published(service)

    decide_candidate(service.parts, found.snapshot_id, approve=True, reason="本平台不售女装", by="lead", now=START)
    follow_once(service.parts)

    assert decision(service, HONEST) == "review"


def test_a_word_that_no_honest_title_has_takes_force_at_once(service, folder):
    (folder / "trial.txt").write_text(LIST.format(word="紫云英牌高仿", verdict="block"), encoding="utf-8")

    found = published(service)

    assert (found.waiting, found.changed, found.holds) == (False, True, ())


def test_honest_titles_that_are_stopped_already_hold_no_other_word_back(service, folder):
    (folder / "trial.txt").write_text(LIST.format(word="女装", verdict="review"), encoding="utf-8")
    first = published(service)
    decide_candidate(service.parts, first.snapshot_id, approve=True, reason="本平台不售女装", by="lead", now=START)

    (folder / "more.txt").write_text(LIST.format(word="紫云英牌高仿", verdict="block"), encoding="utf-8")

    assert published(service).changed


def test_a_saved_list_with_the_name_of_an_officers_list_is_refused_and_not_lost(service, folder):
    (folder / "officers_counterfeit.txt").write_text(
        LIST.format(word="紫云英牌高仿", verdict="block"), encoding="utf-8"
    )

    with pytest.raises(BadDefinition) as refused:
        published(service)

    assert [problem.field for problem in refused.value.problems] == ["wordlists/officers_counterfeit.txt"]


def test_a_saved_file_is_let_in_without_the_ordinary_word_and_the_next_save_does_not_bring_it_back(service, folder):
    (folder / "trial.txt").write_text(LIST.format(word="女装\n紫云英山寨", verdict="block"), encoding="utf-8")
    waiting = published(service).snapshot_id

    with pytest.raises(Forbidden):
        accept_without(service.parts, waiting, left_out=[("trial", "女装")], reason="误伤", by="cli", now=START)
    accept_without(service.parts, waiting, left_out=[("trial", "女装")], reason="误伤", by="mei", now=START)
    follow_once(service.parts)

    assert decision(service, HONEST) == "pass"
    assert decision(service, "紫云英山寨包邮") == "block"
    assert not published(service).changed
    (folder / "trial.txt").write_text(
        LIST.format(word="女装\n紫云英山寨\n紫云英冒牌", verdict="block"), encoding="utf-8"
    )
    assert published(service).changed
    follow_once(service.parts)
    assert (decision(service, HONEST), decision(service, "紫云英冒牌包邮")) == ("pass", "block")
