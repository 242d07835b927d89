"""The refresh: what it lets in, what it leaves to a person, and what it refuses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import refreshes, snapshots
from app.errors import Forbidden
from app.flows.decide_candidate import decide_candidate, waiting_candidates
from app.flows.follow_snapshots import follow_once
from app.flows.go_back import go_back
from app.flows.refresh_wordlists import AlreadyRunning, refresh_wordlists
from app.jobs.refresh import is_due
from app.models import Snapshot, WordlistCanary, WordlistRefresh
from bench.made import made_packs
from tests.lists import HEAD, WORDS, in_force, list_server, make_refreshed, signed_source, write_folder
from tests.service import make_service


@pytest.fixture
def server():
    with list_server() as plays:
        plays.give(WORDS[:10])
        yield plays


@pytest.fixture
def service(database, tmp_path, server):
    return make_refreshed(database, tmp_path, signed_source(server), wordlist_timeout_s=1)


@pytest.fixture
def sqlite_service(sqlite_database, tmp_path, server):
    return make_refreshed(sqlite_database, tmp_path, signed_source(server), wordlist_timeout_s=1)


def refresh(service, by="test"):
    run = refresh_wordlists(service.parts, by=by)
    follow_once(service.parts)
    return run


def checked_at(service):
    with service.parts.db.read() as session:
        return refreshes.checked_at(session)


def canary_of(service, snapshot_id):
    with service.parts.db.read() as session:
        return session.get(WordlistCanary, snapshot_id)


def test_a_signed_list_takes_force_and_every_step_is_recorded(service):
    run = refresh(service)

    assert (run.state, run.sources["platform"]["state"]) == ("active", "active"), run.sources
    assert in_force(service)["platform"] == WORDS[:10]
    assert in_force(service)["own"] == ["高仿名表"]
    steps = [(step["source"], step["step"]) for step in run.steps["done"]]
    assert [name for source, name in steps if source == "platform"] == [
        "fetch", "parse", "check", "canary", "decide", "keep",
    ]  # fmt: skip
    assert all(step["took_ms"] >= 0 for step in run.steps["done"])
    assert checked_at(service) == service.clock()
    assert service.screen(service.client(), f"正宗{WORDS[3]}").get_json()["decision"] == "block"


def test_what_did_not_change_is_a_check_and_makes_no_snapshot(service, server):
    refresh(service)
    before = service.parts.live.current.wordlists_id
    service.clock.advance(minutes=50)
    server.got.clear()

    run = refresh(service)

    assert run.state == "unchanged"
    assert checked_at(service) == service.clock()
    assert service.parts.live.current.wordlists_id == before
    assert [step["step"] for step in run.steps["done"] if step["source"] == "platform"] == ["fetch", "keep"]
    with service.parts.db.read() as session:
        assert waiting_candidates(session, "wordlists") == []
    [(path, etag)] = server.got
    assert path == "/manifest.json"
    assert etag


def test_small_changes_go_on_taking_force_by_themselves(service, server):
    refresh(service)
    server.give(WORDS[:12])

    run = refresh(service)

    assert run.state == "active", run.sources
    assert in_force(service)["platform"] == WORDS[:12]
    assert run.sources["platform"]["summary"] == "新增词 2 项。"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([*WORDS[:11], "的"], "不能收录"),
        ([*WORDS[:10], "女装"], "日常用词"),
        ([*WORDS[:10], "正品"], "日常用词"),
        ([*WORDS[:10], "新款女"], "误伤"),
        (WORDS[:5], "变更 50%"),
        (WORDS[:14], "变更 40%"),
    ],
)
def test_a_poisoned_or_large_change_waits_and_what_is_in_force_stays(sqlite_service, server, words, why):
    service = sqlite_service
    refresh(service)
    server.give(words)
    service.clock.advance(minutes=50)

    run = refresh(service)

    assert run.state == "held"
    assert any(why in reason for reason in run.sources["platform"]["holds"]), run.sources
    assert in_force(service)["platform"] == WORDS[:10]
    assert service.screen(service.client(), "女装正品保证，包邮的").get_json()["decision"] == "pass"
    assert checked_at(service) == service.clock()  # what is held counts as checked
    service.clock.advance(minutes=50)
    again = refresh(service)
    assert (again.state, again.sources["platform"]["snapshot_id"]) == ("held", run.sources["platform"]["snapshot_id"])


def test_a_word_of_one_character_alone_is_told_and_changes_nothing(sqlite_service, server):
    refresh(sqlite_service)
    before = sqlite_service.parts.live.current.wordlists_id
    server.give([*WORDS[:10], "的"])

    run = refresh(sqlite_service)

    assert (run.state, *run.sources["platform"]["holds"]) == ("held", "含不能收录的词：的")
    assert sqlite_service.parts.live.current.wordlists_id == before


def test_a_second_person_lets_a_held_change_in_and_the_proposer_may_not(sqlite_service, server):
    service = sqlite_service
    refresh(service)
    server.give(WORDS[:14])
    held = refresh(service).sources["platform"]["snapshot_id"]

    with pytest.raises(Forbidden):
        decide_candidate(service.parts, held, approve=True, reason="x", by="refresh:platform", now=service.clock())
    decide_candidate(service.parts, held, approve=True, reason="看过", by="key:mei", now=service.clock())

    assert in_force(service)["platform"] == WORDS[:14]
    assert refresh(service).state == "unchanged"


def test_a_refused_change_is_not_asked_for_again_until_its_source_moves_on(sqlite_service, server):
    service = sqlite_service
    refresh(service)
    server.give(WORDS[:14])
    held = refresh(service).sources["platform"]["snapshot_id"]
    decide_candidate(service.parts, held, approve=False, reason="不要", by="key:mei", now=service.clock())

    assert refresh(service).state == "unchanged"
    assert in_force(service)["platform"] == WORDS[:10]
    server.give(WORDS[:11])
    assert refresh(service).state == "active"


def test_the_canary_says_which_stored_contents_would_be_judged_otherwise(sqlite_service, server):
    service = sqlite_service
    refresh(service)
    said = service.screen(service.client(), f"清仓{WORDS[12]}甩卖").get_json()
    assert said["decision"] == "pass"
    server.give([*WORDS[:10], WORDS[12]])

    run = refresh(service)

    assert run.state == "held"
    canary = canary_of(service, run.sources["platform"]["snapshot_id"]).canary
    assert canary["new_blocks"] == 1
    assert canary["samples"][0] | {"words": []} == {
        "screening_id": said["screening_id"], "shop_id": "shop-1", "before": "pass", "after": "block", "words": [],
    }  # fmt: skip
    assert canary["samples"][0]["words"] == [f"platform/{WORDS[12]}"]
    assert canary["honest"]["looked_at"] > 2_000


@pytest.mark.parametrize("path", ["/manifest.json", "/platform.txt", "/manifest.json.sig"])
def test_one_changed_byte_of_what_is_signed_is_refused(sqlite_service, server, path):
    service = sqlite_service
    refresh(service)
    before = checked_at(service)
    service.clock.advance(minutes=50)
    server.give(WORDS[:11])
    spoiled = bytearray(server.files[path])
    at = len(spoiled) // 2
    spoiled[at] = ord("A") if spoiled[at] != ord("A") else ord("B")
    server.files[path] = bytes(spoiled)

    run = refresh(service)

    assert (run.state, run.sources["platform"]["state"]) == ("failed", "failed")
    assert in_force(service)["platform"] == WORDS[:10]
    assert checked_at(service) == before


def test_yesterdays_signed_lists_are_refused_when_newer_ones_were_seen(sqlite_service, server):
    service = sqlite_service
    yesterday = dict(server.files)
    server.give(WORDS[:11])
    refresh(service)
    server.files |= yesterday

    run = refresh(service)

    assert run.state == "failed"
    assert "older than 2" in run.sources["platform"]["error"]
    assert in_force(service)["platform"] == WORDS[:11]


def spoil_status(server):
    server.status = 500


def spoil_redirect(server):
    server.status = 302


def spoil_hang(server):
    server.hang_s = 0.3


def spoil_html(server):
    server.files["/manifest.json"] = b"<!doctype html><html><body>maintenance</body></html>"


def spoil_html_type(server):
    server.content_type = "text/html; charset=utf-8"


def spoil_empty(server):
    server.files["/manifest.json"] = b""


def spoil_large(server):
    server.files["/manifest.json"] = b" " * 20_000_000


@pytest.mark.parametrize(
    "spoil",
    [spoil_status, spoil_redirect, spoil_hang, spoil_html, spoil_html_type, spoil_empty, spoil_large],
)
def test_a_source_that_fails_is_told_and_is_no_check(sqlite_service, server, spoil):
    service = sqlite_service
    refresh(service)
    before = checked_at(service)
    service.clock.advance(minutes=50)
    server.give(WORDS[:11])
    spoil(server)

    run = refresh(service)

    assert run.state == "failed"
    assert run.sources["folder"]["state"] == "unchanged"
    assert run.sources["platform"]["error"]
    assert (checked_at(service), in_force(service)["platform"]) == (before, WORDS[:10])


UNSIGNED = {"name": "plain", "type": "https", "as_list": "plain"}
SHAPE = {
    "plain": {
        "format": "lines",
        "head": {"category": "counterfeit", "verdict": "block", "source": "平台", "owner": "t"},
    }
}


@pytest.mark.parametrize(
    "body", [b"", b"\n\n# nothing\n", b"<html>x</html>", b"\x00\x01\x02\xff\xfe" * 40, b"\x81" * 9]
)
def test_an_unsigned_file_that_is_no_list_is_refused(sqlite_database, tmp_path, server, body):
    server.files["/plain.txt"] = body
    source = UNSIGNED | {"url": f"{server.url}/plain.txt", "lists": SHAPE}
    service = make_refreshed(sqlite_database, tmp_path, source)

    run = refresh(service)

    assert run.sources["plain"]["state"] == "failed", run.sources
    assert "plain" not in in_force(service)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_unsigned_list_waits_for_a_person_and_says_its_encoding(sqlite_database, tmp_path, server, encoding):
    server.files["/plain.txt"] = "\n".join(WORDS).encode(encoding)
    source = UNSIGNED | {"url": f"{server.url}/plain.txt", "lists": SHAPE}
    service = make_refreshed(sqlite_database, tmp_path, source)

    run = refresh(service)

    assert run.sources["plain"]["state"] == "held"
    assert "来源没有签名" in run.sources["plain"]["holds"]
    assert run.sources["plain"]["encodings"] == {"plain.txt": encoding.replace("-sig", "-bom")}
    decide_candidate(
        service.parts, run.sources["plain"]["snapshot_id"], approve=True, reason="x", by="key:mei", now=service.clock()
    )
    assert in_force(service)["plain"] == WORDS


def test_private_addresses_are_refused_unless_a_setting_allows_them(sqlite_database, tmp_path, server):
    source = UNSIGNED | {"url": f"{server.url}/plain.txt", "lists": SHAPE}
    service = make_refreshed(sqlite_database, tmp_path, source, wordlist_allow_private=False)

    run = refresh(service)

    assert run.sources["plain"]["state"] == "failed"
    assert server.got == []


def test_a_changed_folder_is_tried_like_any_source(sqlite_service, tmp_path):
    service = sqlite_service
    refresh(service)
    write_folder(tmp_path / "wordlists", own=HEAD + "高仿名表\n女装\n", more=HEAD + "高仿皮带货\n")

    run = refresh(service)

    assert run.sources["folder"]["state"] == "held"
    assert in_force(service) == {"own": ["高仿名表"], "platform": WORDS[:10]}


def test_going_back_stays_until_the_source_says_something_new(service, server):
    with service.parts.db.read() as session:
        first = session.get(Snapshot, snapshots.pointer(session, "wordlists").snapshot_id)
    refresh(service)

    go_back(service.parts, first, reason="词有误", by="key:mei", now=service.clock())
    assert "platform" not in in_force(service)
    assert refresh(service).state == "unchanged"
    assert "platform" not in in_force(service)

    server.give(WORDS[:11])
    assert refresh(service).state == "active"
    assert in_force(service)["platform"] == WORDS[:11]


def test_a_candidate_is_made_anew_when_another_took_force(sqlite_service, server, tmp_path):
    service = sqlite_service
    refresh(service)
    server.give(WORDS[:14])
    held = refresh(service).sources["platform"]["snapshot_id"]
    write_folder(tmp_path / "wordlists", more=HEAD + "高仿皮带货\n")

    run = refresh(service)

    assert (run.sources["folder"]["state"], run.sources["platform"]["state"]) == ("active", "held")
    assert run.sources["platform"]["snapshot_id"] != held
    with service.parts.db.read() as session:
        assert [each.object_id for each in waiting_candidates(session, "wordlists")] == [
            run.sources["platform"]["snapshot_id"]
        ]


def test_two_at_once_give_one_snapshot(service):
    def go(number):
        try:
            return refresh_wordlists(service.parts, by=f"test-{number}").state
        except AlreadyRunning:
            return "running"

    with ThreadPoolExecutor(4) as pool:
        states = sorted(pool.map(go, range(4)))

    assert set(states) <= {"active", "unchanged", "running"}
    assert states.count("active") == 1
    with service.parts.db.read() as session:
        stored = session.scalar(select(func.count()).select_from(Snapshot).where(Snapshot.kind == "wordlists"))
    assert stored == 2


def test_a_run_that_died_is_taken_over_when_its_lease_is_over(service):
    service.parts.db.write(lambda session: refreshes.begin(session, by="dead", now=service.clock()).id)
    with pytest.raises(AlreadyRunning):
        refresh_wordlists(service.parts, by="test")

    service.clock.at += refreshes.LEASE + timedelta(seconds=1)
    run = refresh(service)

    assert run.state == "active"
    with service.parts.db.read() as session:
        assert [
            each.state for each in session.scalars(select(WordlistRefresh).order_by(WordlistRefresh.started_at))
        ] == [
            "abandoned",
            "active",
        ]


def test_a_wrong_sources_file_is_told_and_is_no_check(sqlite_service):
    service = sqlite_service
    service.parts.settings.wordlist_sources.write_text("sources: [{name: x, type: ftp}]", "utf-8")

    run = refresh(service)

    assert run.state == "failed"
    assert "ftp" in run.sources["sources"]["error"]
    assert checked_at(service) is None


def test_a_source_that_fails_in_a_way_nobody_thought_of_stops_no_other(sqlite_database, tmp_path, server):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "loop.txt").symlink_to("loop.txt")
    loop = {"name": "loop", "type": "folder", "path": str(tmp_path / "own")}
    nowhere = {"name": "nowhere", "type": "https", "url": f"http://{'a' * 70}.example/", "as_list": "x"}
    service = make_refreshed(sqlite_database, tmp_path, loop, nowhere, signed_source(server))

    run = refresh(service)

    assert {name: each["state"] for name, each in run.sources.items()} == {
        "folder": "unchanged",
        "loop": "failed",
        "nowhere": "failed",
        "platform": "active",
        "uploads": "unchanged",
        "proposals": "unchanged",
    }
    assert checked_at(service) is None


def test_a_source_may_not_give_a_list_of_the_folder(sqlite_service, server):
    server.give(WORDS[:10], name="own")

    run = refresh(sqlite_service)

    assert (run.sources["platform"]["state"], run.sources["folder"]["state"]) == ("failed", "unchanged")
    assert "own.txt" in run.sources["platform"]["error"]
    assert in_force(sqlite_service) == {"own": ["高仿名表"]}
    assert refresh(sqlite_service).sources["folder"]["state"] == "unchanged"


def test_a_clock_that_was_ahead_and_is_set_back_stops_no_refresh(sqlite_database, tmp_path):
    service = make_refreshed(sqlite_database, tmp_path, wordlist_refresh_minutes=50)
    today = service.clock.at
    service.clock.at = today + timedelta(days=1)
    refresh(service)
    service.parts.db.write(lambda session: refreshes.begin(session, by="dead", now=service.clock()).id)

    service.clock.at = today

    assert is_due(service.parts, now=today)
    assert refresh(service).state == "unchanged"
    assert checked_at(service) == today
    assert not is_due(service.parts, now=today)


def test_a_folder_that_was_never_published_does_not_replace_what_came_from_elsewhere(sqlite_database, tmp_path):
    service = make_service(sqlite_database, tmp_path, wordlists_dir=write_folder(tmp_path / "wordlists"))
    git = write_folder(tmp_path / "git", own=HEAD + "高仿名表\n高仿手表货\n")

    def work(session):
        for kind, files in {"rules": made_packs(1), "wordlists": snapshots.read_folder("wordlists", git)}.items():
            stored = snapshots.store(session, kind, files, summary={}, by="test", now=service.clock())
            snapshots.activate(session, kind, stored, by="test", now=service.clock())

    service.parts.db.write(work)

    assert [refresh(service).state for _ in range(2)] == ["unchanged", "unchanged"]
    assert in_force(service)["own"] == ["高仿名表", "高仿手表货"]
    write_folder(tmp_path / "wordlists", more=HEAD + "高仿皮带货\n")
    assert refresh(service).sources["folder"]["state"] in {"held", "active"}
