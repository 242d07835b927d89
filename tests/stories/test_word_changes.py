"""Single words: urgent ones, proposals, contexts that officers' decisions suggest, words that only err."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import select

from app import snapshots
from app.flows.watch_rules import write_counts
from app.flows.word_feedback import propose_retirements
from app.models import AuditRow
from tests.lists import HEAD, WORDS, in_force, make_refreshed
from tests.working import work

OWN = HEAD + "\n".join(["高仿名表", *WORDS[:12], "刷单"]) + "\n"


@pytest.fixture
def service(sqlite_database, tmp_path):
    return make_refreshed(sqlite_database, tmp_path, lists={"own": OWN}, stale_wordlists="alarm")


@pytest.fixture
def both(database, tmp_path):
    return make_refreshed(database, tmp_path, lists={"own": OWN}, stale_wordlists="alarm")


def two(service):
    clients = []
    for name in ("lin", "mei"):
        client = service.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key(name=name)}"
        clients.append(client)
    return clients


def urgent(client, word="紫云英假货", **more):
    body = {"words": [{"text": word, "verdict": "block"}], "reason": "监管通报", "urgent": True} | more
    return client.post("/v1/wordlists/own/words", json=body)


def test_an_urgent_word_is_live_at_once_and_confirmed_by_a_second_person(both):
    lin, mei = two(both)

    said = urgent(lin)
    [change] = said.get_json()["items"]

    assert (said.status_code, change["state"]) == (201, "urgent")
    assert both.screen(lin, "紫云英假货到店").get_json()["decision"] == "block"
    decide = f"/v1/wordlists/changes/{change['id']}/decide"
    own = lin.post(decide, json={"accept": True, "reason": "好"})
    assert (own.status_code, own.get_json()["type"]) == (403, "urn:weiheng:problem:same_person")
    assert mei.post(decide, json={"accept": True, "reason": "核对过"}).get_json()["state"] == "accepted"
    both.clock.advance(hours=2)
    work(both)
    assert in_force(both)["officers_counterfeit"] == ["紫云英假货"]
    assert mei.post(decide, json={"accept": True, "reason": "x"}).status_code == 409


def test_an_urgent_word_that_nobody_confirms_withdraws_itself(both):
    lin, _ = two(both)
    before = both.parts.live.current.wordlists_id
    [change] = urgent(lin).get_json()["items"]

    both.clock.advance(minutes=59)
    work(both)
    assert "officers_counterfeit" in in_force(both)
    both.clock.advance(minutes=2)
    work(both)

    assert "officers_counterfeit" not in in_force(both)
    assert both.parts.live.current.wordlists_id == before
    assert both.screen(lin, "紫云英假货到店").get_json()["decision"] == "pass"
    assert lin.get("/v1/wordlists/changes?state=withdrawn").get_json()["items"][0]["id"] == change["id"]
    with both.parts.db.read() as session:
        actions = [row.action for row in session.scalars(select(AuditRow).where(AuditRow.object_id == change["id"]))]
    assert sorted(actions) == ["word.urgent", "word.withdrawn"]


@pytest.mark.parametrize("word", ["的", "女装", "正品", "新款", "。。", "a|b"])
def test_an_urgent_word_that_would_hit_what_everybody_writes_is_refused(service, word):
    lin, _ = two(service)

    assert urgent(lin, word).status_code == 422
    assert urgent(lin, reason=" ").status_code == 422
    assert set(in_force(service)) == {"own"}


def test_two_urgent_words_one_after_the_other_are_both_live(service):
    lin, mei = two(service)
    urgent(lin)
    [second] = urgent(mei, "紫云英假酒").get_json()["items"]

    assert in_force(service)["officers_counterfeit"] == ["紫云英假货", "紫云英假酒"]
    done = lin.post(f"/v1/wordlists/changes/{second['id']}/decide", json={"accept": False, "reason": "误报"})
    assert done.get_json()["state"] == "withdrawn"
    assert in_force(service)["officers_counterfeit"] == ["紫云英假货"]


def approve_held(service, client):
    work(service)
    [source] = [
        each for each in client.get("/v1/wordlists/sources").get_json()["items"] if each["held_snapshot"] is not None
    ]
    snapshot = source["held_snapshot"]
    assert client.post(f"/v1/snapshots/{snapshot}/approve", json={"reason": "看过"}).status_code == 200
    service.clock.advance(seconds=2)
    work(service)
    return snapshot


def test_proposed_words_wait_for_a_second_person_and_survive_every_later_refresh(service, tmp_path):
    lin, mei = two(service)
    body = {"words": [{"text": "紫云英假货"}], "reason": "案件中常见"}
    [change] = lin.post("/v1/wordlists/counterfeit/words", json=body).get_json()["items"]
    assert change["state"] == "waiting"
    work(service)
    [held] = [
        each["held_snapshot"] for each in lin.get("/v1/wordlists/sources").get_json()["items"] if each["held_snapshot"]
    ]
    assert lin.post(f"/v1/snapshots/{held}/approve", json={"reason": "我自己"}).status_code == 403
    assert (
        lin.post(f"/v1/snapshots/{held}/activate", json={"reason": "词有误"}).status_code == 409
    )  # going back is no way around

    approve_held(service, mei)

    assert in_force(service)["officers_counterfeit"] == ["紫云英假货"]
    assert lin.get("/v1/wordlists/changes?state=accepted").get_json()["items"][0]["id"] == change["id"]
    assert service.screen(lin, "紫云英假货到店").get_json()["decision"] == "review"
    (tmp_path / "wordlists" / "more.txt").write_text(HEAD + "高仿皮带货\n", "utf-8")
    lin.post("/v1/wordlists/refresh")
    work(service)
    assert set(in_force(service)) == {"own", "more", "officers_counterfeit"}


def decide(client, service, number, text, outcome):
    said = service.screen(client, text, content_id=f"f-{number}").get_json()
    body = {"decision": outcome, "reason": "误报" if outcome == "pass" else "属实"}
    assert client.post(f"/v1/cases/{said['case_id']}/decide", json=body).status_code == 200
    return said


def test_a_false_alarm_proposes_a_context_and_a_person_takes_it_up(service):
    lin, mei = two(service)
    decide(lin, service, 1, "本店印刷单页宣传册", "pass")

    [proposed] = lin.get("/v1/wordlists/changes?state=proposed").get_json()["items"]
    assert (proposed["what"], proposed["word"], proposed["wordlist"]) == ("allow", "刷单", "own")
    assert "刷单" in proposed["value"]
    assert len(proposed["value"]) > 2
    taken = lin.post(f"/v1/wordlists/changes/{proposed['id']}/decide", json={"accept": True, "reason": "印刷"})
    assert taken.get_json()["state"] == "waiting"
    approve_held(service, mei)

    assert service.screen(lin, "印刷单页宣传册，彩色").get_json()["decision"] == "pass"
    assert service.screen(lin, "招刷单兼职", content_id="v-2").get_json()["decision"] == "block"


def test_hits_and_false_alarms_are_counted_and_words_that_only_err_are_proposed_for_retirement(service):
    lin, mei = two(service)
    for number in range(5):
        decide(lin, service, number, f"本店第{number}批印刷单页", "pass")
    decide(lin, service, 9, "出售高仿名表", "block")
    write_counts(service.parts)

    items = lin.get("/v1/wordlists/feedback").get_json()["items"]
    assert items[0] == {"wordlist": "own", "word": "刷单", "hits": 5, "upheld": 0, "cleared": 5, "false_bp": 10_000}
    assert items[1] == {"wordlist": "own", "word": "高仿名表", "hits": 1, "upheld": 1, "cleared": 0, "false_bp": 0}
    assert propose_retirements(service.parts, now=service.clock()) == 1
    assert propose_retirements(service.parts, now=service.clock()) == 1
    changes = lin.get("/v1/wordlists/changes?state=proposed").get_json()["items"]
    [retire] = [each for each in changes if each["what"] == "retire"]
    lin.post(f"/v1/wordlists/changes/{retire['id']}/decide", json={"accept": True, "reason": "只误报"})
    approve_held(service, mei)

    assert "刷单" not in in_force(service)["own"]


def test_a_context_or_retirement_of_nothing_is_refused(service):
    lin, _ = two(service)
    wrong = [
        {"what": "retire", "wordlist": "own", "word": "没有这个词", "reason": "x"},
        {"what": "retire", "wordlist": "nowhere", "word": "刷单", "reason": "x"},
        {"what": "allow", "wordlist": "own", "word": "刷单", "value": "不含它", "reason": "x"},
    ]

    assert [lin.post("/v1/wordlists/changes", json=body).status_code for body in wrong] == [422, 422, 422]


CSV = "词,级别,说明\n紫云英假货,高,通报\n紫云英假酒,中,\n的,高,\n紫云英假货,中,重复\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_an_uploaded_csv_is_read_waits_and_takes_force(service, encoding):
    lin, mei = two(service)
    body = {
        "name": "notified",
        "file_name": "通报.csv",
        "data": base64.b64encode(CSV.encode(encoding)).decode(),
        "format": "csv",
        "head": {"category": "counterfeit", "verdict": "review", "source": "监管通报", "owner": "legal"},
        "columns": {"word": "词", "verdict": "级别", "note": "说明"},
        "verdicts": {"高": "block", "中": "review"},
        "reason": "月度通报",
    }

    said = lin.post("/v1/wordlists/uploads", json=body)
    read = said.get_json()
    assert (said.status_code, read["words"]) == (201, 2), read
    assert read["encoding"] == encoding.replace("-sig", "-bom")
    assert [(each["line"], each["text"]) for each in read["left_out"]] == [(4, "的")]
    snapshot = approve_held(service, mei)

    assert in_force(service)["notified"] == ["紫云英假货", "紫云英假酒"]
    assert mei.get(f"/v1/snapshots/{snapshot}/canary").get_json()["holds"][0] == "由人员提出，须第二人复核"


def test_a_refused_upload_leaves_what_was_accepted_before(service):
    lin, mei = two(service)

    def upload(words, name="notified"):
        text = HEAD + "\n".join(words) + "\n"
        body = {"name": name, "file_name": "a.txt", "data": base64.b64encode(text.encode()).decode(), "reason": "x"}
        assert lin.post("/v1/wordlists/uploads", json=body).status_code == 201
        service.clock.advance(seconds=2)
        work(service)

    upload(["紫云英假货"])
    approve_held(service, mei)
    upload(["紫云英假酒"])
    [held] = [
        each["held_snapshot"] for each in mei.get("/v1/wordlists/sources").get_json()["items"] if each["held_snapshot"]
    ]
    mei.post(f"/v1/snapshots/{held}/refuse", json={"reason": "不要"})
    upload(["另一张单子"], name="other")
    approve_held(service, mei)

    assert in_force(service)["notified"] == ["紫云英假货"]
    assert in_force(service)["other"] == ["另一张单子"]


def test_whoever_uploads_a_list_again_may_not_let_it_in_either(service):
    lin, mei = two(service)

    def upload(words):
        data = base64.b64encode((HEAD + "\n".join(words) + "\n").encode()).decode()
        body = {"name": "notified", "file_name": "a.txt", "data": data, "reason": "x"}
        assert lin.post("/v1/wordlists/uploads", json=body).status_code == 201
        service.clock.advance(seconds=2)
        work(service)
        return next(
            each["held_snapshot"]
            for each in mei.get("/v1/wordlists/sources").get_json()["items"]
            if each["held_snapshot"]
        )

    upload(["紫云英假货"])
    approve_held(service, mei)

    held = upload(["紫云英假酒"])

    assert lin.post(f"/v1/snapshots/{held}/approve", json={"reason": "我自己"}).status_code == 403
    assert mei.post(f"/v1/snapshots/{held}/approve", json={"reason": "看过"}).status_code == 200


def test_a_wrong_upload_names_its_places(service):
    lin, _ = two(service)

    def sent(data, **more):
        body = {"name": "notified", "file_name": "x", "data": base64.b64encode(data).decode(), "reason": "x"} | more
        return lin.post("/v1/wordlists/uploads", json=body)

    assert sent(b"<html></html>").status_code == 422
    assert sent("没有头\n".encode()).status_code == 422
    assert (
        sent(CSV.encode(), format="csv", columns={"word": "没有"}).get_json()["errors"][0]["field"]
        == "wordlists/notified:1"
    )
    assert sent(OWN.encode(), name="own").status_code == 422
    assert (
        lin.post("/v1/wordlists/uploads", json={"name": "n", "file_name": "x", "data": "?", "reason": "x"}).status_code
        == 422
    )


def test_an_urgent_word_leaves_edits_that_were_made_elsewhere_known(service):
    lin, _ = two(service)
    before = service.parts.live.current.wordlists_id
    edits = [{"path": "own.txt", "text": OWN.replace("刷单", "刷单货")}]
    assert lin.post("/v1/snapshots", json={"kind": "wordlists", "reason": "x", "edits": edits}).status_code == 201

    assert urgent(lin).status_code == 201

    with service.parts.db.read() as session:
        assert snapshots.pointer(session, "wordlists").edits_of == before


def test_a_key_bound_to_shops_changes_no_words_which_count_in_all_of_them(service):
    bound = service.client("wordlists", shops=["shop-1"])
    body = {"name": "n", "file_name": "x", "data": base64.b64encode(OWN.encode()).decode(), "reason": "x"}
    active = service.parts.live.current.wordlists_id
    files = {"kind": "wordlists", "reason": "x", "files": {"categories.yaml": "", "own.txt": OWN}}

    assert urgent(bound).status_code == 403
    assert bound.post("/v1/wordlists/uploads", json=body).status_code == 403
    assert bound.post("/v1/snapshots", json=files).status_code == 403
    assert bound.post(f"/v1/snapshots/{active}/activate", json={"reason": "词有误"}).status_code == 403
    assert bound.get("/v1/wordlists").status_code == 200


def test_going_back_takes_officers_words_back_too(service, tmp_path):
    lin, mei = two(service)
    before = service.parts.live.current.wordlists_id
    lin.post("/v1/wordlists/counterfeit/words", json={"words": [{"text": "紫云英假货"}], "reason": "x"})
    approve_held(service, mei)
    assert "officers_counterfeit" in in_force(service)

    assert lin.post(f"/v1/snapshots/{before}/activate", json={"reason": "词有误"}).status_code == 200
    (tmp_path / "wordlists" / "more.txt").write_text(HEAD + "高仿皮带货\n", "utf-8")
    lin.post("/v1/wordlists/refresh")
    work(service)

    assert set(in_force(service)) == {"own", "more"}
