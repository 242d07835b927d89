"""Web and worker as processes whose machines' clocks leap: nothing is late or paid because one of them ran ahead."""

from __future__ import annotations

import json
import re
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import psycopg

from tests.flows.faults import Receiver, subscribe
from tests.own_postgres import own_postgres
from tests.processes import BANNED, processes

DAY, HOUR = 86_400, 3_600


def asked(service, key, method, path, body=None):
    with closing(HTTPConnection("127.0.0.1", service.port, timeout=10)) as connection:
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        connection.request(method, path, body and json.dumps(body).encode(), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def until(seen, *, within_s=40):
    give_up = time.monotonic() + within_s
    while not (found := seen()):
        assert time.monotonic() < give_up, "it did not come"
        time.sleep(0.05)
    return found


def paid(order, *, due_in_hours):
    now = datetime.now(UTC)
    due_at = (now + timedelta(hours=due_in_hours)).isoformat()
    data = {"paid_fen": 19_900, "stock_type": "spot", "delivery_deadline_at": due_at}
    at = (now - timedelta(hours=60)).isoformat()
    return {"id": order, "kind": "order.paid", "subject": order, "shop_id": "s", "occurred_at": at, "data": data}


def clock_of(service, key):
    status, told = asked(service, key, "GET", "/readyz")
    return status, json.loads(told)["checks"]["clock"]


def test_no_machines_clock_decides_what_is_late(tmp_path):
    with (
        own_postgres() as postgres,
        processes(tmp_path, postgres.url) as service,
        closing(Receiver()) as receiver,
        psycopg.connect(postgres.url, autocommit=True) as connection,
    ):
        key = service.prepare()
        service.start("serve", ahead_s=0)
        service.start("worker", ahead_s=DAY)
        service.wait_ready()
        subscribe(service.port, key, receiver.url)
        for event in (paid("overdue", due_in_hours=-1), paid("in-time", due_in_hours=2)):
            assert asked(service, key, "POST", "/v1/events", event)[0] == 200

        def deadlines():
            return dict(connection.execute("SELECT subject, state FROM deadline WHERE name = 'dispatch'").fetchall())

        def screened(content_id, text):
            body = {"content_id": content_id, "kind": "comment", "shop_id": "s", "text": text}
            return json.loads(asked(service, key, "POST", "/v1/screenings", body)[1])

        blocked = screened("blocked", BANNED)
        until(lambda: blocked["case_id"] in receiver.told)  # the worker is at work, a day ahead
        scheduled = connection.execute("SELECT kind FROM queue_row WHERE kind <> 'deliver_webhook'").fetchall()
        while_ahead, counted = deadlines(), asked(service, key, "GET", "/metrics")[1]
        versions = []
        for ahead_s in (HOUR, DAY, -HOUR):
            service.leap("serve", ahead_s)
            time.sleep(0.1)
            versions.append(screened("clip", f"很好用 {ahead_s}")["version"])
        service.leap("worker", 0)
        said = until(lambda: (told := clock_of(service, key))[1] != "ok" and told)
        until(lambda: deadlines()["overdue"] == "passed")

        assert scheduled == []
        assert while_ahead == {"overdue": "waiting", "in-time": "waiting"}
        assert "weiheng_clock_doubt 1.0" in counted
        assert versions == [1, 2, 3]
        assert said[0] == 200, "it decides by the database's clock meanwhile"
        assert re.fullmatch(r"this machine's clock is 36\d\d s behind the database's", said[1])
        assert deadlines()["in-time"] == "waiting"
        [furthest] = connection.execute(
            "SELECT max(abs(extract(epoch FROM now() - created_at))) FROM screening"
        ).fetchone()
        assert furthest < 60, "what is written down goes by the database's clock"
        done = connection.execute("SELECT count(*) FROM queue_row WHERE kind = 'due_deadlines' AND attempts > 1")
        assert done.fetchone() == (0,)
