"""Web and worker as processes of their own, and what they stand on fails: disk, permissions, locks, receiver, clocks.

Nothing that was answered is lost, nothing is done twice, who cannot be served hears why, and all goes on by itself.
"""

from __future__ import annotations

import itertools
import json
import re
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import psycopg
import pytest
from click.testing import CliRunner

from app.cli import main
from tests.flows.faults import Receiver, counted_wrongly, subscribe, told_wrongly
from tests.own_postgres import own_postgres
from tests.processes import BANNED, processes
from tests.uploaders import Uploaders

pytestmark = pytest.mark.timeout(400)  # on a machine with much else to do a process takes half a minute to start
DAY, HOUR = 86_400, 3_600
FILLERS = {  # as short as rows get, so that no page has room for one more
    "content": "jsonb_build_object('id', n, 'content_id', n, 'shop_id', 'f')",
    "queue_row": "jsonb_build_object('id', n, 'slot_key', n, 'kind', 'f', 'state', 'done', 'payload', '{}'::jsonb)",
}


class Running:
    """The processes, their database, and whom they tell."""

    def __init__(self, service, postgres, receiver, connection):
        self.service, self.postgres, self.receiver, self.connection = service, postgres, receiver, connection
        self._numbers = itertools.count()
        self.key = service.prepare()
        service.start("serve", ahead_s=0)
        service.wait_ready()
        subscribe(service.port, self.key, receiver.url)

    def ask(self, method, path, body=None):
        with closing(HTTPConnection("127.0.0.1", self.service.port, timeout=20)) as connection:
            headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
            connection.request(method, path, body and json.dumps(body).encode(), headers)
            answer = connection.getresponse()
            told = answer.read().decode()
            is_json = "json" in answer.headers["content-type"]
            return answer.status, answer.headers, json.loads(told) if is_json else told

    def screen(self, content_id, text="很好用"):
        body = {"content_id": content_id, "kind": "comment", "shop_id": "s", "text": text}
        return self.ask("POST", "/v1/screenings", body)

    def refused(self):
        """Headers and problem of the first that is not served: a page may have room, a connection know it late."""
        ids = (f"refused-{number}" for number in self._numbers)
        return until(lambda: (told := self.screen(next(ids)))[0] == 503 and told)[1:]

    def have_worker(self):
        if "worker" not in self.service.running:
            self.service.start("worker", ahead_s=0)

    def rows(self, query):
        return self.connection.execute(query).fetchall()

    def checks(self):
        status, _, told = self.ask("GET", "/readyz")
        return status, told["checks"]

    def is_told_of(self, content_id):
        """A new unlawful content's case has reached the receiver, so the worker works."""
        case_id = self.screen(content_id, BANNED)[2]["case_id"]
        until(lambda: case_id in self.receiver.told)

    @contextmanager
    def uploading(self, name):
        """Traffic; afterwards all of it is there as it was answered, once, and was told once."""
        with Uploaders(self.service.port, self.key, name=name, pause_s=0.01) as uploaders:
            uploaders.wait_for(20)
            yield uploaders
            uploaders.wait_for(20, within_s=60)
        self.service.wait_ready()
        self.have_worker()
        assert uploaders.not_as_answered() == []
        assert told_wrongly(uploaders, self.receiver) == []
        self.rows("DELETE FROM content WHERE shop_id = 'f' RETURNING id")
        assert counted_wrongly(self.service.database_url, uploaders) == []


def until(seen, *, within_s=90):
    give_up = time.monotonic() + within_s
    while not (found := seen()):
        assert time.monotonic() < give_up, "it did not come"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with (
        own_postgres() as postgres,
        processes(tmp_path_factory.mktemp("running"), postgres.url, LOG_LEVEL="WARNING") as service,
        closing(Receiver()) as receiver,
        psycopg.connect(postgres.url, autocommit=True) as connection,
    ):
        yield Running(service, postgres, receiver, connection)


def looked_after(service, monkeypatch):
    """What ``weiheng doctor`` finds that fails."""
    monkeypatch.setenv("WEIHENG_DATABASE_URL", service.database_url)
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(service.folder))
    told = json.loads(CliRunner().invoke(main, ["doctor", "--json"]).output)
    return {each["check"]: each["what"] for each in told["findings"] if each["grade"] == "fail"}


def test_a_full_disk_costs_nothing_that_was_answered_and_no_job_and_ends_by_itself(running, monkeypatch):
    service = running.service
    if "worker" in service.running:
        service.kill("worker")
    with running.uploading("full") as uploaders:
        with running.postgres.full_disk(**FILLERS):
            running.have_worker()  # the outcomes of before are still to be told
            until(lambda: '"event":"worker_waits"' in service.log())
            until(lambda: uploaders.statuses[503] > 8)
            headers, problem = running.refused()
            ready = until(lambda: (told := running.checks())[0] == 503 and told)  # of processes, each says its own
            cases, counted = running.ask("GET", "/v1/cases"), running.ask("GET", "/metrics")[2]
            found = looked_after(service, monkeypatch)
            still_run = [process.poll() for process in service.running.values()]

    assert problem["type"] == "urn:weiheng:problem:not_ready"
    assert headers["content-type"] == "application/problem+json"
    assert int(headers["retry-after"]) > 0
    assert problem["detail"] == "the database has no room on its disk; nothing was stored"
    assert ready[1]["database"] == "the database has no room on its disk"
    assert cases[0] == 200, "officers still read"
    assert 'weiheng_database_refused_total{why="full"}' in counted
    assert found["writes"] == "the database has no room on its disk"
    assert still_run == [None, None]
    assert "writes" not in looked_after(service, monkeypatch)
    assert running.rows("SELECT kind FROM queue_row WHERE attempts > 1 OR state = 'failed'") == []


def test_a_database_that_is_read_only_or_locked_and_a_receiver_that_hangs_cost_nothing(running):
    running.have_worker()
    running.is_told_of("before")
    running.receiver.answers.clear()
    with running.uploading("read-only") as uploaders:
        uploaders.wait_for(20)  # nobody waits for the receiver
        set_read_only(running.postgres.url, "on")
        headers, problem = running.refused()
        ready = running.checks()
        set_read_only(running.postgres.url, "off")
        uploaders.wait_for(20, within_s=60)
        with psycopg.connect(running.postgres.url) as slow:
            slow.execute("LOCK TABLE content IN ACCESS EXCLUSIVE MODE")
            time.sleep(0.5)
        running.receiver.answers.set()

    assert problem["detail"] == "the database takes no writes for now; nothing was stored"
    assert int(headers["retry-after"]) > 0
    assert (ready[0], ready[1]["database"]) == (503, "the database takes no writes for now")


def set_read_only(url, wanted):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {wanted}")
        connection.execute("SELECT pg_reload_conf()")


def paid(order, *, due_in_hours):
    now = datetime.now(UTC)
    due_at = (now + timedelta(hours=due_in_hours)).isoformat()
    data = {"paid_fen": 19_900, "stock_type": "spot", "delivery_deadline_at": due_at}
    at = (now - timedelta(hours=60)).isoformat()
    return {"id": order, "kind": "order.paid", "subject": order, "shop_id": "s", "occurred_at": at, "data": data}


def test_no_machines_clock_decides_what_is_late(running):
    def deadlines():
        return dict(running.rows("SELECT subject, state FROM deadline WHERE name = 'dispatch'"))

    running.have_worker()
    running.is_told_of("before-the-leap")
    running.service.leap("worker", DAY)
    until(lambda: "weiheng_clock_doubt 1.0" in running.ask("GET", "/metrics")[2])
    for event in (paid("overdue", due_in_hours=-1), paid("in-time", due_in_hours=2)):
        assert running.ask("POST", "/v1/events", event)[0] == 200
    before = running.rows("SELECT count(*) FROM queue_row WHERE kind = 'due_deadlines'")
    running.is_told_of("after-the-leap")  # by a worker a day ahead
    while_ahead = deadlines(), running.rows("SELECT count(*) FROM queue_row WHERE kind = 'due_deadlines'")
    versions = []
    for ahead_s in (HOUR, DAY, -HOUR):
        running.service.leap("serve", ahead_s)
        time.sleep(0.1)
        versions.append(running.screen("clip", f"很好用 {ahead_s}")[2]["version"])
    running.service.leap("worker", 0)
    status, said = until(lambda: "behind" in (told := running.checks())[1]["clock"] and told)
    until(lambda: deadlines()["overdue"] == "passed")

    assert while_ahead == ({"overdue": "waiting", "in-time": "waiting"}, before)
    assert versions == [1, 2, 3]
    assert status == 200, "it decides by the database's clock meanwhile"
    assert re.fullmatch(r"this machine's clock is 3[56]\d\d s behind the database's", said["clock"])
    assert deadlines()["in-time"] == "waiting"
    [(furthest,)] = running.rows("SELECT max(abs(extract(epoch FROM now() - created_at))) FROM screening")
    assert furthest < 600, "what is written down goes by the database's clock"
    assert running.rows("SELECT kind FROM queue_row WHERE attempts > 1 AND kind <> 'deliver_webhook'") == []
