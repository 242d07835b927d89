"""kill -9 at any step of a refresh leaves what was in force, and the next run finishes."""

from __future__ import annotations

import pytest

from app import refreshes, snapshots
from app.flows.follow_snapshots import follow_once
from app.flows.refresh_wordlists import refresh_wordlists
from tests.kill.children import child_at
from tests.lists import WORDS, in_force, list_server, make_refreshed, signed_source

STEPS = ["fetch", "parse", "check", "canary", "decide", "keep", "finish"]
DONE_BY = {"keep", "finish"}


@pytest.fixture
def server():
    with list_server() as plays:
        yield plays


@pytest.mark.parametrize(
    ("database", "step"),
    [("postgresql" if step in {"canary", "decide", "keep"} else "sqlite", step) for step in STEPS],
    indirect=["database"],
)
def test_a_refresh_killed_at_any_step_harms_nothing_and_the_next_one_finishes(database, tmp_path, server, step):
    service = make_refreshed(database, tmp_path, signed_source(server))
    server.give(WORDS[:10])
    refresh_wordlists(service.parts, by="test")
    before = pointer(service)
    server.give(WORDS[:11])
    arguments = (str(tmp_path), str(service.parts.settings.wordlist_sources), service.clock().isoformat(), step)

    with child_at("stop_in_refresh", database.url, *arguments) as (child, line):
        assert line == step
        child.kill()
        child.wait(10)

    if step not in DONE_BY:
        assert pointer(service) == before
    assert in_force(service)["platform"] in (WORDS[:10], WORDS[:11])
    service.clock.at += refreshes.LEASE * 2
    run = refresh_wordlists(service.parts, by="test")
    follow_once(service.parts)

    assert run.state == ("unchanged" if step in DONE_BY else "active")
    assert in_force(service)["platform"] == WORDS[:11]
    with service.parts.db.read() as session:
        assert refreshes.checked_at(session) == service.clock()
        assert [each.state for each in refreshes.newest(session)][1] == "abandoned"


def pointer(service):
    with service.parts.db.read() as session:
        return snapshots.pointer(session, "wordlists").snapshot_id
