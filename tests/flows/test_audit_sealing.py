"""Sealing: rows only grow, none is lost or numbered twice however writers and sealers race, copies go outside."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app import audit
from app.audit import sealing, tree
from app.audit.leaf import leaf_of
from app.audit.merkle import follows_consistency, follows_inclusion, leaf_hash
from app.audit.outside import Folder
from app.db import Database
from app.errors import NotReady
from app.flows.seal_audit import note_tail, open_outside, seal_audit, seal_rows
from app.flows.verify_audit import verify_audit
from app.jobs.worker import Worker
from app.metrics import AUDIT_UNSEALED, AUDIT_UNSEALED_SECONDS
from app.models import AuditCheckpoint, AuditLeaf, AuditRow
from tests.audit_log import act, honest_log
from tests.service import make_service


@pytest.fixture
def service(database, tmp_path):
    return make_service(database, tmp_path)


@pytest.fixture
def parts(service):
    return service.parts


def gauge(metric):
    return metric.collect()[0].samples[0].value if not hasattr(metric, "_value") else metric._value.get()


@pytest.mark.parametrize("table", ["audit_row", "audit_leaf", "audit_node", "audit_checkpoint"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "INSERT OR REPLACE", "TRUNCATE {}"])
def test_the_database_itself_refuses_to_change_the_log(parts, table, deed):
    if deed.startswith(("INSERT", "TRUNCATE")) and parts.db.is_sqlite is deed.startswith("TRUNCATE"):
        return  # the one is SQLite's, the other PostgreSQL's
    honest_log(parts, (3,))
    column = {"audit_row": "reason", "audit_leaf": "row_id", "audit_node": "position", "audit_checkpoint": "size"}[
        table
    ]
    statement = deed.format(table, column, column)
    if deed.startswith("INSERT"):
        statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"

    with pytest.raises(DBAPIError, match="only grows"):
        parts.db.write(lambda session: session.execute(text(statement)))

    assert verify_audit(parts).is_honest


def test_rows_are_numbered_in_the_order_they_were_made_and_each_checkpoint_is_copied_once(parts):
    honest_log(parts, (7, 20, 25))
    again = seal_audit(parts, now=parts.now())

    with parts.db.read() as session:
        seqs = session.execute(
            select(AuditLeaf.seq, AuditRow.object_id).join(AuditRow, AuditRow.id == AuditLeaf.row_id)
        ).all()
        notes = session.scalars(select(AuditCheckpoint.note).order_by(AuditCheckpoint.size)).all()
    assert sorted(seqs) == [(number, f"case-{number}") for number in range(25)]
    assert open_outside(parts).all() == list(notes)
    assert len(notes) == 3
    assert (again.rows, again.size, again.copied) == (0, 25, 0)


def test_a_deed_that_was_rolled_back_leaves_nothing_in_the_log(parts):
    def fail(session):
        audit.record(session, actor="cli", action="a.b", object_type="t", object_id="lost", now=parts.now())
        session.flush()
        raise ValueError("rolled back")

    with pytest.raises(ValueError, match="rolled back"):
        parts.db.write(fail)
    act(parts, 2)

    assert seal_audit(parts, now=parts.now()).rows == 2
    assert verify_audit(parts).is_honest


def test_a_row_that_commits_late_is_sealed_by_the_next_run_and_holds_nobody_up(postgres_database, tmp_path):
    parts = make_service(postgres_database, tmp_path).parts
    inside, go_on = threading.Event(), threading.Event()

    def slow(session):
        audit.record(session, actor="cli", action="a.b", object_type="t", object_id="slow", now=parts.now())
        session.flush()
        inside.set()
        assert go_on.wait(20)

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(parts.db.write, slow)
        assert inside.wait(20)
        act(parts, 5)
        during = seal_audit(parts, now=parts.now())
        go_on.set()
        waiting.result(20)
    after = seal_audit(parts, now=parts.now())

    assert (during.rows, after.rows, after.size) == (5, 1, 6)
    assert verify_audit(parts).is_honest


def test_eight_writers_and_three_sealers_lose_no_row_and_number_none_twice(postgres_database, tmp_path):
    parts = make_service(postgres_database, tmp_path).parts
    done = threading.Event()

    def write(number):
        with closing(Database(postgres_database.url)) as own:
            act(replace(parts, db=own), 25, first=number * 25)

    def keep_sealing(_):
        with closing(Database(postgres_database.url)) as own:
            while not done.is_set():
                seal_rows(own, now=parts.now(), limit=7)

    with ThreadPoolExecutor(11) as threads:
        sealers = [threads.submit(keep_sealing, number) for number in range(3)]
        for writer in [threads.submit(write, number) for number in range(8)]:
            writer.result(60)
        done.set()
        for sealer in sealers:
            sealer.result(60)
    seal_audit(parts, now=parts.now())

    with parts.db.read() as session:
        seqs = sorted(session.scalars(select(AuditLeaf.seq)))
        assert session.scalar(select(func.count(AuditRow.id))) == 200
    assert seqs == list(range(200))
    assert verify_audit(parts).is_honest


def test_a_batch_that_another_sealer_was_faster_with_is_not_stored_twice(parts):
    act(parts, 5)
    with parts.db.read() as session:
        slow, fast = sealing.next_batch(session, limit=3), sealing.next_batch(session, limit=2)

    stored = [parts.db.write(partial(sealing.seal, batch=batch, now=parts.now())) for batch in (fast, slow)]

    assert stored == [True, False]
    assert (slow.size, len(slow.leaves)) == (0, 3)
    assert seal_rows(parts.db, now=parts.now()) == 3
    assert verify_audit(parts).is_honest


def test_others_write_while_a_batch_is_worked_out_and_between_two(parts):
    act(parts, 5)
    pauses = []

    def pause():
        pauses.append("a pause")
        if len(pauses) < 3:
            act(parts, 1, first=100 + len(pauses))

    assert seal_rows(parts.db, now=parts.now(), limit=3, pause=pause) == 7
    assert len(pauses) == 3


def test_sealing_in_small_batches_gives_the_same_tree_as_in_one(parts):
    act(parts, 23)

    assert seal_rows(parts.db, now=parts.now(), limit=4) == 23

    with parts.db.read() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
        frontier = tree.Frontier()
        for seq, row in enumerate(rows):
            frontier.add(leaf_hash(leaf_of(row, seq)))
        assert tree.frontier(session).root() == frontier.root()


def test_proofs_from_the_stored_tree_hold_for_every_row_and_every_pair_of_sizes(parts):
    honest_log(parts, (5, 11))

    with parts.db.read() as session:
        for leaf in session.scalars(select(AuditLeaf)):
            proof = tree.prove_row(session, leaf.seq, 11)
            assert follows_inclusion(leaf.hash, leaf.seq, 11, proof.hashes, proof.root)
        old, growth = tree.prove_row(session, 0, 5).root, tree.prove_growth(session, 5, 11)
        assert follows_consistency(5, 11, list(growth.hashes), old, growth.root)


def test_the_worker_seals_by_itself_and_the_tail_is_measured(service):
    parts = service.parts
    act(parts, 3)
    service.clock.advance(seconds=95)
    note_tail(parts, now=parts.now())
    assert (gauge(AUDIT_UNSEALED), gauge(AUDIT_UNSEALED_SECONDS)) == (3, pytest.approx(95, abs=0.01))

    worker = Worker(parts)
    while worker.work_due():
        pass

    assert (gauge(AUDIT_UNSEALED), gauge(AUDIT_UNSEALED_SECONDS)) == (0, 0)
    report = verify_audit(parts)
    assert report.is_honest
    assert (report.waiting, report.outside) == (0, 1)


def test_a_place_outside_that_cannot_be_used_is_told_and_caught_up_with_later(database, tmp_path):
    blocked = tmp_path / "copies"
    blocked.write_text("a file where the folder should be")
    parts = make_service(database, tmp_path, audit_copies_dir=blocked).parts
    act(parts, 3)

    with pytest.raises(NotReady, match="cannot be used"):
        seal_audit(parts, now=parts.now())
    with pytest.raises(NotReady, match="cannot be used"):
        verify_audit(parts)
    blocked.unlink()

    done = seal_audit(parts, now=parts.now())
    assert (done.size, done.copied) == (3, 1)
    assert verify_audit(parts).is_honest


def test_a_copy_torn_by_a_crash_is_written_again(tmp_path):
    folder = Folder(tmp_path, "example.com/log")
    folder.keep(["one", "two"])
    folder.path.write_bytes(folder.path.read_bytes()[:-4])

    assert folder.newest() == "one"
    folder.keep(["two"])

    assert folder.all() == ["one", "two"]
    assert folder.path.name == "example.com-log.checkpoints.ndjson"


def test_rows_that_were_there_before_the_log_was_sealed_are_sealed_too(tmp_path):
    from app import migrate

    with closing(Database(f"sqlite:///{tmp_path / 'old.db'}")) as old:
        migrate.upgrade(old, "0004")
        old.write(
            lambda session: session.execute(
                text(
                    "INSERT INTO audit_row (id, org_id, at, actor, action, object_type, object_id, details)"
                    " VALUES ('1', 'default', '2026-01-01 00:00:00.000000', 'cli', 'a.b', 't', 'o', '{}')"
                )
            )
        )
        migrate.upgrade(old)
        parts = make_service(old, tmp_path).parts

        assert seal_audit(parts, now=parts.now()).rows == 1
        assert verify_audit(parts).is_honest
