"""A key may ask for so much in a minute, whoever serves it; its answers say how much is left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy.event import listen

from app.access import set_rate
from app.cli import main
from app.models import ApiKey
from app.web.application import create_app
from tests.service import make_service


@pytest.fixture
def limited(database, judge, tmp_path):
    return make_service(database, tmp_path, judge, rate_per_minute=60, rate_burst_s=10)


def test_the_burst_is_answered_then_429_says_when_to_come_back(limited):
    client = limited.client("screen")

    answers = [client.get("/v1/screenings/none") for _ in range(11)]

    assert [each.status_code for each in answers] == [404] * 10 + [429]
    assert answers[0].headers["RateLimit-Limit"] == "10"
    assert answers[0].headers["RateLimit-Policy"] == "10;w=10"
    assert [int(each.headers["RateLimit-Remaining"]) for each in answers] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]
    refused = answers[-1]
    assert refused.mimetype == "application/problem+json"
    assert refused.get_json()["type"] == "urn:weiheng:problem:rate_limited"
    assert refused.headers["Retry-After"] == "1"
    limited.clock.advance(seconds=1)
    assert [client.get("/v1/screenings/none").status_code for _ in range(2)] == [404, 429]


def test_one_keys_use_is_not_anothers(limited):
    busy, quiet = limited.client("screen"), limited.client("screen")
    for _ in range(11):
        last = busy.get("/v1/screenings/none")

    assert last.status_code == 429
    assert quiet.get("/v1/screenings/none").status_code == 404


def test_a_batch_costs_what_it_holds_and_is_waited_for_afterwards(limited):
    client = limited.client("screen")
    items = [{"content_id": f"v-{n}", "kind": "comment", "shop_id": "s", "text": "很好用"} for n in range(30)]

    first = client.post("/v1/screenings/batch", json={"items": items})

    assert first.status_code == 200
    assert first.headers["RateLimit-Remaining"] == "0"
    assert first.headers["RateLimit-Reset"] == "30"
    limited.clock.advance(seconds=20)
    assert client.get("/v1/screenings/none").status_code == 429
    limited.clock.advance(seconds=1)
    assert client.get("/v1/screenings/none").status_code == 404


def test_a_key_has_a_rate_of_its_own_or_none(limited):
    client = limited.client("screen")
    with limited.parts.db.read() as session:
        [key] = session.query(ApiKey).all()

    def give(rate):
        limited.parts.db.write(lambda session: set_rate(session, key.id, rate))
        limited.app.extensions["callers"]._seen.clear()

    give(6)
    assert [client.get("/v1/screenings/none").status_code for _ in range(2)] == [404, 429]
    give(0)
    answers = [client.get("/v1/screenings/none") for _ in range(30)]
    assert {each.status_code for each in answers} == {404}
    assert "RateLimit-Limit" not in answers[0].headers


def test_without_a_rate_nothing_is_counted_or_said(service):
    answer = service.client("screen").get("/v1/screenings/none")

    assert not [name for name, _ in answer.headers if name.startswith("RateLimit")]


def test_probes_and_unknown_keys_are_not_counted(limited):
    client = limited.app.test_client()

    assert {client.get("/healthz").status_code for _ in range(12)} == {200}
    wrong = {"Authorization": "Bearer wh_none"}
    assert {client.get("/v1/screenings/none", headers=wrong).status_code for _ in range(12)} == {401}


def test_two_processes_share_one_rate_fairly(postgres_database, judge, tmp_path):
    one = make_service(postgres_database, tmp_path, judge, rate_per_minute=6_000, rate_burst_s=2)
    other = replace(one, app=create_app(parts=one.parts))
    key = {"Authorization": f"Bearer {one.key('screen')}"}
    clients = [each.app.test_client() for each in (one, other)]

    def ask(client):
        return client.get("/v1/screenings/none", headers=key).status_code

    taken = [0, 0]
    for _ in range(220):
        for number, client in enumerate(clients):
            taken[number] += ask(client) == 404

    assert sum(taken) == 200  # the whole burst and no more, over both
    assert abs(taken[0] - taken[1]) <= 20
    one.clock.advance(seconds=1)
    again = sum(ask(client) == 404 for _ in range(110) for client in clients)
    assert again == 100


def test_a_refused_key_costs_no_statement_until_its_time(postgres_database, judge, tmp_path):
    service = make_service(postgres_database, tmp_path, judge, rate_per_minute=60, rate_burst_s=10)
    client = service.client("screen")
    for _ in range(11):
        client.get("/v1/screenings/none")
    said = []
    listen(service.parts.db.engine, "before_cursor_execute", lambda *sent: said.append(sent[2]))

    answers = {client.get("/v1/screenings/none").status_code for _ in range(20)}

    assert (answers, said) == ({429}, [])


def test_the_command_line_gives_takes_and_shows_rates(tmp_path, sqlite_database, monkeypatch):
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WEIHENG_DATABASE_URL", sqlite_database.url)

    def run(*words):
        result = CliRunner().invoke(main, ["api-key", *words])
        assert result.exit_code == 0, result.output
        return result.output

    run("create", "hook", "--scope", "screen", "--rate", "600")
    listed = run("list")
    assert "600 a minute" in listed
    key_id = listed.split()[0]
    run("rate", key_id, "0")
    assert "no limit a minute" in run("list")
    assert "as the settings say" in run("rate", key_id)
    assert "a minute" not in run("list")
