"""Snapshots: the same files are the same snapshot everywhere, stored whole, and a pointer says which is in force."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from app import snapshots
from app.errors import BadDefinition, NotFound
from app.models import Snapshot

FILES = {"ads/pack.yaml": "id: ads\n", "ads/examples.yaml": "- 最好\n"}
OTHER = {"ads/pack.yaml": "id: ads\nversion: 2\n"}
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def store(database, files, now, *, kind="rules"):
    return database.write(lambda session: snapshots.store(session, kind, files, summary={"n": 1}, by="cli", now=now))


def activate(database, snapshot_id, now, *, kind="rules", by="cli"):
    return database.write(lambda session: snapshots.activate(session, kind, snapshot_id, by=by, now=now))


def pointer(database, kind="rules"):
    with database.read() as session:
        return snapshots.pointer(session, kind)


def load(database, snapshot_id):
    with database.read() as session:
        return snapshots.load(session, snapshot_id)


@given(st.dictionaries(texts, texts, max_size=5))
def test_the_order_in_which_files_were_found_does_not_change_the_id(files):
    backwards = dict(reversed(files.items()))

    assert snapshots.content_id("rules", files) == snapshots.content_id("rules", backwards)


@given(st.dictionaries(texts, texts, max_size=4), st.dictionaries(texts, texts, max_size=4))
def test_different_files_have_different_ids(one, other):
    assert (snapshots.content_id("rules", one) == snapshots.content_id("rules", other)) == (one == other)


def test_the_same_files_of_another_kind_are_another_snapshot():
    assert snapshots.content_id("rules", FILES) != snapshots.content_id("wordlists", FILES)


def test_the_id_is_the_same_on_every_machine_and_in_every_version():
    # made outside of Python: printf '{"files":{"a.yaml":"x: 1\\n"},"kind":"rules"}' | sha256sum
    expected = "sha256:d8fb321aaf3e61bd967a8bb78321509b4e8729f766412576cc96bb86762b52d2"
    assert snapshots.content_id("rules", {"a.yaml": "x: 1\n"}) == expected


def test_a_stored_snapshot_is_rebuilt_byte_for_byte(database, now):
    files = FILES | {"词表.txt": "\ufeff极品\r\n\t \u200b😀\0", "empty.yaml": "", "big.txt": "字" * 300_000}

    snapshot_id = store(database, files, now)

    assert load(database, snapshot_id) == files
    assert snapshot_id == snapshots.content_id("rules", files)


def test_storing_the_same_files_again_changes_nothing(database, now):
    first = store(database, FILES, now)
    second = store(database, dict(reversed(FILES.items())), now + timedelta(hours=1))

    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Snapshot)) == 1
        assert session.get(Snapshot, first).created_at == now
    assert first == second


def test_storing_the_same_files_at_once_stores_them_once(database, now):
    together = threading.Barrier(6)

    def store_it(_):
        together.wait(10)
        return store(database, FILES, now)

    with ThreadPoolExecutor(6) as processes:
        assert len(set(processes.map(store_it, range(6)))) == 1


def test_a_snapshot_changed_in_the_database_is_not_served(database, now):
    one, two = store(database, FILES, now), store(database, OTHER, now)
    with database.read() as session:
        forged = session.get(Snapshot, two).files
    database.write(lambda session: session.execute(update(Snapshot).where(Snapshot.id == one).values(files=forged)))

    with pytest.raises(AssertionError, match="changed"):
        load(database, one)


def test_loading_what_was_never_stored_is_not_found(database):
    with pytest.raises(NotFound):
        load(database, "sha256:" + "0" * 64)


def test_nothing_is_in_force_before_the_first_activation(database):
    assert pointer(database) == snapshots.Pointer("rules", None, 0, None, None, None, None)


def test_every_activation_raises_the_generation_and_a_rollback_is_one_too(database, now):
    one, two = store(database, FILES, now), store(database, OTHER, now)

    generations = [activate(database, snapshot_id, now) for snapshot_id in (one, two, one)]

    assert generations == [1, 2, 3]
    assert (pointer(database).snapshot_id, pointer(database).generation) == (one, 3)


def test_activating_what_is_active_changes_nothing(database, now):
    one = store(database, FILES, now)
    activate(database, one, now, by="lin")

    assert activate(database, one, now + timedelta(hours=1), by="mei") == 1
    assert pointer(database).activated_at == now


def test_activating_what_was_never_stored_or_is_of_another_kind_is_not_found(database, now):
    words = store(database, FILES, now, kind="wordlists")

    for snapshot_id in (words, "sha256:" + "0" * 64):
        with pytest.raises(NotFound):
            activate(database, snapshot_id, now)
    assert pointer(database).generation == 0


def test_kinds_have_pointers_of_their_own(database, now):
    activate(database, store(database, FILES, now), now)

    assert pointer(database, "wordlists").generation == 0


def test_activations_racing_are_all_counted(database, now):
    ids = [store(database, {"a.yaml": str(number)}, now) for number in range(8)]
    together = threading.Barrier(8)

    def activate_it(snapshot_id):
        together.wait(10)
        return activate(database, snapshot_id, now)

    with ThreadPoolExecutor(8) as processes:
        generations = sorted(processes.map(activate_it, ids))

    assert generations == list(range(1, 9))
    assert pointer(database).generation == 8


def test_a_refused_folder_is_remembered_and_leaves_the_active_snapshot(database, now):
    one = store(database, FILES, now)
    activate(database, one, now)

    database.write(lambda session: snapshots.note_folder(session, "rules", folder_id="f2", error="line 3", now=now))

    found = pointer(database)
    assert (found.snapshot_id, found.generation) == (one, 1)
    assert (found.folder_id, found.error, found.checked_at) == ("f2", "line 3", now)
    database.write(lambda session: snapshots.note_folder(session, "rules", folder_id="f3", error=None, now=now))
    assert pointer(database).error is None


def test_newest_lists_one_kind_newest_first(database, now):
    ids = [store(database, {"a.yaml": str(hour)}, now + timedelta(hours=hour)) for hour in range(4)]
    store(database, FILES, now, kind="wordlists")

    with database.read() as session:
        found = [snapshot.id for snapshot in snapshots.newest(session, "rules", limit=3)]

    assert found == ids[:0:-1]


def test_a_folder_is_read_with_its_subfolders_and_nothing_else(tmp_path):
    seen = {"ads/pack.yaml": "id: ads\n", "food/drinks/pack.yaml": "id: 食品\n", "top.yaml": ""}
    unseen = [
        ".hidden.yaml",
        ".git/config.yaml",
        "ads/.pack.yaml.swp",
        "ads/pack.yaml~",
        "ads/~pack.yaml",
        "ads/#pack.yaml#",
        "ads/#pack.yaml",
        "ads/.#pack.yaml",
        "ads/pack.yaml.tmp",
        "ads/4913",
        "ads/pack.yml",
        "readme.md",
    ]
    for name, content in (seen | dict.fromkeys(unseen, "x")).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()

    assert snapshots.read_folder("rules", tmp_path) == seen


def test_wordlists_are_text_and_rules_are_not(tmp_path):
    (tmp_path / "ads.txt").write_text("极品\n", encoding="utf-8")

    assert snapshots.read_folder("wordlists", tmp_path) == {"ads.txt": "极品\n"}
    assert snapshots.read_folder("rules", tmp_path) == {}


def test_a_hidden_folder_above_does_not_hide_what_is_in_it(tmp_path):
    folder = tmp_path / ".config" / "rules"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text("x")

    assert snapshots.read_folder("rules", folder) == {"a.yaml": "x"}


def test_line_ends_and_a_byte_order_mark_do_not_make_another_snapshot(tmp_path):
    for name, data in {"unix": "id: 食\nb: 1\n".encode(), "windows": "\ufeffid: 食\r\nb: 1\r\n".encode()}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_bytes(data)

    one, other = (snapshots.read_folder("rules", tmp_path / name) for name in ("unix", "windows"))

    assert snapshots.content_id("rules", one) == snapshots.content_id("rules", other)


def test_every_file_that_is_not_utf_8_is_named_with_its_place(tmp_path):
    (tmp_path / "good.txt").write_text("好", encoding="utf-8")
    (tmp_path / "gbk.txt").write_bytes(b"ab" + "极品".encode("gbk"))
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "utf16.txt").write_bytes("极品".encode("utf-16"))

    with pytest.raises(BadDefinition) as refused:
        snapshots.read_folder("wordlists", tmp_path)

    assert {problem.field: problem.problem for problem in refused.value.problems} == {
        "wordlists/gbk.txt:1": "not UTF-8 at byte 2",
        "wordlists/sub/utf16.txt:1": "not UTF-8 at byte 0",
    }


def test_a_file_over_the_cap_is_named(tmp_path):
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(32 * 2**20 + 1)

    with pytest.raises(BadDefinition, match=r"huge\.txt: 33554433 bytes"):
        snapshots.read_folder("wordlists", tmp_path)


def test_a_missing_folder_is_an_error_and_not_an_empty_set_of_rules(tmp_path):
    with pytest.raises(BadDefinition):
        snapshots.read_folder("rules", tmp_path / "nowhere")
