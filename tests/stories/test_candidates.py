"""Proposing and approving: rules that block, hold or pay wait for a second person, and everything says so."""

from __future__ import annotations

import os
import subprocess

import orjson
import pytest
from sqlalchemy import select

from app import snapshots
from app.errors import BadDefinition
from app.flows.follow_snapshots import follow_once, publish_if_changed
from app.flows.past_versions import past_versions
from app.flows.publish_snapshot import publish, publish_revision
from app.models import AuditRow, OutboxMessage
from tests.few import few_folders
from tests.service import make_service

WHY = {"reason": "与法务核对过"}


@pytest.fixture
def service(database, few_judge, tmp_path, few):
    return make_service(database, tmp_path, few_judge, rule_approval="required", **few)


@pytest.fixture
def people(service):
    """Two persons, each with a key of their own."""
    clients = []
    for name in ("lin", "mei"):
        client = service.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key(name=name)}"
        clients.append(client)
    return clients


def propose(client, *edits, kind="rules", **more):
    body = {"kind": kind, "reason": "业务调整", "edits": list(edits)} | more
    return client.post("/v1/snapshots", json={name: value for name, value in body.items() if value is not None})


def status_of(client, rule):
    return next(each["status"] for each in client.get("/v1/rules").get_json()["items"] if each["id"] == rule)


def audited(service):
    with service.parts.db.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.object_type == "rules").order_by(AuditRow.at))
        return [(row.action, row.actor, row.reason) for row in rows]


def test_a_rule_that_blocks_waits_for_a_second_person_and_then_takes_force(service, people):
    lin, mei = people

    asked = propose(lin, {"rule": "S2-05", "status": "shadow"})

    said = asked.get_json()
    assert (asked.status_code, said["state"], said["hard_rules"]) == (201, "waiting", ["S2-05"])
    assert said["summary"]["zh"] == "修改规则 1 项。涉及 1 条会拦截、暂缓或动用资金的规则：S2-05。"
    assert said["items"][0]["zh"] == "修改规则 S2-05“绝对化用语”（content）：状态由 生效 改为 影子"
    assert status_of(lin, "S2-05") == "live"
    assert service.screen(lin, "全国最佳").get_json()["snapshot"]["rules"] == said["against"]
    assert said["id"] in lin.get("/readyz").get_json()["checks"]["rules"]
    assert lin.get("/readyz").status_code == 200
    metrics = lin.get("/metrics").get_data(as_text=True)
    assert 'weiheng_snapshot_waiting{kind="rules"} 1.0' in metrics

    own = lin.post(f"/v1/snapshots/{said['id']}/approve", json=WHY)
    done = mei.post(f"/v1/snapshots/{said['id']}/approve", json=WHY)
    again = mei.post(f"/v1/snapshots/{said['id']}/approve", json=WHY)

    assert own.status_code == 403
    assert (done.status_code, done.get_json()["is_active"], done.get_json()["waiting"]) == (200, True, None)
    assert again.status_code == 409
    assert status_of(lin, "S2-05") == "shadow"
    assert lin.get("/readyz").get_json()["checks"]["rules"] == "ok"
    assert 'weiheng_snapshot_waiting{kind="rules"} 0.0' in lin.get("/metrics").get_data(as_text=True)
    assert audited(service) == [
        ("snapshot.propose", "key:lin", "业务调整"),
        ("snapshot.activate", "key:mei", "与法务核对过"),
    ]


def test_a_refused_candidate_changes_nothing_and_may_be_asked_for_again(people):
    lin, mei = people
    candidate = propose(lin, {"rule": "S2-05", "status": "retired"}).get_json()["id"]

    assert lin.post(f"/v1/snapshots/{candidate}/refuse", json=WHY).status_code == 403
    refused = mei.post(f"/v1/snapshots/{candidate}/refuse", json=WHY)

    assert (refused.status_code, refused.get_json()["is_active"]) == (200, False)
    assert status_of(lin, "S2-05") == "live"
    assert mei.post(f"/v1/snapshots/{candidate}/approve", json=WHY).status_code == 409
    assert propose(lin, {"rule": "S2-05", "status": "retired"}).get_json()["state"] == "waiting"


def test_whoever_proposed_withdraws_their_own_and_nobody_else_does(service, people):
    lin, mei = people
    candidate = propose(lin, {"rule": "S2-05", "status": "shadow"}).get_json()["id"]

    strange = mei.post(f"/v1/snapshots/{candidate}/withdraw", json=WHY)
    done = lin.post(f"/v1/snapshots/{candidate}/withdraw", json={})
    again = lin.post(f"/v1/snapshots/{candidate}/withdraw", json={})

    assert strange.status_code == 403
    assert (done.status_code, done.get_json()["waiting"], done.get_json()["is_active"]) == (200, None, False)
    assert (again.status_code, again.get_json()["detail"]) == (409, "the snapshot does not wait: it was withdrawn")
    assert mei.post(f"/v1/snapshots/{candidate}/approve", json=WHY).status_code == 409
    assert status_of(lin, "S2-05") == "live"
    assert lin.get("/readyz").get_json()["checks"]["rules"] == "ok"
    assert audited(service)[-1] == ("snapshot.withdraw", "key:lin", None)
    assert propose(lin, {"rule": "S2-05", "status": "shadow"}).get_json()["state"] == "waiting"


def test_a_decision_without_a_reason_is_refused(people):
    lin, mei = people
    candidate = propose(lin, {"rule": "S2-05", "status": "retired"}).get_json()["id"]

    for body in ({}, {"reason": " "}, {"reason": "x", "more": 1}):
        assert mei.post(f"/v1/snapshots/{candidate}/approve", json=body).status_code == 422
    assert propose(lin, {"rule": "S2-06", "status": "shadow"}, reason=" ").status_code == 422


def test_what_only_asks_people_needs_no_second_person(people):
    lin, _ = people

    said = propose(lin, {"rule": "S2-05b", "status": "shadow"}).get_json()

    assert (said["state"], said["hard_rules"], said["approval_id"]) == ("active", [], None)
    assert status_of(lin, "S2-05b") == "shadow"


def test_a_parameter_of_a_rule_that_blocks_waits_and_its_old_value_holds(people):
    lin, _ = people
    edit = {"pack": "content", "parameter": "health_food_categories", "value": ["health_food", "营养品"]}

    said = propose(lin, edit).get_json()

    assert (said["state"], said["hard_rules"]) == ("waiting", ["S2-06b", "S2-06c"])
    assert "取值 增加 营养品，去掉 保健食品、保健品；影响规则 S2-06b、S2-06c" in said["items"][0]["zh"]


def test_the_same_candidate_is_asked_for_once(service, people):
    lin, _ = people
    one, other = (propose(lin, {"rule": "S2-05", "status": "shadow"}).get_json() for _ in range(2))

    assert one["approval_id"] == other["approval_id"]
    assert [action for action, *_ in audited(service)] == ["snapshot.propose"]


def test_a_candidate_is_not_approved_over_what_took_force_since(people):
    lin, mei = people
    candidate = propose(lin, {"rule": "S2-05", "status": "shadow"}).get_json()["id"]
    propose(lin, {"rule": "S2-05b", "status": "shadow"})

    stale = mei.post(f"/v1/snapshots/{candidate}/approve", json=WHY)

    assert stale.status_code == 409
    assert "propose it again" in stale.get_json()["detail"]
    assert (status_of(lin, "S2-05"), status_of(lin, "S2-05b")) == ("live", "shadow")
    again = propose(lin, {"rule": "S2-05", "status": "shadow"}).get_json()
    assert again["id"] != candidate


def test_going_back_waits_for_another_person_like_any_change_and_is_a_version_of_its_own(service, people):
    lin, mei = people
    service.clock.advance(minutes=5)
    first = propose(lin, {"rule": "S2-05", "status": "shadow"}).get_json()
    assert lin.post(f"/v1/snapshots/{first['id']}/activate", json=WHY).status_code == 409
    mei.post(f"/v1/snapshots/{first['id']}/approve", json=WHY)
    service.clock.advance(minutes=5)

    back = mei.post(f"/v1/snapshots/{first['against']}/activate", json={"reason": "误改，先退回"})

    assert (back.status_code, back.get_json()["is_active"], back.get_json()["was_active"]) == (200, False, True)
    waiting = back.get_json()["waiting"]
    assert (waiting["requested_by"], waiting["reason"]) == ("key:mei", "误改，先退回")
    assert status_of(lin, "S2-05") == "shadow"
    assert mei.post(f"/v1/snapshots/{first['against']}/approve", json=WHY).status_code == 403

    done = lin.post(f"/v1/snapshots/{first['against']}/approve", json=WHY)

    assert (done.status_code, done.get_json()["is_active"], status_of(lin, "S2-05")) == (200, True, "live")
    with service.parts.db.read() as session:
        newest, former, made = past_versions(session, "rules", limit=5)
    assert (newest.snapshot_id, newest.before, newest.goes_back) == (first["against"], first["id"], True)
    assert (newest.asked_by, newest.reason) == ("key:mei", "误改，先退回")
    assert (newest.approved_by, newest.approval) == ("key:lin", "与法务核对过")
    assert (former.snapshot_id, former.asked_by, former.approved_by) == (first["id"], "key:lin", "key:mei")
    assert (former.reason, former.before, former.goes_back) == ("业务调整", first["against"], False)
    assert (made.snapshot_id, made.asked_by, made.reason, made.before) == (first["against"], "test", None, None)


def test_going_back_where_no_rule_that_blocks_is_touched_needs_a_reason_and_nobody_else(service, people):
    lin, _ = people
    soft = propose(lin, {"rule": "S2-05b", "status": "shadow"}).get_json()
    assert soft["state"] == "active"
    before = audited(service)

    for body in ({}, {"reason": " "}):
        assert lin.post(f"/v1/snapshots/{soft['against']}/activate", json=body).status_code == 422
    back = lin.post(f"/v1/snapshots/{soft['against']}/activate", json={"reason": "误改"})
    again = lin.post(f"/v1/snapshots/{soft['against']}/activate", json={"reason": "误改"})

    assert (back.get_json()["is_active"], again.get_json()["is_active"]) == (True, True)
    assert audited(service) == [*before, ("snapshot.activate", "key:lin", "误改")]


def test_files_of_an_earlier_version_wait_as_well(service, people):
    lin, mei = people
    with service.parts.db.read() as session:
        earlier = snapshots.load(session, snapshots.pointer(session, "rules").snapshot_id)
    first = propose(lin, {"rule": "S2-05", "status": "shadow"}).get_json()
    mei.post(f"/v1/snapshots/{first['id']}/approve", json=WHY)

    again = lin.post("/v1/snapshots", json={"kind": "rules", "reason": "照旧", "files": earlier, "base": first["id"]})

    assert (again.get_json()["id"], again.get_json()["state"]) == (first["against"], "waiting")


def test_a_wrong_candidate_is_refused_whole_with_its_places_and_nothing_is_stored(people):
    lin, _ = people
    before = len(lin.get("/v1/snapshots").get_json()["items"])

    wrong = propose(lin, {"path": "content/pack.yaml", "text": "pack: content\nrules: 3\n"})
    fails = propose(lin, {"rule": "S2-05", "status": "shadow"}, edits=[{"path": "content/examples.yaml", "text": None}])
    unknown = propose(lin, {"rule": "S0-99", "status": "live"})

    assert [each.status_code for each in (wrong, fails, unknown)] == [422, 422, 422]
    assert any("content/pack.yaml:" in each["field"] for each in wrong.get_json()["errors"])
    assert len(lin.get("/v1/snapshots").get_json()["items"]) == before


def test_an_edit_of_what_is_no_longer_in_force_is_refused(people):
    lin, _ = people
    said = propose(lin, {"rule": "S2-05b", "status": "shadow"}).get_json()

    late = propose(lin, {"rule": "S2-05b", "status": "live"}, base=said["against"])

    assert late.status_code == 409
    assert propose(lin, {"rule": "S2-05b", "status": "live"}, base=said["id"]).status_code == 201


def test_words_are_proposed_too_and_take_force(service, people):
    lin, _ = people
    head = "# category: counterfeit\n# verdict: block\n# source: 商标法第五十七条\n# owner: test\n"

    said = propose(lin, {"path": "trial.txt", "text": head + "紫云英牌\r\n"}, kind="wordlists").get_json()
    same = propose(lin, {"path": "trial.txt", "text": head + "紫云英牌\n"}, kind="wordlists")
    state = propose(lin, {"rule": "S2-05", "status": "live"}, kind="wordlists")

    assert (said["state"], said["summary"]["zh"]) == ("active", "新增词库 1 项。")
    assert (same.status_code, same.get_json()["state"]) == (200, "unchanged")
    assert state.status_code == 422
    assert service.screen(lin, "紫云英牌样机").get_json()["decision"] == "block"


def test_a_large_diff_is_told_in_pages_with_its_total(people):
    lin, _ = people
    with_words = "# category: counterfeit\n# verdict: review\n# source: x\n# owner: test\n"
    first = propose(lin, {"path": "trial.txt", "text": with_words + "起始词语\n"}, kind="wordlists").get_json()
    words = "".join(f"起始词语{number}号\n" for number in range(450))
    said = propose(lin, {"path": "trial.txt", "text": with_words + words}, kind="wordlists").get_json()

    pages, cursor = [], None
    while cursor is not None or not pages:
        query = f"against={first['id']}&limit=200" + (f"&cursor={cursor}" if cursor else "")
        pages.append(lin.get(f"/v1/snapshots/{said['id']}/diff?{query}").get_json())
        cursor = pages[-1]["next_cursor"]

    assert (said["total"], len(said["items"]), said["next_cursor"]) == (451, 200, "200")
    assert [len(page["items"]) for page in pages] == [200, 200, 51]
    assert len({item["id"] for page in pages for item in page["items"]}) == 451
    assert pages[0]["counts"] == {"word.added": 450, "word.removed": 1}
    backwards = lin.get(f"/v1/snapshots/{first['id']}/diff?against={said['id']}").get_json()
    assert backwards["counts"] == {"word.added": 1, "word.removed": 450}


def test_snapshots_of_two_kinds_are_not_compared(people):
    lin, _ = people
    one, other = (lin.get(f"/v1/snapshots?kind={kind}").get_json()["items"][0]["id"] for kind in snapshots.KINDS)

    assert lin.get(f"/v1/snapshots/{one}/diff?against={other}").status_code == 422
    assert lin.get(f"/v1/snapshots/{one}/diff").get_json()["summary"]["zh"] == "没有差别。"


def test_a_key_proposes_only_what_it_has_the_scope_of(service):
    words = service.client("wordlists")

    assert propose(words, {"rule": "S2-05", "status": "shadow"}).status_code == 403


@pytest.fixture
def folders(database, tmp_path, copied):
    where = {"rules_dir": copied / "rules", "wordlists_dir": copied / "wordlists"}
    service = make_service(database, tmp_path / "data", rule_approval="required", **where)
    for kind in ("rules", "wordlists"):
        publish(service.parts.db, service.parts.settings, kind, by="first start", now=service.clock())
    follow_once(service.parts)
    return service


@pytest.fixture
def copied(tmp_path):
    few_folders(tmp_path / "work")
    return tmp_path / "work"


def rewrite(folder, old, new):
    pack = folder / "rules/content/pack.yaml"
    assert old in pack.read_text("utf-8")
    pack.write_text(pack.read_text("utf-8").replace(old, new), "utf-8")


def test_what_a_folder_proposed_is_nobodys_own_to_withdraw(folders, copied):
    rewrite(copied, *BLOCKS)
    published = publish(folders.parts.db, folders.parts.settings, "rules", by="watcher", now=folders.clock())
    client = folders.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {folders.key(name='watcher')}"

    refused = client.post(f"/v1/snapshots/{published.snapshot_id}/withdraw", json={})

    assert refused.status_code == 403
    assert published.waiting


def test_what_a_folder_held_before_no_longer_waits_once_it_holds_something_else(folders, copied):
    rewrite(copied, *BLOCKS)
    first = publish(folders.parts.db, folders.parts.settings, "rules", by="watcher", now=folders.clock())
    rewrite(copied, BLOCKS[1], BLOCKS[1] + "的")

    second = publish(folders.parts.db, folders.parts.settings, "rules", by="watcher", now=folders.clock())

    assert (first.waiting, second.waiting) == (True, True)
    assert [each["id"] for each in the_waiting(folders)] == [second.snapshot_id]


BLOCKS = ("reason: 含绝对化用语且无合法豁免依据", "reason: 绝对化用语，且无合法豁免依据")


def test_the_first_snapshot_of_an_empty_database_takes_force_and_the_next_one_waits(folders, copied):
    before = folders.parts.live.current.rules_id
    rewrite(copied, *BLOCKS)

    published = publish(folders.parts.db, folders.parts.settings, "rules", by="cli", now=folders.clock())
    follow_once(folders.parts)

    assert (published.waiting, published.changed) == (True, False)
    assert folders.parts.live.current.rules_id == before
    mei = folders.client()
    assert mei.post(f"/v1/snapshots/{published.snapshot_id}/approve", json=WHY).status_code == 200
    assert folders.parts.live.current.rules_id == published.snapshot_id


def test_a_watched_folder_asks_once_and_leaves_it_at_that(folders, copied):
    rewrite(copied, *BLOCKS)
    for _ in range(3):
        publish_if_changed(folders.parts, "rules", now=folders.clock())

    waiting = [each for each in folders.client().get("/v1/snapshots").get_json()["items"] if each["waiting"]]
    assert [each["waiting"]["requested_by"] for each in waiting] == ["watcher"]
    folders.client().post(f"/v1/snapshots/{waiting[0]['id']}/refuse", json=WHY)
    publish_if_changed(folders.parts, "rules", now=folders.clock())
    assert not any(each["waiting"] for each in folders.client().get("/v1/snapshots").get_json()["items"])


def git(where, *arguments):
    who = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com", "GIT_CONFIG_GLOBAL": "/dev/null"}
    who |= {"GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.com"}
    command = ["git", "-C", where, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, env=os.environ | who)  # noqa: S603 - our own git
    return done.stdout.decode().strip()


def from_git(service, repository, revision="HEAD", **more):
    options = {"repository": repository, "revision": revision, "folder": "rules", "by": "cli", "reason": ""} | more
    return publish_revision(service.parts.db, service.parts.settings, "rules", now=service.clock(), **options)


def test_a_git_revision_is_published_without_touching_the_working_copy(folders, copied):
    git(copied, "init", "-q", "-b", "main")
    rewrite(copied, "reason: 微信内容安全接口建议人工复核", "reason: 微信内容安全接口建议复核")
    git(copied, "add", ".")
    git(copied, "commit", "-qm", "one")
    commit = git(copied, "rev-parse", "HEAD")
    (copied / "rules/content/pack.yaml").write_text("half written", "utf-8")
    before = sorted(path.stat().st_mtime_ns for path in copied.rglob("*.yaml"))

    published = from_git(folders, copied)

    assert (published.changed, published.waiting) == (True, False)
    with folders.parts.db.read() as session:
        stored = next(each for each in snapshots.newest(session, "rules") if each.id == published.snapshot_id)
    assert (stored.summary["commit"], stored.summary["revision"]) == (commit, "HEAD")
    assert sorted(path.stat().st_mtime_ns for path in copied.rglob("*.yaml")) == before
    assert not from_git(folders, copied, "main").changed


@pytest.mark.parametrize(
    ("revision", "more"),
    [("no-such-branch", {}), ("--output=/tmp/x", {}), ("HEAD", {"folder": "nowhere"}), ("HEAD:rules", {})],
)
def test_a_revision_that_is_none_is_refused(folders, copied, revision, more):
    git(copied, "init", "-q", "-b", "main")
    git(copied, "add", ".")
    git(copied, "commit", "-qm", "one")

    with pytest.raises(BadDefinition):
        from_git(folders, copied, revision, **more)


def test_what_is_no_working_copy_is_refused(folders, tmp_path):
    with pytest.raises(BadDefinition):
        from_git(folders, tmp_path)


EDIT = {"rule": "S2-05b", "status": "shadow"}
OTHER = ("reason: 微信内容安全接口建议人工复核", "reason: 微信内容安全接口建议复核")


def status_in_force(service, rule="S2-05b"):
    follow_once(service.parts)
    return next(each.status for each in service.parts.live.current.engine.rules if each.id == rule)


def the_waiting(service):
    return [each for each in service.client().get("/v1/snapshots").get_json()["items"] if each["waiting"]]


def test_a_folder_that_knows_nothing_of_an_edit_is_held_and_says_what_it_would_undo(folders, copied):
    assert propose(folders.client(), EDIT).get_json()["state"] == "active"
    rewrite(copied, *OTHER)
    for _ in range(2):
        publish_if_changed(folders.parts, "rules", now=folders.clock())

    [held] = the_waiting(folders)
    assert status_in_force(folders) == "shadow"
    assert held["waiting"]["undoes"] == ["修改规则 S2-05b“绝对化用语主张豁免”（content）：状态由 影子 改为 生效"]
    assert "waits for a second person" in folders.client().get("/readyz").get_json()["checks"]["rules"]

    folders.client().post(f"/v1/snapshots/{held['id']}/approve", json=WHY)
    assert status_in_force(folders) == "live"
    rewrite(copied, *reversed(OTHER))
    publish_if_changed(folders.parts, "rules", now=folders.clock())
    assert not the_waiting(folders)  # the edit is gone, so nothing is undone any more


def test_a_folder_that_has_the_edit_is_published_as_ever(folders, copied):
    propose(folders.client(), EDIT)
    pack = copied / "rules/content/pack.yaml"
    head, found, rest = pack.read_text("utf-8").partition("  - id: S2-05b\n")
    pack.write_text(head + found + rest.replace("status: live", "status: shadow", 1), "utf-8")
    rewrite(copied, *OTHER)

    publish_if_changed(folders.parts, "rules", now=folders.clock())

    assert not the_waiting(folders)
    assert status_in_force(folders) == "shadow"
    with folders.parts.db.read() as session:
        assert snapshots.pointer(session, "rules").edits_of is None


def test_edits_upon_edits_and_going_back_to_them_are_still_known_as_edits(folders, copied):
    mei = folders.client()
    first = propose(mei, EDIT).get_json()["id"]
    second = propose(mei, {"rule": "S9-01b", "status": "shadow"}).get_json()["id"]
    assert mei.post(f"/v1/snapshots/{first}/activate", json=WHY).status_code == 200
    assert mei.post(f"/v1/snapshots/{second}/activate", json=WHY).status_code == 200

    rewrite(copied, *OTHER)
    publish_if_changed(folders.parts, "rules", now=folders.clock())

    [held] = the_waiting(folders)
    assert [each.split("“")[0] for each in held["waiting"]["undoes"]] == ["修改规则 S2-05b", "修改规则 S9-01b"]


def test_whoever_means_it_publishes_over_edits(folders, copied):
    propose(folders.client(), EDIT)
    rewrite(copied, *OTHER)

    published = publish(
        folders.parts.db, folders.parts.settings, "rules", by="cli", now=folders.clock(), overwrites=True
    )

    assert published.changed
    assert status_in_force(folders) == "live"


def test_a_candidate_that_waits_is_announced(folders):
    folders.client().post("/v1/webhooks", json={"url": "http://127.0.0.1:9/x", "event_types": ["snapshot.waiting"]})
    asked = propose(folders.client(), {"rule": "S2-05", "status": "shadow"}).get_json()

    with folders.parts.db.read() as session:
        [body] = session.scalars(select(OutboxMessage.body))
    told = orjson.loads(body)
    assert told["type"] == "snapshot.waiting"
    assert told["data"]["approval_id"] == asked["approval_id"]
    assert (told["data"]["snapshot"], told["data"]["rules"]) == (asked["id"], ["S2-05"])
