"""A rule author tries a change on last week's traffic, over HTTP and at the command line."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import text

from app import snapshots
from app.cli import main
from tests.backtests import CANARY, candidate_files, screen_week, write_folders
from tests.service import START, make_service
from tests.working import work


def ask(service, client, *, headers=None, **more):
    body = {
        "candidate": {"wordlists": candidate_files()["wordlists"]},
        "from_at": START.isoformat(),
        "to_at": service.clock().isoformat(),
    }
    return client.post("/v1/backtests", json=body | more, headers=headers or {})


def test_a_change_is_tried_in_the_background_and_its_result_read(service):
    screen_week(service, 60)
    client = service.client("rules")

    started = ask(service, client)
    said = started.get_json()
    work(service)
    ended = client.get(f"/v1/backtests/{said['id']}").get_json()

    assert started.status_code == 202
    assert (said["state"], said["progress"], said["result"]) == ("running", {"done": 0, "total": 60}, None)
    assert said["candidate"]["tried"] == ["wordlists"]
    assert (ended["state"], ended["progress"]) == ("done", {"done": 60, "total": 60})
    assert ended["result"]["looked_at"] == 60
    assert ended["result"]["changed"] > 0
    [listed] = client.get("/v1/backtests").get_json()["items"]
    assert listed["id"] == said["id"]
    assert "result" not in listed


def test_changed_decisions_are_read_as_csv(service):
    screen_week(service, 60)
    client = service.client("rules")
    backtest_id = ask(service, client).get_json()["id"]
    assert client.get(f"/v1/backtests/{backtest_id}?format=csv").status_code == 409
    work(service)

    answer = client.get(f"/v1/backtests/{backtest_id}?format=csv")

    result = client.get(f"/v1/backtests/{backtest_id}").get_json()["result"]
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert answer.mimetype == "text/csv"
    assert len(rows) == result["changed"]
    assert all(row["before"] != row["after"] and row["words"] for row in rows)
    assert CANARY not in answer.get_data(as_text=True)


def test_asking_twice_makes_two_runs_but_not_with_the_same_idempotency_key(service):
    screen_week(service, 5)
    client = service.client("rules")

    ids = [ask(service, client).get_json()["id"] for _ in range(2)]
    once = [ask(service, client, headers={"Idempotency-Key": "k-1"}).get_json()["id"] for _ in range(2)]

    assert len({*ids, *once}) == 3
    assert once[0] == once[1]


def test_a_run_is_cancelled_and_stays_so(service):
    screen_week(service, 5)
    client = service.client("rules")
    backtest_id = ask(service, client).get_json()["id"]

    said = client.post(f"/v1/backtests/{backtest_id}/cancel").get_json()
    work(service)

    assert said["state"] == "cancelled"
    assert client.get(f"/v1/backtests/{backtest_id}").get_json()["state"] == "cancelled"
    assert client.post(f"/v1/backtests/{backtest_id}/cancel").status_code == 200


def test_a_bad_candidate_is_refused_with_file_and_line(service):
    screen_week(service, 1)
    words = candidate_files()["wordlists"]
    words["trial.txt"] += "晨雾牌\n"

    refused = ask(service, service.client("rules"), candidate={"wordlists": words})

    assert refused.status_code == 422
    assert refused.get_json()["type"].endswith("bad_definition")
    assert "trial.txt:6" in refused.get_json()["errors"][0]["field"]


@pytest.mark.parametrize("candidate", [{}, {"rules": None}, {"rules": {}}, {"rules": "latest"}, {"words": {"a": "b"}}])
def test_what_is_no_candidate_is_refused(sqlite_service, candidate):
    assert ask(sqlite_service, sqlite_service.client("rules"), candidate=candidate).status_code == 422


def test_a_key_sees_and_looks_at_its_own_shops_only(service):
    screened = screen_week(service, 60)
    bound, everywhere = service.client("rules", shops=["shop-1"]), service.client("rules")

    of_all = ask(service, everywhere).get_json()["id"]
    own = ask(service, bound).get_json()
    foreign = ask(service, bound, shop_ids=["shop-2"])
    work(service)

    assert foreign.status_code == 403
    assert own["shop_ids"] == ["shop-1"]
    looked_at = bound.get(f"/v1/backtests/{own['id']}").get_json()["result"]["looked_at"]
    assert looked_at == sum(content.shop_id == "shop-1" for content, _ in screened)
    assert bound.get(f"/v1/backtests/{of_all}").status_code == 404
    assert bound.post(f"/v1/backtests/{of_all}/cancel").status_code == 404
    assert [each["id"] for each in bound.get("/v1/backtests").get_json()["items"]] == [own["id"]]
    assert service.client("screen").get("/v1/backtests").status_code == 403


@pytest.fixture
def service(one_database, few_judge, tmp_path, few):
    """SQLite alone: each database is told apart in the tests of the flows."""
    return make_service(one_database, tmp_path, few_judge, **few)


@pytest.fixture
def shop(database, few_judge, few, tmp_path, monkeypatch):
    """A service with a week behind it, and the environment in which a command finds its database and keys."""
    monkeypatch.setenv("WEIHENG_DATABASE_URL", database.url)
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(tmp_path))
    service = make_service(database, tmp_path, few_judge, **few)
    screen_week(service, 120)
    write_folders(candidate_files(), tmp_path / "draft")
    with time_machine.travel(service.clock()):  # a command asks the real clock
        yield service


def run(*words):
    return CliRunner().invoke(main, ["rules", "backtest", *map(str, words)])


@pytest.mark.parametrize("processes", [2])
def test_the_command_gives_the_services_result_and_changes_nothing(shop, tmp_path, processes):
    draft, target = tmp_path / "draft", tmp_path / "result.json"
    client = shop.client("rules")
    from_at, to_at = START.isoformat(), shop.clock().isoformat()
    work(shop)  # what the service tells itself, of the age of its lists, is told once
    backtest_id = ask(shop, client, candidate=candidate_files()).get_json()["id"]
    work(shop)
    before = fingerprint(shop.parts.db)
    if shop.parts.db.lock is not None:
        shop.parts.db.lock.acquire()  # as a running service holds it

    result = run(
        draft / "rules",
        *("--wordlists", draft / "wordlists", "--from", from_at, "--to", to_at),
        *("--json", target, "-j", processes),
    )

    assert result.exit_code == 0, result.output
    assert json.loads(target.read_text("utf-8")) == client.get(f"/v1/backtests/{backtest_id}").get_json()["result"]
    assert fingerprint(shop.parts.db) == before
    for told in ("120 contents", "decisions would change", "S2-05", "晨雾牌", "No officer"):
        assert told in result.output
    assert CANARY not in result.output


def test_the_command_tries_a_stored_snapshot_on_one_shop(shop):
    active = shop.parts.live.current.rules_id

    result = run("--snapshot", active, "--from", "2026-11-23", "--to", "2026-11-24", "--shop", "shop-1")

    assert result.exit_code == 0, result.output
    assert "0 decisions would change" in result.output
    assert "120 contents" not in result.output


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--from", "last week"], 2, "expected a day like"),
        (["--from", "2026-11-16T00:00:00"], 2, "offset"),
        (["--from", "2026-11-24", "--to", "2026-11-23"], 1, "period is empty"),
        (["--from", "2026-11-16", "--snapshot", "sha256:00"], 1, "no snapshot"),
        ([], 2, "--from"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_a_wrong_use_of_the_command_is_told(words, code, told):
    result = run(*words)

    assert result.exit_code == code
    assert told in result.output


@pytest.mark.usefixtures("shop")
def test_the_command_names_every_problem_of_a_bad_folder(tmp_path):
    pack = Path(tmp_path, "draft/rules/content/pack.yaml")
    pack.write_text(pack.read_text("utf-8").replace("status: live", "status: alive", 1), "utf-8")

    result = run(tmp_path / "draft/rules", "--from", "2026-11-23")

    assert result.exit_code == 1
    assert "rules/content/pack.yaml:" in result.output


def fingerprint(database):
    """All rows of every table, as one digest."""
    from app.models import Base

    digest = hashlib.sha256()
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(text(f"SELECT * FROM {table.name}")).all()
            digest.update(repr(sorted(map(repr, rows))).encode())
    return digest.hexdigest()


def tried(service, client, candidate, **more):
    """What a change of what is in force would have done."""
    started = ask(service, client, candidate=candidate, **more)
    assert started.status_code == 202, started.text
    work(service)
    return client.get(f"/v1/backtests/{started.get_json()['id']}").get_json()


def in_force(service):
    with service.parts.db.read() as session:
        return {kind: snapshots.pointer(session, kind).snapshot_id for kind in snapshots.KINDS}


def test_a_word_is_tried_before_anybody_proposes_it_and_nothing_is_kept(service):
    screened = screen_week(service, 60)
    client, before = service.client("rules", "wordlists"), in_force(service)
    written = sum("晨雾牌" in content.fields["text"] for content, _ in screened)

    word = {"category": "counterfeit", "word": "晨雾牌", "verdict": "block"}
    found = tried(service, client, {"word": word})

    assert found["candidate"]["tried"] == ["wordlists"]
    assert 0 < written == found["result"]["changed"]
    assert {(each["word"], each["after"]) for each in found["result"]["words"]} == {("晨雾牌", written)}
    assert in_force(service) == before
    assert client.get("/v1/wordlists/changes").get_json()["items"] == []


def test_a_file_is_tried_as_the_list_it_would_be(service):
    screened = screen_week(service, 60)
    head = {"category": "counterfeit", "verdict": "review", "source": "通报", "owner": "upload"}
    file = {"name": "notified", "data": base64.b64encode("晨雾牌\n雪顶牌\n".encode()).decode(), "format": "lines"}

    found = tried(service, service.client("rules"), {"upload": file | {"head": head}})

    written = sum("晨雾牌" in content.fields["text"] for content, _ in screened)
    lists = {each["wordlist"]: each["after"] for each in found["result"]["wordlists"]}
    assert lists["notified"] == found["result"]["changed"] == written


def test_what_feedback_proposed_is_tried_by_its_id(service):
    client = service.client("rules", "wordlists", "screen", "cases")
    case = service.screen(client, "全网最佳面膜 玫瑰味", content_id="f-1").get_json()["case_id"]
    said = {"decision": "pass", "reason": "误报"}
    assert client.post(f"/v1/cases/{case}/decide", json=said).status_code == 200
    service.clock.advance(minutes=1)
    [change] = client.get("/v1/wordlists/changes").get_json()["items"]

    found = tried(service, client, {"change_id": change["id"]})

    assert found["result"]["changed"] == 1
    assert client.get("/v1/wordlists/changes").get_json()["items"] == [change]


def test_a_parameter_and_a_word_are_tried_together_with_the_examples_that_hold_no_more_put_aside(service):
    screen_week(service, 30)
    client, before = service.client("rules"), in_force(service)
    edits = [{"pack": "content", "parameter": "health_food_categories", "value": ["文具"]}]
    candidate = {"edits": edits, "word": {"category": "counterfeit", "word": "晨雾牌"}}

    refused = ask(service, client, candidate=candidate)
    found = tried(service, client, candidate, examples_aside=True)
    wrong = ask(service, client, candidate={"edits": [edits[0] | {"value": 7}]}, examples_aside=True)

    assert (refused.status_code, refused.get_json()["type"].rpartition(":")[2]) == (422, "bad_definition")
    assert all("examples.yaml:" in each["field"] for each in refused.get_json()["errors"])
    assert found["candidate"]["tried"] == ["rules", "wordlists"]
    assert found["candidate"]["rules"] != before["rules"]
    assert found["result"]["looked_at"] == 30
    assert wrong.status_code == 422  # nothing but examples is put aside
    assert in_force(service) == before


@pytest.mark.parametrize(
    ("candidate", "told"),
    [
        ({}, "nothing to try"),
        ({"word": {"word": "晨雾牌"}}, "category"),
        ({"word": {"what": "retire", "category": "counterfeit", "word": "最佳"}}, "wordlist"),
        ({"word": {"category": "none", "word": "晨雾牌"}}, "none"),
        ({"word": {"category": "counterfeit", "word": "晨雾牌"}, "change_id": "x"}, "send one of"),
        ({"rules": "sha256:" + "0" * 64, "edits": [{"rule": "S2-05", "status": "shadow"}]}, "send one of"),
        ({"edits": [{"rule": "S0-00", "status": "shadow"}]}, "S0-00"),
        ({"upload": {"name": "absolute_terms", "data": "eA==", "format": "lines"}}, ""),
    ],
)
def test_a_change_that_cannot_be_tried_is_refused_and_no_run_begun(service, candidate, told):
    client = service.client("rules")
    screen_week(service, 1)

    answer = ask(service, client, candidate=candidate)

    assert answer.status_code == 422
    assert told in answer.text
    assert client.get("/v1/backtests").get_json()["items"] == []


def test_a_change_is_tried_by_keys_of_rules_alone(service):
    screen_week(service, 1)
    word = {"word": {"category": "counterfeit", "word": "晨雾牌"}}

    assert ask(service, service.client("wordlists"), candidate=word).status_code == 403
    assert ask(service, service.client("rules"), candidate={"change_id": "01a2-none"}).status_code == 404
