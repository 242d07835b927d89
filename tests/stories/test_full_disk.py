"""PostgreSQL's disk is full while web and worker run as processes of their own: who hears what, and what is kept."""

from __future__ import annotations

import json
import time
from contextlib import closing
from http.client import HTTPConnection

import psycopg
from click.testing import CliRunner

from app.cli import main
from tests.flows.faults import Receiver, counted_wrongly, subscribe, told_wrongly
from tests.own_postgres import own_postgres
from tests.processes import processes
from tests.uploaders import Uploaders

FILLERS = {  # as short as rows get, so that no page has room for one more
    "content": "jsonb_build_object('id', n, 'content_id', n, 'shop_id', 'f')",
    "queue_row": "jsonb_build_object('id', n, 'slot_key', n, 'kind', 'f', 'state', 'done', 'payload', '{}'::jsonb)",
}
UPLOAD = {"content_id": "refused", "kind": "comment", "shop_id": "shop-7", "text": "很好用"}


def asked(service, key, method, path, body=None):
    with closing(HTTPConnection("127.0.0.1", service.port, timeout=10)) as connection:
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        connection.request(method, path, body and json.dumps(body).encode(), headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()


def until(seen, *, within_s=30):
    give_up = time.monotonic() + within_s
    while not (found := seen()):
        assert time.monotonic() < give_up, "it did not come"
        time.sleep(0.05)
    return found


def looked_after(service, monkeypatch):
    """What ``weiheng doctor`` finds that fails."""
    monkeypatch.setenv("WEIHENG_DATABASE_URL", service.database_url)
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(service.folder))
    told = json.loads(CliRunner().invoke(main, ["doctor", "--json"]).output)
    return {each["check"]: each["what"] for each in told["findings"] if each["grade"] == "fail"}


def test_a_full_disk_costs_nothing_that_was_answered_and_no_job_and_ends_by_itself(tmp_path, monkeypatch):
    with (
        own_postgres() as postgres,
        processes(tmp_path, postgres.url, LOG_LEVEL="WARNING") as service,
        closing(Receiver()) as receiver,
    ):
        key = service.prepare()
        service.start("serve")
        service.wait_ready()
        subscribe(service.port, key, receiver.url)
        with Uploaders(service.port, key, pause_s=0.01) as uploaders:
            uploaders.wait_for(20)
            postgres.fill_disk(**FILLERS)
            service.start("worker")  # the outcomes of before are still to be told
            until(lambda: '"event":"worker_waits"' in service.log())
            until(lambda: uploaders.statuses[503] > 8)
            refused, ready, cases = (
                asked(service, key, *each)
                for each in (("POST", "/v1/screenings", UPLOAD), ("GET", "/readyz"), ("GET", "/v1/cases"))
            )
            counted, found = asked(service, key, "GET", "/metrics")[2], looked_after(service, monkeypatch)
            still_run = [process.poll() for process in service.running.values()]
            postgres.make_room()
            uploaders.wait_for(20)
            service.wait_ready()

        problem = json.loads(refused[2])
        assert (refused[0], problem["type"]) == (503, "urn:weiheng:problem:not_ready")
        assert refused[1]["content-type"] == "application/problem+json"
        assert int(refused[1]["retry-after"]) > 0
        assert problem["detail"] == "the database has no room on its disk; nothing was stored"
        assert (ready[0], json.loads(ready[2])["checks"]["database"]) == (503, "the database has no room on its disk")
        assert cases[0] == 200, "officers still read"
        assert 'weiheng_database_refused_total{why="full"}' in counted
        assert found["writes"] == "the database has no room on its disk"
        assert still_run == [None, None]
        assert "writes" not in looked_after(service, monkeypatch)
        assert uploaders.not_as_answered() == []
        assert told_wrongly(uploaders, receiver) == []
        with psycopg.connect(postgres.url) as connection:
            connection.execute("DELETE FROM content WHERE shop_id = 'f'")
            used_up = connection.execute("SELECT kind, attempts FROM queue_row WHERE attempts > 1 OR state = 'failed'")
            assert used_up.fetchall() == []
        assert counted_wrongly(service.database_url, uploaders) == []
