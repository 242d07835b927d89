"""The console's pages of webhooks: how receivers stand, what became of messages, sending again."""

from __future__ import annotations

import re

import pytest

from tests.console import officer_of, put_officer, sign_in, token
from tests.peers import peer
from tests.service import make_service
from tests.stories.test_webhook_upkeep import open_case
from tests.stories.test_webhooks import add_endpoint
from tests.working import work


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge)


def path_of(made):
    return f"/console/webhooks/{made['id']}"


def test_a_lost_message_is_seen_and_sent_again(service):
    client, officer = service.client(), officer_of(service, roles=["admin"])
    with peer((410, b""), (200, b"")) as receiver:
        made = add_endpoint(client, receiver.url)
        open_case(service, client, 1)
        work(service)
        lost = officer.get(path_of(made)).text
        csrf = {"csrf_token": token(officer, path_of(made))}
        refused = officer.post(path_of(made) + "/replay", data=csrf | {"since": "2026-11-23"})
        officer.post(path_of(made) + "/enable", data=csrf)
        again = officer.post(path_of(made) + "/replay", data=csrf | {"since": "2026-11-23"}, follow_redirects=True)
        work(service)

    assert "已停用" in lost
    assert "410 Gone" in lost
    assert "新案件待审" in lost
    assert "已丢弃" in lost
    assert refused.status_code == 409
    assert "已重发 1 条" in again.text
    assert "已送达" in officer.get(path_of(made)).text
    assert len(receiver.got) == 2


def test_one_message_is_sent_again_by_its_button(service):
    client, officer = service.client(), officer_of(service, roles=["admin"])
    with peer() as receiver:
        made = add_endpoint(client, receiver.url)
        open_case(service, client, 1)
        work(service)
        page = officer.get(path_of(made)).text
        [action] = re.findall(r'action="(/console/webhooks/[^"]+/messages/[^"]+)"', page)
        officer.post(action, data={"csrf_token": token(officer, path_of(made))})
        work(service)

    assert len(receiver.got) == 2


def test_a_day_that_is_none_is_told_and_changes_nothing(service):
    officer = officer_of(service, roles=["admin"])
    made = add_endpoint(service.client(), "http://127.0.0.1:9/closed")
    csrf = {"csrf_token": token(officer, path_of(made))}

    answer = officer.post(path_of(made) + "/replay", data=csrf | {"since": "gestern"})

    assert answer.status_code == 422
    assert "起始日期应写作" in answer.text


def test_the_pages_are_for_administrators_and_their_shops(service):
    made = add_endpoint(service.client(), "http://127.0.0.1:9/closed", shop_ids=["shop-1"])
    put_officer(service, username="plain", roles=["officer"])
    put_officer(service, username="foreign", roles=["admin"], shop_ids=["shop-2"])
    plain, foreign = sign_in(service, "plain")[0], sign_in(service, "foreign")[0]

    assert plain.get("/console/webhooks").status_code == 403
    assert "回调与通知" not in plain.get("/console/cases").text
    assert made["id"] not in foreign.get("/console/webhooks").text
    assert foreign.get(path_of(made)).status_code == 404
