"""A rule author tries a change on last week's traffic, over HTTP and at the command line."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import text

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
