"""The audit log over HTTP and on the command line, up to the proof that somebody else checks."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.audit.merkle import follows_consistency
from app.cli import main
from app.flows.seal_audit import keys_of, seal_audit
from tests.audit_log import act, honest_log, owner


@pytest.fixture(scope="module")
def alone():
    where = Path(__file__).parents[2] / "clients/verify_audit.py"
    spec = importlib.util.spec_from_file_location("verify_audit", where)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def client(service):
    return service.client("admin")


def test_rows_come_newest_first_in_pages_and_by_filter(service, client):
    act(service.parts, 7)
    act(service.parts, 2, first=20, actor="officer:wang")

    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/v1/audit?limit=4{cursor and f'&cursor={cursor}'}").get_json()
        seen += [row["object_id"] for row in page["items"]]
        cursor = page["next_cursor"]

    assert seen == [f"case-{number}" for number in (21, 20, 6, 5, 4, 3, 2, 1, 0)]
    for query, count in (
        ("actor=officer:wang", 2),
        ("object_id=case-3&object_type=case", 1),
        ("action=case.decide&shop_id=shop-1", 9),
        ("from_at=2026-11-23T00:00:00Z&to_at=2026-11-24T00:00:00Z", 9),
        ("to_at=2026-11-23T00:00:00Z", 0),
        ("shop_id=shop-2", 0),
    ):
        assert len(client.get(f"/v1/audit?{query}").get_json()["items"]) == count, query
    assert client.get("/v1/audit?from_at=yesterday").status_code == 422


def test_a_key_sees_its_own_shops_rows_and_none_without_a_shop(service, client):
    act(service.parts, 1)
    client.post("/v1/webhooks", json={"url": "https://uploader.example.com/h", "event_types": ["content.outcome"]})
    own, other = (service.client("admin", shops=[shop]) for shop in ("shop-1", "shop-2"))

    [row] = own.get("/v1/audit").get_json()["items"]

    assert row["shop_id"] == "shop-1"
    assert other.get("/v1/audit").get_json()["items"] == []
    assert other.get(f"/v1/audit/{row['id']}/proof").status_code == 404
    assert len(client.get("/v1/audit").get_json()["items"]) == 2


def test_a_rows_proof_convinces_the_verifier_that_stands_alone_and_a_forged_one_does_not(
    service, client, alone, tmp_path, capsys
):
    act(service.parts, 9)
    row = client.get("/v1/audit?object_id=case-5").get_json()["items"][0]
    waiting = client.get(f"/v1/audit/{row['id']}/proof")
    assert (row["seq"], waiting.status_code, waiting.headers["Retry-After"]) == (None, 503, "15")
    seal_audit(service.parts, now=service.clock())
    answer = client.get(f"/v1/audit/{row['id']}/proof").get_json()
    file, key = tmp_path / "proof.json", ["--key", str(keys_of(service.parts)[0])]

    file.write_text(json.dumps(answer), "utf-8")
    assert alone.main(["--proof", str(file), *key]) == 0
    assert "is in the log of 9 rows" in capsys.readouterr().out

    for forged in (
        answer | {"leaf": answer["leaf"].replace("officer:lin", "officer:wang")},
        answer | {"leaf": answer["leaf"].replace('"seq":5', '"seq":6')},
        answer | {"checkpoint": answer["checkpoint"].replace("\n9\n", "\n8\n")},
        answer | {"inclusion": answer["inclusion"] | {"hashes": answer["inclusion"]["hashes"][:-1]}},
        {},
    ):
        file.write_text(json.dumps(forged), "utf-8")
        assert alone.main(["--proof", str(file), *key]) == 1
    assert alone.main(["--proof", str(file)]) == 1


def test_growth_since_a_checkpoint_is_proved(service, client):
    honest_log(service.parts, (5, 11, 18))

    page = client.get("/v1/audit/checkpoints?since=5&limit=2").get_json()
    rest = client.get(f"/v1/audit/checkpoints?cursor={page['next_cursor']}").get_json()
    sizes = [each["size"] for each in page["items"] + rest["items"]]
    growth, first, newest = page["growth"], rest["items"][0], page["items"][0]

    assert sizes == [18, 11, 5]
    assert (growth["first"], growth["size"], growth["root"]) == (5, 18, newest["root"])
    proof = [bytes.fromhex(each) for each in growth["hashes"]]
    assert follows_consistency(5, 18, proof, bytes.fromhex(first["root"]), bytes.fromhex(newest["root"]))
    assert client.get("/v1/audit/checkpoints?since=19").status_code == 404
    assert client.get("/v1/audit/checkpoints?since=0").status_code == 422


def test_metrics_tell_how_long_the_unsealed_tail_is(service):
    act(service.parts, 3)
    service.clock.advance(seconds=90)

    page = service.client("metrics").get("/metrics").get_data(as_text=True)

    assert "weiheng_audit_rows_unsealed 3.0" in page
    assert "weiheng_audit_unsealed_seconds 89.9" in page or "weiheng_audit_unsealed_seconds 90.0" in page


def test_the_command_seals_verifies_exports_and_says_what_is_wrong(
    sqlite_service, alone, tmp_path, monkeypatch, capsys
):
    parts = sqlite_service.parts
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(parts.settings.data_dir))
    monkeypatch.setenv("WEIHENG_DATABASE_URL", parts.settings.url)
    act(parts, 6)

    def run(*words):
        return CliRunner().invoke(main, ["audit", *words])

    assert "6 rows are not sealed yet" in run("verify").output
    assert run("seal").output == "sealed 6 rows, 6 in all; copied 1 checkpoints outside\n"
    honest = run("verify")
    assert (honest.exit_code, honest.output) == (0, "6 rows, 1 checkpoints stored, 1 outside: all verify\n")
    assert run("export", str(tmp_path / "out")).output == f"6 rows in {tmp_path / 'out'}\n"
    assert run("export", str(tmp_path / "out")).exit_code == 1
    key = run("key").output.strip()
    assert alone.main([str(tmp_path / "out"), "--key", key]) == 0
    assert "a log that was cut and signed anew is not noticed" in capsys.readouterr().err

    with owner(parts.db) as sql:
        sql("UPDATE audit_row SET actor = 'officer:wang' WHERE object_id = 'case-2'")
    broken = run("verify")
    assert broken.exit_code == 1
    assert "BAD changed: row 2 (" in broken.output
    assert "1 contradictions" in broken.output


def test_an_old_key_goes_on_verifying_once_it_is_named(sqlite_database, tmp_path):
    from tests.service import make_service

    first = make_service(sqlite_database, tmp_path).parts
    act(first, 3)
    seal_audit(first, now=first.now())
    other, old = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=", str(keys_of(first)[0])
    from app.audit.note import NoteBroken
    from app.flows.verify_audit import verify_audit

    unnamed = make_service(sqlite_database, tmp_path, audit_key=other).parts
    with pytest.raises(NoteBroken, match="not signed by a known key"):
        seal_audit(unnamed, now=unnamed.now())
    named = make_service(sqlite_database, tmp_path, audit_key=other, audit_old_keys=old).parts
    act(named, 2, first=3)

    assert seal_audit(named, now=named.now()).size == 5
    assert verify_audit(named).is_honest
    assert next(finding.what for finding in verify_audit(unnamed).findings) == "signature"


def test_after_a_restore_a_new_name_begins_a_new_file_of_copies(sqlite_database, tmp_path):
    from app.flows.verify_audit import verify_audit
    from tests.service import make_service

    first = make_service(sqlite_database, tmp_path).parts
    act(first, 3)
    seal_audit(first, now=first.now())
    old = str(keys_of(first)[0])
    second = make_service(sqlite_database, tmp_path, audit_origin="weiheng/audit-2", audit_old_keys=old).parts
    act(second, 1, first=3)

    assert seal_audit(second, now=second.now()).copied == 1

    report = verify_audit(second)
    assert report.is_honest, report.findings
    assert (report.size, report.checkpoints, report.outside) == (4, 2, 1)
    assert len(list((tmp_path / "audit").iterdir())) == 2
