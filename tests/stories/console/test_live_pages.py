"""The console's pages of live rooms: what runs, what was said, what still has to be set right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.console import put_officer, sign_in
from tests.live_rooms import ROOM, hear, said, started, tell
from tests.service import make_service, shipped_judge


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge)


def test_without_any_room_the_page_says_how_to_send_the_first_words(officer):
    page = officer.get("/console/live").text

    assert "还没有直播间" in page
    assert "/v1/live/room-1/speech" in page
    assert "没有等待更正的口误" in page


def test_a_slip_waits_on_the_list_and_leaves_it_when_it_is_set_right(service, officer):
    client = service.client("events")
    hear(client, said(service, "这是国家级的技术"))
    waiting = officer.get("/console/live").text
    hear(client, said(service, "更正一下不是国家级", start=1, at=service.clock() + timedelta(seconds=5)))

    assert "这是国家级的技术" in waiting
    assert "这是国家级的技术" not in officer.get("/console/live").text


def test_a_room_shows_its_time_line_its_flags_and_what_is_wrong(service, officer):
    client = service.client("events")
    tell(client, service, "live.start", started(service, operator_shown=False))
    hear(client, said(service, "同行都是", "骗子", "输了学狗叫"))

    page = officer.get(f"/console/live/{ROOM}?shop=shop-1").text

    assert page.count('class="live-dot live-') == 2
    assert "同行都是骗子" in page
    assert "没有展示实际经营者信息，请立即恢复" in page
    assert "S4-20c" in page


def test_what_was_said_is_shown_as_text_never_as_markup(service, officer):
    hear(service.client("events"), said(service, "<b>同行都是骗子</b><script>x</script>"))

    page = officer.get(f"/console/live/{ROOM}").text

    assert "<script>x" not in page
    assert "&lt;b&gt;" in page


def test_an_officer_sees_only_rooms_of_their_shops(service):
    put_officer(service, shop_ids=["shop-2"])
    client, _ = sign_in(service)
    hear(service.client("events"), said(service, "这是国家级的技术"))

    page = client.get("/console/live?state=all").text

    assert ROOM not in page.replace("v1/live/room-1", "")
    assert client.get(f"/console/live/{ROOM}").status_code == 404
