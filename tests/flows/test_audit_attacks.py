"""Fifteen attacks by somebody who owns the database: each is noticed, and by the layer that must notice it.

Each attack is tried on a log of 25 rows with checkpoints at 7, 20 and 25, with the database's triggers lifted. Both
verifiers look: ours at the database, and the one that stands alone at an export of it.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.audit import sealing
from app.audit.tree import LogBroken
from app.flows.seal_audit import open_outside, open_signer, seal_audit, seal_rows
from app.flows.verify_audit import verify_audit
from tests.audit_log import STRANGER, act, begin_again, found_alone, found_by_us, honest_log, owner
from tests.service import make_service


@pytest.fixture
def parts(database, tmp_path):
    made = make_service(database, tmp_path).parts
    honest_log(made)
    return made


def row_of(parts, seq):
    with parts.db.read() as session:
        return session.connection().exec_driver_sql(f"SELECT row_id FROM audit_leaf WHERE seq = {seq}").scalar()


def test_an_honest_log_verifies_with_every_checkpoint_inside_and_outside(parts, tmp_path, capsys):
    report = verify_audit(parts)

    assert report.is_honest, report.findings
    assert (report.size, report.checkpoints, report.outside, report.waiting) == (25, 3, 3, 0)
    assert found_alone(parts, tmp_path) == 0
    assert capsys.readouterr().out == "25 rows, 3 checkpoints, 3 outside: all verify\n"


def test_emptied_copies_outside_are_said_to_prove_nothing(parts, tmp_path, capsys):
    open_outside(parts).path.write_text("", "utf-8")

    assert found_alone(parts, tmp_path) == 0
    assert "holds no checkpoint" in capsys.readouterr().err


def test_1_an_edited_row_is_named(parts, tmp_path, capsys):
    row_id = row_of(parts, 11)
    with owner(parts.db) as sql:
        sql(f"UPDATE audit_row SET reason = 'something milder' WHERE id = '{row_id}'")

    [finding] = verify_audit(parts).findings

    assert (finding.what, finding.seq, finding.row_id) == ("changed", 11, row_id)
    assert found_alone(parts, tmp_path) == 1
    assert "does not fit rows 7 to 19" in capsys.readouterr().out


def test_2_a_deleted_row_is_named(parts, tmp_path, capsys):
    row_id = row_of(parts, 11)
    with owner(parts.db) as sql:
        sql(f"DELETE FROM audit_row WHERE id = '{row_id}'")

    [finding] = verify_audit(parts).findings

    assert (finding.what, finding.seq, finding.row_id) == ("deleted", 11, row_id)
    assert found_alone(parts, tmp_path) == 1
    assert "line 12 of rows.ndjson is not row 11" in capsys.readouterr().out


def test_3_a_row_deleted_with_its_leaf_leaves_a_number_missing(parts, tmp_path):
    with owner(parts.db) as sql:
        sql(f"DELETE FROM audit_row WHERE id = '{row_of(parts, 11)}'")
        sql("DELETE FROM audit_leaf WHERE seq = 11")

    report = verify_audit(parts)

    assert (report.findings[0].what, report.findings[0].seq) == ("missing", 11)
    assert found_alone(parts, tmp_path) == 1


def test_4_a_row_put_in_beside_the_log_is_named(parts):
    with owner(parts.db) as sql:
        sql(
            "INSERT INTO audit_row (id, org_id, at, actor, action, object_type, object_id, details) SELECT 'forged',"
            f" org_id, at, 'officer:wang', action, object_type, 'case-x', details FROM audit_row"
            f" WHERE id = '{row_of(parts, 3)}'"
        )
        sql("DELETE FROM audit_pending")

    [finding] = verify_audit(parts).findings

    assert (finding.what, finding.row_id) == ("inserted", "forged")


def test_5_two_swapped_rows_are_both_named(parts, tmp_path):
    one, two = row_of(parts, 4), row_of(parts, 9)
    with owner(parts.db) as sql:
        for seq, row_id in ((4, "aside"), (9, one), (4, two)):
            sql(f"UPDATE audit_leaf SET row_id = '{row_id}' WHERE seq = {seq}")

    assert [(finding.what, finding.seq) for finding in verify_audit(parts).findings] == [("changed", 4), ("changed", 9)]
    assert found_alone(parts, tmp_path) == 1


def test_6_a_row_edited_with_every_hash_worked_out_again_breaks_the_signed_root(parts, tmp_path):
    row_id = row_of(parts, 11)
    with parts.db.read() as session:
        notes = session.connection().exec_driver_sql("SELECT * FROM audit_checkpoint ORDER BY size").mappings().all()
    with owner(parts.db) as sql:
        sql(f"UPDATE audit_row SET actor = 'officer:wang' WHERE id = '{row_id}'")
    begin_again(parts, STRANGER, size=1_000)
    with owner(parts.db) as sql:
        sql("DELETE FROM audit_checkpoint")
    parts.db.write(
        lambda session: session.connection().execute(sealing.AuditCheckpoint.__table__.insert(), _typed(notes))
    )

    report = verify_audit(parts)

    assert (report.findings[0].what, report.findings[0].seq) == ("root", 7)
    assert "rows 7…19" in report.findings[0].detail
    assert found_by_us(parts) == ["root"]
    assert found_alone(parts, tmp_path) == 1


def _typed(notes):
    from datetime import UTC, datetime

    return [dict(note) | {"at": datetime(2026, 11, 23, 10, 0, tzinfo=UTC)} for note in notes]


def cut(parts, *, size, checkpoints):
    """Take away every row from number ``size`` on, and the checkpoints that speak of them."""
    with owner(parts.db) as sql:
        sql(f"DELETE FROM audit_row WHERE id IN (SELECT row_id FROM audit_leaf WHERE seq >= {size})")
        sql(f"DELETE FROM audit_leaf WHERE seq >= {size}")
        sql(f"DELETE FROM audit_node WHERE ((position + 1) << level) > {size}")
        if checkpoints:
            sql(f"DELETE FROM audit_checkpoint WHERE size > {size}")


def test_7_a_tail_that_was_dropped_is_missed_by_the_checkpoint_that_speaks_of_it(parts, tmp_path):
    cut(parts, size=20, checkpoints=False)

    assert found_by_us(parts) == ["cut"]
    assert found_alone(parts, tmp_path, outside=False) == 1


def test_8_a_tail_dropped_with_its_checkpoints_is_caught_by_the_copies_outside_alone(parts, tmp_path):
    cut(parts, size=20, checkpoints=True)

    assert found_by_us(parts) == ["checkpoint", "cut"]
    assert found_alone(parts, tmp_path) == 1
    assert found_alone(parts, tmp_path, outside=False) == 0  # why copies are kept outside


def test_9_an_old_copy_put_back_is_caught_and_not_sealed_over(sqlite_database, tmp_path):
    parts = make_service(sqlite_database, tmp_path).parts
    honest_log(parts, (7, 20))
    old, path = tmp_path / "old.db", sqlite_database.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as running:
        running.execute(f"VACUUM INTO '{old}'")
    act(parts, 5, first=20)
    seal_audit(parts, now=parts.now())
    sqlite_database.close()
    for name in (path, f"{path}-wal", f"{path}-shm"):
        Path(name).unlink(missing_ok=True)
    shutil.copyfile(old, path)
    restored = make_service(type(sqlite_database)(sqlite_database.url), tmp_path).parts

    with pytest.raises(LogBroken, match="speaks of 25 rows, the log has 20"):
        seal_audit(restored, now=restored.now())
    act(restored, 9, first=100)  # more than what was lost
    with pytest.raises(LogBroken):
        seal_audit(restored, now=restored.now())
    assert "cut" in found_by_us(restored)
    restored.db.close()


def test_10_a_log_signed_anew_with_another_key_is_not_believed(parts, tmp_path):
    with owner(parts.db) as sql:
        sql(f"UPDATE audit_row SET actor = 'officer:wang' WHERE id = '{row_of(parts, 11)}'")
    begin_again(parts, STRANGER, size=5)

    assert "signature" in found_by_us(parts)
    assert found_alone(parts, tmp_path, outside=False) == 1


def test_11_a_log_signed_anew_with_the_stolen_key_is_caught_by_the_copies_outside_alone(parts, tmp_path):
    with owner(parts.db) as sql:
        sql(f"UPDATE audit_row SET actor = 'officer:wang' WHERE id = '{row_of(parts, 11)}'")
    begin_again(parts, open_signer(parts), size=1_000)

    report = verify_audit(parts)

    assert "root" in {finding.what for finding in report.findings}
    assert all("outside" in finding.detail for finding in report.findings)
    assert found_alone(parts, tmp_path) == 1
    assert found_alone(parts, tmp_path, outside=False) == 0  # everything inside agrees: the key was the right one
    with pytest.raises(LogBroken, match="not those that were signed"):
        seal_audit(parts, now=parts.now())


def test_12_a_second_history_that_went_on_longer_is_a_fork(parts, tmp_path):
    cut(parts, size=20, checkpoints=True)
    with owner(parts.db) as sql:
        sql("DELETE FROM audit_pending")
    act(parts, 30, first=200)
    seal_rows(parts.db, now=parts.now())
    parts.db.write(lambda session: sealing.add_checkpoint(session, open_signer(parts), now=parts.now()))

    findings = verify_audit(parts).findings

    assert [finding.what for finding in findings] == ["checkpoint", "root"]
    assert "rows 20…24" in findings[1].detail
    assert found_alone(parts, tmp_path) == 1


def test_13_a_checkpoint_replaced_by_an_earlier_one_is_noticed(parts, tmp_path):
    with owner(parts.db) as sql:
        sql("UPDATE audit_checkpoint SET note = (SELECT note FROM audit_checkpoint WHERE size = 7) WHERE size = 25")

    assert found_by_us(parts) == ["checkpoint"]
    assert found_alone(parts, tmp_path) == 1


def test_14_a_row_taken_out_before_it_was_sealed_leaves_its_place_in_the_queue(parts):
    act(parts, 1, first=50)
    with owner(parts.db) as sql:
        sql("DELETE FROM audit_row WHERE object_id = 'case-50'")

    [finding] = verify_audit(parts).findings

    assert finding.what == "deleted"
    assert "before it was sealed" in finding.detail


def test_15_a_stored_node_that_was_changed_is_noticed_before_a_proof_is_built_on_it(parts):
    with owner(parts.db) as sql:
        forged = "X'00'" if parts.db.is_sqlite else r"'\x00'"
        sql(f"UPDATE audit_node SET hash = {forged} WHERE level = 2 AND position = 1")

    assert [(finding.what, finding.seq) for finding in verify_audit(parts).findings] == [("node", 4)]


def test_verifying_since_a_checkpoint_reads_what_came_after_and_finds_what_is_wrong_there(parts):
    with owner(parts.db) as sql:
        sql(f"UPDATE audit_row SET reason = 'x' WHERE id = '{row_of(parts, 3)}'")
        sql(f"UPDATE audit_row SET reason = 'x' WHERE id = '{row_of(parts, 22)}'")

    assert [finding.seq for finding in verify_audit(parts, since=20).findings] == [22]
    assert [finding.seq for finding in verify_audit(parts).findings] == [3, 22]
    assert [finding.what for finding in verify_audit(parts, since=19).findings] == ["checkpoint"]


def test_16_a_copy_taken_out_of_the_middle_outside_is_missed_and_leaves_a_gap(parts):
    path = open_outside(parts).path
    first, _, last = path.read_text("utf-8").splitlines()
    path.write_text(f"{first}\n{last}\n", "utf-8")
    parts.now.advance(minutes=11)

    findings = verify_audit(parts).findings

    assert [finding.what for finding in findings] == ["copy", "copy"]
    assert "the checkpoint of 20 rows" in findings[0].detail
    assert "copies 2 to 2 are missing" in findings[1].detail


@pytest.mark.parametrize("kept", [0, 2])
def test_17_copies_cut_off_outside_are_older_than_the_last_checkpoint(parts, kept):
    path = open_outside(parts).path
    path.write_text("".join(f"{line}\n" for line in path.read_text("utf-8").splitlines()[:kept]), "utf-8")

    assert verify_audit(parts).is_honest, "a checkpoint of a minute ago may not be copied yet"
    parts.now.advance(minutes=11)
    assert len(verify_audit(parts).findings) == 3 - kept


def test_18_a_copy_taken_away_on_both_sides_leaves_its_number_outside(parts):
    path = open_outside(parts).path
    first, _, last = path.read_text("utf-8").splitlines()
    path.write_text(f"{first}\n{last}\n", "utf-8")
    with owner(parts.db) as sql:
        sql("DELETE FROM audit_checkpoint WHERE size = 20")
    parts.now.advance(minutes=11)

    [finding] = verify_audit(parts).findings

    assert "copies 2 to 2 are missing: 1 is followed by 3" in finding.detail


def test_19_a_copy_replaced_by_another_of_its_number_does_not_fit_the_next(parts):
    path = open_outside(parts).path
    path.write_text(path.read_text("utf-8").replace('"number": 2,', '"number":  2,'), "utf-8")

    [finding] = verify_audit(parts).findings

    assert "before copy 3" in finding.detail


def test_copies_of_an_earlier_version_are_counted_and_go_on_with_numbers(parts):
    path = open_outside(parts).path
    lines = [json.loads(line)["note"] for line in path.read_text("utf-8").splitlines()]
    path.write_text("".join(json.dumps({"note": note}) + "\n" for note in lines), "utf-8")
    act(parts, 3)
    seal_audit(parts, now=parts.now())

    assert json.loads(path.read_text("utf-8").splitlines()[-1])["number"] == 4
    assert verify_audit(parts).is_honest
