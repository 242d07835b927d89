"""What happens to the service when its database is killed, read-only or full, when clocks jump, when snapshots differ.

Nothing that was acknowledged is lost, nothing is stored twice, and what cannot be stored is refused as such.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app import queue, snapshots
from app.models import AuditRow, Content, Screening
from app.outages import Outage, outage_of
from bench.made import made_packs
from tests.service import make_service

CATEGORIES = "banned: {title: 新规禁用, law: 新法第一条, severity: 4}\n"
HEAD = "# category: banned\n# verdict: block\n# source: 新法第一条\n# owner: test\n"
OLD = {"categories.yaml": CATEGORIES, "old.txt": HEAD + "旧禁词\n"}
NEW = OLD | {"new_law.txt": HEAD + "神效贴\n"}


def publish(service, kind, files):
    def work(session):
        stored = snapshots.store(session, kind, files, summary={}, by="test", now=service.clock())
        snapshots.activate(session, kind, stored, by="test", now=service.clock())

    service.parts.db.write(work)


def follow(service):
    from app.flows.follow_snapshots import follow_once

    follow_once(service.parts)


def started(database, folder):
    service = make_service(database, folder)
    publish(service, "rules", made_packs(1))
    publish(service, "wordlists", OLD)
    follow(service)
    return service


def test_killing_every_connection_during_traffic_loses_nothing_acknowledged(postgres_database, tmp_path):
    service = started(postgres_database, tmp_path)
    client_of = {worker: service.client() for worker in range(4)}
    acknowledged, statuses, stop = [], Counter(), threading.Event()

    def upload(worker):
        for number in range(10_000):
            if stop.is_set():
                return
            answer = service.screen(client_of[worker], "好看", content_id=f"c-{worker}-{number}")
            statuses[answer.status_code] += 1
            if answer.status_code == 200:
                acknowledged.append((answer.get_json()["screening_id"], answer.data))

    threads = [threading.Thread(target=upload, args=(worker,)) for worker in client_of]
    for thread in threads:
        thread.start()
    url = postgres_database.url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url, autocommit=True) as killer:
        for _ in range(6):
            time.sleep(0.05)
            killer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    before = len(acknowledged)
    give_up = time.monotonic() + 20
    while len(acknowledged) < before + 8 and time.monotonic() < give_up:
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join()

    assert set(statuses) <= {200, 503}, statuses
    assert len(acknowledged) >= before + 8, "it goes on by itself"
    reader = service.client()
    for screening_id, body in acknowledged:
        assert reader.get(f"/v1/screenings/{screening_id}").data == body
    with service.parts.db.read() as session:
        contents, screenings, audited = (
            session.scalar(select(func.count()).select_from(table)) for table in (Content, Screening, AuditRow)
        )
    assert contents == screenings <= audited


def test_a_read_only_database_counts_as_one_that_is_out_and_a_wrong_statement_does_not(postgres_database):
    told = {}
    for name, before, statement in (
        ("read-only", "SET TRANSACTION READ ONLY", "DELETE FROM shop"),
        ("wrong", "SELECT 1", "SELECT no_such_column FROM shop"),
    ):
        with postgres_database.engine.connect() as connection:
            connection.execute(text(before))
            with pytest.raises(DBAPIError) as error:
                connection.execute(text(statement))
            told[name] = outage_of(error.value)

    assert told == {"read-only": Outage.READ_ONLY, "wrong": None}


def test_a_full_disk_refuses_for_now_and_goes_on_when_there_is_room(sqlite_database, tmp_path):
    service = started(sqlite_database, tmp_path)
    client = service.client()
    acknowledged, refused = [], []

    def limit(pages):
        def work(session):
            at = session.execute(text("PRAGMA page_count")).scalar()
            session.execute(text(f"PRAGMA max_page_count = {at + pages}"))

        service.parts.db.write(work)

    limit(20)
    for number in range(60):
        answer = service.screen(client, "好看" * 300, content_id=f"c-{number}")
        (acknowledged if answer.status_code == 200 else refused).append((number, answer))
    service.parts.db.write(lambda session: session.execute(text("PRAGMA max_page_count = 1000000")))

    assert acknowledged
    assert {answer.status_code for _, answer in refused} == {503}
    for _, answer in acknowledged:
        assert client.get(f"/v1/screenings/{answer.get_json()['screening_id']}").data == answer.data
    again = [service.screen(client, "好看" * 300, content_id=f"c-{number}") for number, _ in refused]
    assert {(answer.status_code, answer.get_json()["version"]) for answer in again} == {(200, 1)}


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=1)])
def test_a_clock_that_jumps_keeps_versions_in_order_and_work_done_once(database, tmp_path, jump):
    service = started(database, tmp_path)
    client = service.client()
    first = service.screen(client, "好看").get_json()
    service.parts.db.write(
        lambda session: queue.add(
            session, kind="k", payload={}, due_at=service.clock(), now=service.clock(), slot_key="k:1"
        )
    )
    [claim] = service.parts.db.write(lambda session: queue.claim(session, worker="w", now=service.clock(), limit=1))

    service.clock.at += jump
    second = service.screen(client, "好看好看").get_json()
    repeated = service.screen(client, "好看好看").get_json()
    finished = service.parts.db.write(lambda session: queue.finish(session, claim, now=service.clock()))

    assert (second["version"], second["predecessor_id"]) == (2, first["screening_id"])
    assert repeated == second
    assert finished
    assert service.parts.db.write(lambda s: queue.claim(s, worker="v", now=service.clock(), limit=1)) == []
    assert client.get("/v1/contents/v-1").get_json()["version"] == 2


def test_while_half_of_the_processes_are_on_an_old_snapshot_each_decision_names_its_own(database, tmp_path):
    ahead = started(database, tmp_path)
    behind = make_service(database, tmp_path)
    follow(behind)
    publish(ahead, "wordlists", NEW)
    follow(ahead)
    clients = {"ahead": ahead.client(), "behind": behind.client()}

    answers = {
        name: [
            service.screen(clients[name], "神效贴", content_id=f"{name}-{at}").get_json()
            for at in range(3)
        ]
        for name, service in (("ahead", ahead), ("behind", behind))
    }  # fmt: skip

    assert {answer["decision"] for answer in answers["ahead"]} == {"block"}
    assert {answer["decision"] for answer in answers["behind"]} == {"pass"}
    named = {name: {answer["snapshot"]["wordlists"] for answer in told} for name, told in answers.items()}
    assert len(named["ahead"]) == len(named["behind"]) == 1
    assert named["ahead"] != named["behind"]
    repeated = ahead.screen(clients["ahead"], "神效贴", content_id="behind-0").get_json()
    assert repeated == answers["behind"][0]  # once answered, whoever is asked


def test_while_another_process_holds_the_file_uploads_wait_and_are_answered(sqlite_database, tmp_path):
    service = started(sqlite_database, tmp_path)
    client, answers = service.client(), []
    with closing(sqlite3.connect(sqlite_database.url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        upload = threading.Thread(target=lambda: answers.append(service.screen(client, "好看")))
        upload.start()
        upload.join(timeout=0.3)
        is_waiting = upload.is_alive()
        other.execute("ROLLBACK")
        upload.join()

    assert is_waiting
    assert [(answer.status_code, answer.get_json()["version"]) for answer in answers] == [(200, 1)]
