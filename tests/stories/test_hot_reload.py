"""Changed rules and wordlists take force by themselves; bad ones change nothing and are reported."""

from __future__ import annotations

import os
import shutil
import threading
import time
from dataclasses import replace

import pytest

from app import snapshots
from app.errors import BadDefinition, NotReady
from app.flows.follow_snapshots import FolderWatch, Follower, follow_once
from app.flows.go_back import go_back
from app.flows.publish_snapshot import publish
from app.jobs.open_parts import build_parts, prepare
from app.metrics import RULES_TAKEN
from app.models import Snapshot
from tests.few import few_folders
from tests.service import make_service, make_settings

LIST = "# category: counterfeit\n# verdict: block\n# source: 商标法第五十七条\n# owner: test\n"


@pytest.fixture
def folders(tmp_path):
    few_folders(tmp_path)
    return tmp_path


@pytest.fixture
def live(database, folders):
    """A service that publishes and follows its own copies of the folders."""
    service = make_service(
        database,
        folders / "data",
        rules_dir=folders / "rules",
        wordlists_dir=folders / "wordlists",
        watch=True,
        poll_s=0.1,
    )
    prepare(service.parts)
    return service


def test_a_new_word_blocks_soon_after_it_was_saved(live, folders):
    client = live.client("screen", "wordlists")
    follower = Follower(live.parts)
    follower.start()
    try:
        before = live.screen(client, "这是紫云英牌样机").get_json()
        time.sleep(0.3)
        (folders / "wordlists" / "trial.txt").write_text(LIST + "紫云英牌\n", encoding="utf-8")
        deadline = time.monotonic() + 30  # thirty lists take some seconds to build on a busy machine
        while live.screen(client, f"这是紫云英牌样机 {time.monotonic()}").get_json()["decision"] != "block":
            assert time.monotonic() < deadline, "the word never took force"
            time.sleep(0.05)
    finally:
        follower.stop()

    after = live.screen(client, "这是紫云英牌样机 再来").get_json()
    assert before["decision"] == "pass"
    assert after["snapshot"]["wordlists"] != before["snapshot"]["wordlists"]
    assert after["snapshot"]["rules"] == before["snapshot"]["rules"]


def test_a_request_leaves_building_to_the_follower(live):
    client, woken = live.client("rules"), threading.Event()
    before = live.parts.live.current
    live.parts.live.wake = woken.set  # a follower that does not get to it

    edit = {"kind": "rules", "reason": "先观察", "edits": [{"rule": "S2-05b", "status": "shadow"}]}
    said = client.post("/v1/snapshots", json=edit)

    assert (said.status_code, said.get_json()["state"]) == (202, "activating")
    assert live.parts.live.current is before
    assert woken.is_set()
    assert client.get(f"/v1/snapshots/{said.get_json()['id']}/diff").get_json()["total"] == 0  # it is in force
    taken = {how: RULES_TAKEN.labels(how)._value.get() for how in ("opened", "compiled")}
    assert follow_once(live.parts)
    assert live.parts.live.current.rules_id == said.get_json()["id"]
    assert RULES_TAKEN.labels("opened")._value.get() == taken["opened"] + 1  # as its trial left it
    assert RULES_TAKEN.labels("compiled")._value.get() == taken["compiled"]


def test_going_back_to_earlier_rules_compiles_nothing_in_the_process_that_serves(live, tmp_path):
    client = live.client("rules")
    first = live.parts.live.current.rules_id
    edit = {"kind": "rules", "reason": "先观察", "edits": [{"rule": "S2-05b", "status": "shadow"}]}
    client.post("/v1/snapshots", json=edit)
    assert live.parts.live.current.rules_id != first
    emptied = replace(live.parts, settings=live.parts.settings.model_copy(update={"cache_dir": tmp_path / "cache"}))
    compiled = RULES_TAKEN.labels("compiled")._value.get()
    with emptied.db.read() as session:
        earlier = session.get(Snapshot, first)

    go_back(emptied, earlier, reason="误改", by="legal", now=live.clock())

    assert emptied.live.current.rules_id == first
    assert RULES_TAKEN.labels("compiled")._value.get() == compiled


@pytest.mark.parametrize(
    ("kind", "name", "text", "told"),
    [
        ("wordlists", "trial.txt", LIST + "好词语\n好词语\n", "trial.txt:"),
        ("wordlists", "trial.txt", LIST.replace("counterfeit", "no_such_category") + "好词语\n", "trial.txt:1"),
        ("rules", "trial/pack.yaml", "pack: trial\nrules:\n  - id: S9-99\n    whne: true\n", "trial/pack.yaml:"),
        ("rules", "trial/pack.yaml", "a: &a [*a]\n", "trial/pack.yaml"),
    ],
)
def test_a_bad_file_keeps_the_old_snapshot_and_is_reported(live, folders, kind, name, text, told):
    client = live.client("screen", "admin")
    before = live.screen(client, "今天").get_json()["snapshot"]
    (folders / kind / name).parent.mkdir(exist_ok=True)
    (folders / kind / name).write_text(text, encoding="utf-8")

    with pytest.raises(BadDefinition) as refused:
        publish(live.parts.db, live.parts.settings, kind, by="test", now=live.clock())
    follow_once(live.parts)

    assert any(told in problem.field for problem in refused.value.problems)
    assert live.screen(client, "明天").get_json()["snapshot"] == before
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert name in ready.get_json()["checks"][kind]

    (folders / kind / name).unlink()
    publish(live.parts.db, live.parts.settings, kind, by="test", now=live.clock())
    assert client.get("/readyz").get_json()["checks"][kind] == "ok"


def test_a_rolled_back_snapshot_stays_rolled_back_until_somebody_publishes(live, folders):
    client = live.client("screen", "rules", "wordlists")
    first = live.parts.live.current.wordlists_id
    (folders / "wordlists" / "trial.txt").write_text(LIST + "紫云英牌\n", encoding="utf-8")
    publish(live.parts.db, live.parts.settings, "wordlists", by="test", now=live.clock())
    follow_once(live.parts)
    assert live.screen(client, "紫云英牌").get_json()["decision"] == "block"

    back = client.post(f"/v1/snapshots/{first}/activate", json={"reason": "误改"})
    follower = Follower(live.parts)
    follower.start()
    time.sleep(0.6)
    follower.stop()

    assert back.get_json()["is_active"]
    assert live.screen(client, "紫云英牌 二").get_json()["decision"] == "pass"
    listed = client.get("/v1/snapshots?kind=wordlists").get_json()["items"]
    assert [one["id"] for one in listed if one["is_active"]] == [first]

    (folders / "wordlists" / "trial.txt").write_text(LIST + "紫云英牌\n紫云英厂\n", encoding="utf-8")
    publish(live.parts.db, live.parts.settings, "wordlists", by="test", now=live.clock())
    follow_once(live.parts)
    assert live.screen(client, "紫云英牌 三").get_json()["decision"] == "block"


def test_two_processes_follow_one_activation(postgres_database, folders):
    settings = make_settings(
        postgres_database, folders / "data", rules_dir=folders / "rules", wordlists_dir=folders / "wordlists"
    )
    one, other = build_parts(settings), build_parts(settings)
    try:
        with pytest.raises(NotReady):
            follow_once(other)
        for kind in ("rules", "wordlists"):
            publish(one.db, settings, kind, by="test", now=one.now())
        follow_once(one)
        follow_once(other)
        (folders / "wordlists" / "trial.txt").write_text(LIST + "紫云英牌\n", encoding="utf-8")
        published = publish(one.db, settings, "wordlists", by="test", now=one.now())

        assert follow_once(other)
        assert other.live.current.wordlists_id == published.snapshot_id
    finally:
        one.db.close()
        other.db.close()


def test_a_file_still_being_written_is_not_looked_at(folders):
    watch = FolderWatch("wordlists", folders / "wordlists")
    assert not watch.is_settled()
    assert watch.is_settled()
    assert not watch.is_settled()

    target = folders / "wordlists" / "trial.txt"
    target.write_text(LIST, encoding="utf-8")
    assert not watch.is_settled()
    target.write_text(LIST + "紫云英牌\n", encoding="utf-8")
    assert not watch.is_settled()
    assert watch.is_settled()


def test_no_request_fails_while_snapshots_are_swapped(sqlite_database, folders):
    service = make_service(
        sqlite_database, folders / "data", rules_dir=folders / "rules", wordlists_dir=folders / "wordlists"
    )
    prepare(service.parts)
    client = service.client("screen")
    stop, answers = threading.Event(), []

    def upload(worker):
        number = 0
        while not stop.is_set():
            number += 1
            answers.append(service.screen(client, f"第{number}条", content_id=f"{worker}-{number}").status_code)

    threads = [threading.Thread(target=upload, args=(worker,)) for worker in range(2)]
    for thread in threads:
        thread.start()
    for number in range(5):
        words = "".join(f"紫云英{letter}牌\n" for letter in "甲乙丙丁戊"[: number + 1])
        (folders / "wordlists" / "trial.txt").write_text(LIST + words, encoding="utf-8")
        publish(service.parts.db, service.parts.settings, "wordlists", by="test", now=service.clock())
        assert follow_once(service.parts)
    stop.set()
    for thread in threads:
        thread.join()

    assert len(answers) > 20
    assert set(answers) == {200}


def _vim(folder, name, text):
    """Swap file, write probe, old file renamed to a backup, a new file under the old name, backup removed."""
    (folder / f".{name}.swp").write_bytes(b"b0VIM 9.0\0\xff")
    (folder / "4913").write_text("")
    (folder / "4913").unlink()
    (folder / name).rename(folder / f"{name}~")
    (folder / name).write_text(text, encoding="utf-8")
    (folder / f"{name}~").unlink()


def _emacs(folder, name, text):
    """A lock that is a dangling link, an auto-save file, then a backup that stays."""
    (folder / f".#{name}").symlink_to("somebody@somewhere.1234:1")
    (folder / f"#{name}#").write_text(text[: len(text) // 2], encoding="utf-8")
    shutil.copy(folder / name, folder / f"{name}~")
    (folder / name).write_text(text, encoding="utf-8")


def _atomic_rename(folder, name, text):
    """As VS Code and many scripts save: a temporary file beside it, renamed over it."""
    (folder / f"{name}.tmp-1234").write_text(text, encoding="utf-8")
    (folder / f"{name}.tmp-1234").replace(folder / name)


def _rsync(folder, name, text):
    """A hidden temporary name with six random characters, renamed over the file with the sender's time."""
    (folder / f".{name}.Xa81Kd").write_text(text, encoding="utf-8")
    os.utime(folder / f".{name}.Xa81Kd", (1_700_000_000, 1_700_000_000))
    (folder / f".{name}.Xa81Kd").replace(folder / name)


@pytest.mark.parametrize("save", [_vim, _emacs, _atomic_rename, _rsync])
def test_however_a_file_is_saved_it_is_published_once_and_whole(live, folders, save):
    folder, name = folders / "wordlists", "counterfeit.txt"
    follower = Follower(live.parts)
    before = live.parts.live.current.wordlists_id
    for _ in range(3):
        follower._follow()

    save(folder, name, (folder / name).read_text("utf-8") + "紫云英牌样机\n")
    for _ in range(4):
        follower._follow()

    assert live.parts.live.current.wordlists_id != before
    with live.parts.db.read() as session:
        assert len(snapshots.newest(session, "wordlists")) == 2
        assert snapshots.pointer(session, "wordlists").error is None


def test_what_an_editor_leaves_behind_publishes_nothing(live, folders):
    folder = folders / "rules/content"
    follower = Follower(live.parts)
    for _ in range(3):
        follower._follow()

    for name in (
        ".pack.yaml.swp",
        "4913",
        "pack.yaml~",
        "#pack.yaml#",
        ".#pack.yaml",
        "pack.yaml.Xa81Kd",
        "~$pack.yaml",
    ):
        (folder / name).write_text("pack: half wri", encoding="utf-8")
        for _ in range(3):
            follower._follow()

    with live.parts.db.read() as session:
        assert len(snapshots.newest(session, "rules")) == 1
        assert snapshots.pointer(session, "rules").error is None


def test_a_folder_swapped_by_a_symbolic_link_is_published_even_with_the_same_sizes_and_times(database, folders):
    releases = folders / "releases"
    for name, word in (("one", "紫云英甲"), ("two", "紫云英乙")):
        shutil.copytree(folders / "wordlists", releases / name)
        (releases / name / "trial.txt").write_text(LIST + word + "\n", encoding="utf-8")
        os.utime(releases / name / "trial.txt", (1_700_000_000, 1_700_000_000))
    (folders / "current").symlink_to(releases / "one")
    live = make_service(
        database,
        folders / "data",
        rules_dir=folders / "rules",
        wordlists_dir=folders / "current",
        watch=True,
        poll_s=0.1,
    )
    prepare(live.parts)
    follower = Follower(live.parts)
    for _ in range(3):
        follower._follow()
    before = live.parts.live.current.wordlists_id

    (folders / "next").symlink_to(releases / "two")
    (folders / "next").replace(folders / "current")
    for _ in range(3):
        follower._follow()

    assert live.parts.live.current.wordlists_id != before
    assert live.screen(live.client(), "这是紫云英乙样机").get_json()["decision"] == "block"
