"""The Python client against the real service, and against one that fails in between."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import pytest

from app.flows.judge_content import judge_content
from app.values.content import ContentToScreen
from tests.peers import answering, peer
from tests.serving import serve

CLIENT = Path(__file__).parents[2] / "clients" / "python"


@pytest.fixture
def weiheng_client(monkeypatch):
    monkeypatch.syspath_prepend(str(CLIENT))
    monkeypatch.syspath_prepend(str(CLIENT / "examples"))
    import weiheng_client

    return weiheng_client


@pytest.fixture
def served(sqlite_service):
    """A service whose judge has judged once, as one is before it is put in force: the client waits two seconds."""
    content = ContentToScreen("first", "comment", "s", {"text": "很好用"})
    judge_content(sqlite_service.parts.live.current, content, now=sqlite_service.clock())
    with serve(sqlite_service.app) as address:
        yield address, sqlite_service.key("screen")


def test_it_screens_one_and_many_and_asks_for_outcomes(weiheng_client, served):
    with weiheng_client.Client(*served) as client:
        said = client.screen(content_id="v/1 ü", kind="comment", shop_id="s", text="祖传秘方，包治百病")
        many = client.screen_many(
            [
                {"content_id": "a", "kind": "comment", "shop_id": "s", "text": "很好用"},
                {"content_id": "b", "kind": "film", "shop_id": "s", "text": "很好用"},
            ]
        )
        outcome = client.outcome("v/1 ü")

    assert (said.decision, said.may_publish) == ("block", False)
    assert said.hits[0].text in "祖传秘方，包治百病"
    assert said.reasons
    assert many[0].may_publish
    assert isinstance(many[1], weiheng_client.Refused)
    assert many[1].errors[0]["field"] == "kind"
    assert (outcome.decision, outcome.by) == ("block", "screening")


def test_it_tries_again_while_the_service_is_busy_and_then_gives_up(weiheng_client):
    waits = []
    with peer((503, b"")) as busy, weiheng_client.Client(busy.url, "k", sleep=waits.append) as client:
        with pytest.raises(weiheng_client.Unavailable):
            client.screen(content_id="v", kind="comment", shop_id="s", text="x")

    assert len(busy.got) == 4
    assert len(waits) == 3
    assert len({body for *_, body in busy.got}) == 1


@pytest.mark.parametrize(("asked_s", "calls"), [("60", 4), ("61", 1), ("9" * 400, 1)])
def test_a_long_wait_is_told_instead_of_waited_for(weiheng_client, asked_s, calls):
    asked, waits = [], []

    def play(_method, path, _headers, _body):
        asked.append(path)
        return 503, {"retry-after": asked_s}, b""

    with answering(play) as busy, weiheng_client.Client(busy, "k", sleep=waits.append) as client:
        with pytest.raises(weiheng_client.Unavailable, match="HTTP 503"):
            client.screen(content_id="v", kind="comment", shop_id="s", text="x")

    assert len(asked) == calls
    assert waits == [60] * (calls - 1)


@pytest.mark.parametrize(
    ("declared", "body"),
    [("text/html; charset=utf-8", b"<html>login</html>"), ("application/json", b'{"decision": "pa')],
)
def test_an_answer_that_something_in_between_has_made_or_cut_is_none(weiheng_client, declared, body):
    asked = []

    def play(_method, path, _headers, _body):
        asked.append(path)
        return 200, {"content-type": declared}, body

    with answering(play) as between, weiheng_client.Client(between, "k", sleep=lambda _: None) as client:
        with pytest.raises(weiheng_client.Unavailable, match="no answer of the service"):
            client.screen(content_id="v", kind="comment", shop_id="s", text="x")

    assert asked == ["/v1/screenings"] * 4


def test_a_refusal_is_raised_at_once_with_its_places(weiheng_client):
    problem = orjson.dumps({"type": "urn:weiheng:problem:invalid_input", "errors": [{"field": "kind"}]})
    with peer((422, problem)) as service, weiheng_client.Client(service.url, "k") as client:
        with pytest.raises(weiheng_client.Refused) as refused:
            client.screen(content_id="v", kind="film", shop_id="s", text="x")

    assert (refused.value.code, len(service.got)) == ("invalid_input", 1)


def test_the_upload_hook_publishes_rejects_and_holds_in_doubt(weiheng_client, served):
    import upload_hook

    with weiheng_client.Client(*served) as client:
        honest = upload_hook.before_publish(client, content_id="1", shop_id="s", caption="今晚八点产地直播采茶")
        unlawful = upload_hook.before_publish(client, content_id="2", shop_id="s", caption="祖传秘方，包治百病")
    with weiheng_client.Client("http://127.0.0.1:9", "k", sleep=lambda _: None) as client:
        unreachable = upload_hook.before_publish(client, content_id="3", shop_id="s", caption="今晚八点")

    assert honest[0] == "publish"
    assert unlawful[0] == "reject"
    assert any("祖传秘方" in told for told in unlawful[1])
    assert unreachable[0] == "hold"
    assert "upload_hook" in sys.modules
