"""A matcher is built once, in a child; every process after that opens what was kept."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app import packed_matchers, snapshots
from app.clock import utc_now
from app.db import Database
from app.errors import BadDefinition
from app.flows.open_matcher import check_wordlists, open_matcher
from app.models import PackedMatcher
from app.packed_matchers import PackFolder
from app.settings import Settings
from app.text import build_in_child
from app.text.build_in_child import BuildStopped, ChildFailed
from app.text.match import Context, TextField
from app.text.packed import KEPT, variant

MANY = "".join(f"杜撰词{number:03}\n" for number in range(400))
HEAD = "# category: made\n# verdict: review\n# source: 广告法\n# owner: legal\n# match: sound\n"
FILES = {
    "categories.yaml": "made: {title: 生成, law: 无, severity: 2}\n",
    "made.txt": HEAD + "加你微信\n全国最佳\n" + MANY,
}
ID = snapshots.content_id("wordlists", FILES)

ROOT = Path(__file__).resolve().parents[2]
TAKING = """
import sys
from app.db import Database
from app.flows.open_matcher import _take_tables
from app.settings import Settings
from app.text import kept
_take_tables(Settings.model_validate({"data_dir": sys.argv[1]}), Database(sys.argv[2]))
print(*sorted(kept._given))
"""


@pytest.fixture(scope="module")
def kept_once(tmp_path_factory):
    """A folder in which the matcher of FILES is kept, for tests that begin with one."""
    folder = tmp_path_factory.mktemp("kept")
    open_matcher(settings(folder), ID, FILES)
    return folder / "cache"


@pytest.fixture
def has_kept(kept_once, tmp_path):
    """The test's folder with the same in it."""
    shutil.copytree(kept_once, tmp_path / "cache")
    return tmp_path


def settings(folder, **more) -> Settings:
    return Settings.model_validate({"data_dir": folder} | more)


def words_in(opened, now, text="请加你薇信") -> list[str]:
    scan = opened.matcher.scan((TextField("title", text),), Context("video_caption", now))
    return [hit.word for hit in scan.hits]


def kept(folder):
    return sorted((folder / "cache").glob("*.matcher"))


def test_it_is_built_once_and_then_opened(tmp_path, now) -> None:
    first = open_matcher(settings(tmp_path), ID, FILES)
    (pack,) = kept(tmp_path)
    made = pack.stat().st_ino
    second = open_matcher(settings(tmp_path), ID, FILES)

    assert words_in(first, now) == words_in(second, now) == ["加你微信"]
    assert second.severities == {"made": 2}
    assert [path.stat().st_ino for path in kept(tmp_path)] == [made]


def test_a_checked_set_is_ready_to_be_opened(tmp_path) -> None:
    assert check_wordlists(settings(tmp_path), ID, FILES) == {"lists": 1, "words": 402, "exemptions": 0}
    assert PackFolder(tmp_path / "cache").get(ID, variant()) is not None
    assert PackFolder(tmp_path / "cache").get(ID, "of another program") is None


@pytest.mark.parametrize("matcher", ["auto", "pyahocorasick"])
def test_wrong_lists_are_refused_with_their_lines_and_nothing_is_kept(tmp_path, matcher) -> None:
    wrong = FILES | {"made.txt": HEAD + "加你微信\n最\n" + MANY}

    with pytest.raises(BadDefinition) as refused:
        check_wordlists(settings(tmp_path, matcher=matcher), ID, wrong)

    assert [problem.field for problem in refused.value.problems] == ["wordlists/made.txt:7"]
    assert kept(tmp_path) == []


@pytest.mark.parametrize("harm", ["cut", "changed", "emptied"])
def test_a_harmed_pack_is_built_again(has_kept, now, harm) -> None:
    (pack,) = kept(has_kept)
    whole = pack.read_bytes()
    harmed = {"cut": whole[:-40], "changed": whole[:-40] + b"x" + whole[-39:], "emptied": b""}[harm]
    pack.write_bytes(harmed)

    assert words_in(open_matcher(settings(has_kept), ID, FILES), now) == ["加你微信"]
    assert pack.read_bytes() == whole


def test_a_few_words_are_built_here_because_that_is_faster(tmp_path, now) -> None:
    few = FILES | {"made.txt": HEAD + "加你微信\n"}

    assert words_in(open_matcher(settings(tmp_path), snapshots.content_id("wordlists", few), few), now) == ["加你微信"]
    assert kept(tmp_path) == []


def test_the_engine_that_cannot_be_packed_is_built_here(tmp_path, now) -> None:
    opened = open_matcher(settings(tmp_path, matcher="pyahocorasick"), ID, FILES)

    assert opened.matcher.engine == "pyahocorasick"
    assert words_in(opened, now) == ["加你微信"]
    assert kept(tmp_path) == []


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path, now) -> None:
    (tmp_path / "cache").write_text("not a folder", "utf-8")

    assert words_in(open_matcher(settings(tmp_path), ID, FILES), now) == ["加你微信"]


def test_a_child_that_does_not_end_in_time_says_so(tmp_path) -> None:
    with pytest.raises(ChildFailed, match="TimeoutExpired"):
        build_in_child.build_in_child(FILES, engine="auto", into=tmp_path / "pack", timeout_s=0.01)


def test_several_at_once_build_one(tmp_path, now) -> None:
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(words_in(open_matcher(settings(tmp_path), ID, FILES), now)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [["加你微信"]] * 4
    assert len(kept(tmp_path)) == 1
    assert [path.name for path in (tmp_path / "cache").iterdir() if path.name != "matcher.lock"] == [
        kept(tmp_path)[0].name
    ]


def test_another_machine_finds_it_in_the_database(postgres_database, tmp_path, now) -> None:
    open_matcher(settings(tmp_path / "one"), ID, FILES, db=postgres_database)
    with postgres_database.read() as session:
        packed = packed_matchers.load(session, ID, variant())
    other = settings(tmp_path / "two")

    assert packed is not None
    assert words_in(open_matcher(other, ID, FILES, db=postgres_database), now) == ["加你微信"]
    assert PackFolder(other.cache).get(ID, variant()) == packed


def test_machines_that_build_the_same_at_once_all_open_it(postgres_database, tmp_path, now) -> None:
    machines = [settings(tmp_path / str(number)) for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda own: words_in(open_matcher(own, ID, FILES, db=postgres_database), now), machines))

    assert found == [["加你微信"]] * 3
    with postgres_database.read() as session:
        assert packed_matchers.load(session, ID, variant()) is not None


def test_a_folder_that_may_only_be_read_gives_what_is_in_it(has_kept, monkeypatch) -> None:
    def refused(*_):
        raise PermissionError("read-only file system")

    monkeypatch.setattr("os.utime", refused)

    assert PackFolder(settings(has_kept).cache).get(ID, variant()) is not None


def test_the_tables_of_the_program_come_with_the_first_large_set_to_every_machine(postgres_database, tmp_path) -> None:
    large = FILES | {"many.txt": HEAD + "".join(f"生造词{number:04}\n" for number in range(2_000))}
    large_id = snapshots.content_id("wordlists", large)
    tables = f"tables-{variant()}.matcher"

    open_matcher(settings(tmp_path / "one"), large_id, large, db=postgres_database)
    made = (tmp_path / "one/cache" / tables).read_bytes()
    postgres_database.write(
        lambda session: [
            packed_matchers.store(session, f"sha256:{number}", "v", b"later", now=utc_now()) for number in range(9)
        ]
    )
    given = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", TAKING, str(tmp_path / "two"), postgres_database.url],
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
    )

    assert given.stdout.split() == sorted(KEPT)
    assert (tmp_path / "two/cache" / tables).read_bytes() == made


def test_what_is_harmed_in_the_database_is_not_opened(postgres_database, tmp_path, now) -> None:
    open_matcher(settings(tmp_path / "one"), ID, FILES, db=postgres_database)
    with closing(Database(postgres_database.url)) as database:
        database.write(lambda session: session.execute(update(PackedMatcher).values(number=1)))
        with database.read() as session:
            whole = packed_matchers.load(session, ID, variant())
        database.write(
            lambda session: session.execute(
                update(PackedMatcher).values(data=b"\x78\x01\x01\x00\x00\xff\xff\x00\x00\x00\x01")
            )
        )
        with database.read() as session:
            harmed = packed_matchers.load(session, ID, variant())

    assert whole is not None
    assert harmed is None
    assert words_in(open_matcher(settings(tmp_path / "two"), ID, FILES, db=postgres_database), now) == ["加你微信"]


def test_the_database_keeps_those_of_the_last_few_snapshots(postgres_database, now) -> None:
    from datetime import timedelta

    for number in range(6):
        at = now + timedelta(minutes=number)
        postgres_database.write(
            lambda session, number=number, at=at: packed_matchers.store(
                session, f"sha256:{number}", "v", bytes([number]) * 5_000_000, now=at
            )
        )
    with postgres_database.read() as session:
        left = session.execute(
            select(PackedMatcher.snapshot_id, func.count())
            .group_by(PackedMatcher.snapshot_id)
            .order_by(PackedMatcher.snapshot_id)
        ).all()
        assert packed_matchers.load(session, "sha256:5", "v") == bytes([5]) * 5_000_000

    assert [tuple(row) for row in left] == [("sha256:2", 2), ("sha256:3", 2), ("sha256:4", 2), ("sha256:5", 2)]


def test_a_full_folder_makes_room_for_the_newest(tmp_path) -> None:
    folder = PackFolder(tmp_path, replace(packed_matchers.MATCHERS, kept_bytes=250))
    for number in range(5):
        folder.put(f"sha256:{number}", "v", bytes(100))

    assert [number for number in range(5) if folder.get(f"sha256:{number}", "v")] == [4]


URGENT = FILES | {"officers_made.txt": HEAD.replace("sound", "fold") + "杜撰红包 | verdict: block\n"}
URGENT_ID = snapshots.content_id("wordlists", URGENT)


def test_an_urgent_word_needs_no_new_large_matcher(has_kept, now) -> None:
    before = kept(has_kept)
    counts = check_wordlists(settings(has_kept), URGENT_ID, URGENT)
    opened = open_matcher(settings(has_kept), URGENT_ID, URGENT)
    fields = (TextField("title", "杜撰红包"), TextField("text", "请加你薇信，杜*撰红包"))
    hits = opened.matcher.scan(fields, Context("video_caption", now)).hits

    assert kept(has_kept) == before
    assert counts == {"lists": 2, "words": 403, "exemptions": 0}
    assert opened.matcher.words == 403
    assert [(hit.field, hit.start, hit.word) for hit in hits] == [
        ("title", 0, "杜撰红包"),
        ("text", 1, "加你微信"),
        ("text", 6, "杜撰红包"),
    ]


def test_officers_words_that_exemptions_may_name_are_built_with_the_rest(tmp_path, now) -> None:
    exemptions = """
- shop: s-2
  category: made
  reason: 注册商标
  basis: 商标注册证
  approved_by: legal
  valid_from: 2026-01-01
  valid_to: 2027-01-01
"""
    files = URGENT | {"exemptions.yaml": exemptions}
    opened = open_matcher(settings(tmp_path), snapshots.content_id("wordlists", files), files)
    scan = opened.matcher.scan((TextField("title", "杜撰红包"),), Context("video_caption", now, shop="s-2"))

    assert scan.hits == ()
    assert [each.word for each in scan.exempted] == ["杜撰红包"]


def test_a_build_that_is_told_to_stop_is_not_done_here_instead(tmp_path):
    def end_children():
        mine = Path(f"/proc/{os.getpid()}/task")
        while not stopped:
            for children in mine.glob("*/children"):
                for pid in children.read_text().split():
                    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                        if b"build_in_child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                            os.kill(int(pid), signal.SIGTERM)
                            stopped.append(pid)

    stopped = []
    ending = threading.Thread(target=end_children, daemon=True)
    ending.start()
    with pytest.raises(BuildStopped, match="SIGTERM"):
        build_in_child.build_in_child(FILES, engine="auto", into=tmp_path / "pack", timeout_s=60)

    ending.join(timeout=10)
    assert len(stopped) == 1
