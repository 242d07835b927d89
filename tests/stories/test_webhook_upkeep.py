"""Webhooks looked after: a log of deliveries, sending again, secrets that overlap, receivers that rest, robots."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import select
from standardwebhooks import WebhookVerificationError

from app.cli import main
from app.clock import utc_now
from app.models import AuditRow, QueueRow, WebhookEndpoint
from app.outbox.messages import EVENT_TYPES
from app.outbox.robots import MARKDOWN_BYTES, PER_MINUTE, markdown
from tests.peers import answering, peer
from tests.stories.test_webhooks import CAPTION, add_endpoint, verify_at
from tests.working import work

SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


def signed(got):
    return {name: got[1][name] for name in SIGNED}


def log(client, endpoint_id, **query):
    return client.get(f"/v1/webhooks/{endpoint_id}/deliveries", query_string=query).get_json()


def open_case(service, client, number):
    assert service.screen(client, f"{CAPTION}{number}", content_id=f"v-{number}").status_code == 200


def endpoint(service, endpoint_id):
    with service.parts.db.read() as session:
        return session.get(WebhookEndpoint, endpoint_id)


def test_the_log_shows_each_message_with_what_came_of_every_attempt(service):
    client = service.client()
    with peer((500, b""), (200, b"")) as receiver:
        made = add_endpoint(client, receiver.url)
        open_case(service, client, 1)
        work(service)
        service.clock.advance(seconds=10)
        work(service)

    [told] = log(client, made["id"])["items"]
    assert (told["type"], told["state"]) == ("case.opened", "delivered")
    assert [(each["ok"], each["http_status"]) for each in told["attempts"]] == [(True, 200), (False, 500)]
    assert told["body"]["data"]["shop_id"] == "shop-1"
    assert log(client, made["id"], state="failed")["items"] == []


def test_the_log_is_paged_without_losing_or_repeating_a_message(service):
    client = service.client()
    made = add_endpoint(client, "http://127.0.0.1:9/closed")
    for number in range(5):
        open_case(service, client, number)

    seen, cursor = [], None
    while True:
        page = log(client, made["id"], limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [each["message_id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


def test_everything_that_failed_since_is_sent_again_under_its_own_id(service):
    client = service.client()
    with peer((410, b""), (200, b"")) as receiver:
        made = add_endpoint(client, receiver.url)
        open_case(service, client, 1)
        open_case(service, client, 2)
        work(service)
        refused = client.post(f"/v1/webhooks/{made['id']}/replay", json={"since": "2026-11-23T00:00:00+00:00"})
        enabled = client.post(f"/v1/webhooks/{made['id']}/enable")
        again = client.post(f"/v1/webhooks/{made['id']}/replay", json={"since": "2026-11-23T00:00:00+00:00"})
        late = client.post(f"/v1/webhooks/{made['id']}/replay", json={"since": "2026-11-23T10:00:01+00:00"})
        work(service)

    assert refused.status_code == 409
    assert enabled.get_json()["disabled_at"] is None
    assert (again.get_json(), late.get_json()) == ({"messages": 2}, {"messages": 0})
    assert len(receiver.got) == 3
    assert receiver.got[0][1]["webhook-id"] in {got[1]["webhook-id"] for got in receiver.got[1:]}
    assert {each["state"] for each in log(client, made["id"])["items"]} == {"delivered"}
    with service.parts.db.read() as session:
        actions = session.scalars(select(AuditRow.action).where(AuditRow.object_type == "webhook_endpoint")).all()
    assert actions.count("webhook.replay") == 2


def test_one_delivered_message_can_be_sent_again(service):
    client = service.client()
    with peer() as receiver:
        made = add_endpoint(client, receiver.url)
        open_case(service, client, 1)
        work(service)
        [told] = log(client, made["id"])["items"]
        answer = client.post(f"/v1/webhooks/{made['id']}/deliveries/{told['message_id']}/replay")
        work(service)

    assert answer.get_json() == {"messages": 1}
    assert [got[1]["webhook-id"] for got in receiver.got] == [told["message_id"]] * 2
    assert client.post(f"/v1/webhooks/{made['id']}/deliveries/none/replay").status_code == 404


def test_after_a_rotation_both_secrets_verify_until_the_overlap_ends(service):
    client = service.client()
    with peer() as receiver:
        made = add_endpoint(client, receiver.url)
        rotated = client.post(f"/v1/webhooks/{made['id']}/rotate", json={"overlap_hours": 2}).get_json()
        open_case(service, client, 1)
        work(service)
        at = service.clock.advance(hours=2)
        open_case(service, client, 2)
        work(service)

    during, after = receiver.got
    for secret in (made["secret"], rotated["secret"]):
        assert verify_at(at - timedelta(hours=2), secret, during[2], signed(during))
    assert verify_at(at, rotated["secret"], after[2], signed(after))
    with pytest.raises(WebhookVerificationError):
        verify_at(at, made["secret"], after[2], signed(after))
    assert len(after[1]["webhook-signature"].split()) == 1


def test_a_leaked_secret_ends_at_once(service):
    client = service.client()
    with peer() as receiver:
        made = add_endpoint(client, receiver.url)
        client.post(f"/v1/webhooks/{made['id']}/rotate", json={"overlap_hours": 0})
        open_case(service, client, 1)
        work(service)

    with pytest.raises(WebhookVerificationError):
        verify_at(service.clock(), made["secret"], receiver.got[0][2], signed(receiver.got[0]))


def test_a_receiver_that_fails_rests_and_the_others_do_not_wait_for_it(service):
    client = service.client()
    with peer((500, b"")) as broken, peer() as well:
        ill = add_endpoint(client, broken.url)
        add_endpoint(client, well.url)
        for number in range(8):
            open_case(service, client, number)
        work(service)

    assert len(well.got) == 8
    assert len(broken.got) == 3
    stands = endpoint(service, ill["id"])
    assert stands.failures == 3
    assert stands.rests_until == service.clock() + timedelta(seconds=10)
    with service.parts.db.read() as session:
        waiting = session.scalars(
            select(QueueRow).where(QueueRow.kind == "deliver_webhook", QueueRow.state == "waiting")
        )
        left = [(row.attempts, row.due_at) for row in waiting]
    assert sorted(attempts for attempts, _ in left) == [0] * 5 + [1] * 3
    assert all(due >= stands.rests_until for attempts, due in left if attempts == 0)


def test_a_receiver_that_is_back_gets_everything(service):
    client = service.client()
    with peer(*[(500, b"")] * 3, (200, b"")) as receiver:
        made = add_endpoint(client, receiver.url)
        for number in range(8):
            open_case(service, client, number)
        work(service)
        service.clock.advance(seconds=16)
        work(service)

    assert {each["state"] for each in log(client, made["id"])["items"]} == {"delivered"}
    assert (endpoint(service, made["id"]).failures, endpoint(service, made["id"]).rests_until) == (0, None)


def test_a_receiver_rests_as_long_as_it_asks(service):
    client = service.client()
    asked = []

    def busy(*_):
        asked.append(1)
        return 429, {"retry-after": "120"}, b""

    with answering(busy) as url:
        made = add_endpoint(client, url)
        open_case(service, client, 1)
        open_case(service, client, 2)
        work(service)
        service.clock.advance(seconds=119)
        work(service)

    assert len(asked) == 1
    assert endpoint(service, made["id"]).rests_until == service.clock() + timedelta(seconds=1)


def test_what_could_not_be_told_for_days_is_given_up_together(sqlite_service):
    service, client = sqlite_service, sqlite_service.client()
    made = add_endpoint(client, "http://127.0.0.1:9/closed", shop_ids=["shop-1"])
    for number in range(30):
        open_case(service, client, number)
    work(service)
    service.clock.advance(hours=84)
    open_case(service, client, 99)
    work(service)

    states = [each["state"] for each in log(client, made["id"])["items"]]
    assert states.count("failed") == 30
    assert states.count("waiting") == 1
    again = client.post(f"/v1/webhooks/{made['id']}/replay", json={"since": "2026-11-23T00:00:00+00:00"})
    assert again.get_json() == {"messages": 30}


def test_another_shops_key_neither_reads_nor_sends_again(service):
    client, foreign = service.client(), service.client("admin", shops=["shop-2"])
    made = add_endpoint(client, "http://127.0.0.1:9/closed", shop_ids=["shop-1"])
    path = f"/v1/webhooks/{made['id']}"

    assert foreign.get(f"{path}/deliveries").status_code == 404
    assert foreign.post(f"{path}/rotate", json={}).status_code == 404
    assert foreign.post(f"{path}/replay", json={"since": "2026-11-23T00:00:00+00:00"}).status_code == 404
    assert service.client("screen").get(f"{path}/deliveries").status_code == 403


ROBOT = {"format": "wecom"}


def test_a_robot_gets_a_notice_in_chinese_and_its_address_stays_secret(service):
    client = service.client()
    with peer((200, b'{"errcode":0,"errmsg":"ok"}')) as robot:
        made = add_endpoint(client, robot.url + "/cgi-bin/webhook/send?key=top-secret-key", **ROBOT)
        open_case(service, client, 1)
        work(service)

    [(path, _, body)] = robot.got
    sent = orjson.loads(body)
    assert path == "/cgi-bin/webhook/send?key=top-secret-key"
    assert sent["msgtype"] == "markdown"
    assert "新案件待审" in sent["markdown"]["content"]
    assert "shop-1" in sent["markdown"]["content"]
    assert CAPTION not in sent["markdown"]["content"]
    assert "secret" not in made
    listed = client.get("/v1/webhooks").get_data(as_text=True)
    assert "top-secret-key" not in listed + repr(log(client, made["id"]))
    row = endpoint(service, made["id"])
    assert "top-secret-key" not in row.url
    assert b"top-secret-key" not in row.secrets
    assert client.post(f"/v1/webhooks/{made['id']}/rotate", json={}).status_code == 409


def test_a_robot_gets_no_more_than_twenty_messages_a_minute(sqlite_service):
    service, client = sqlite_service, sqlite_service.client()
    with peer((200, b'{"errcode":0}')) as robot:
        add_endpoint(client, robot.url + "/send?key=k", **ROBOT)
        for number in range(PER_MINUTE + 5):
            open_case(service, client, number)
        work(service)
        at_once = len(robot.got)
        service.clock.advance(seconds=66)
        work(service)

    assert at_once == PER_MINUTE
    assert len(robot.got) == PER_MINUTE + 5


@pytest.mark.parametrize(
    ("answer", "state", "is_off"),
    [
        ((200, b'{"errcode":93000,"errmsg":"invalid webhook url"}'), "dropped", True),
        ((200, b'{"errcode":45009,"errmsg":"api freq out of limit"}'), "waiting", False),
        ((200, b"<html>"), "waiting", False),
        ((200, b"[]"), "waiting", False),
        ((500, b""), "waiting", False),
    ],
)
def test_a_robots_word_counts_and_not_its_status(sqlite_service, answer, state, is_off):
    client = sqlite_service.client()
    with peer(answer) as robot:
        made = add_endpoint(client, robot.url + "/send?key=k", **ROBOT)
        open_case(sqlite_service, client, 1)
        work(sqlite_service)

    assert [each["state"] for each in log(client, made["id"])["items"]] == [state]
    row = endpoint(sqlite_service, made["id"])
    assert (row.disabled_at is not None) is is_off
    assert (row.rests_until is not None) is (b"45009" in answer[1])


@pytest.mark.parametrize("type_", [*EVENT_TYPES, "not.known.yet"])
def test_a_notice_fits_whatever_is_in_it(type_):
    data = {"reason": "长" * 5_000, "problems": [f"第{n}行有错" * 30 for n in range(50)], "rule": "<a>*x*"}
    data |= {f"n{n}": "y" for n in range(300)} | {"title": "好", "needs_person": True, "shop_id": None}
    said = markdown(orjson.dumps({"type": type_, "timestamp": "2026-11-23T10:00:00Z", "data": data}), console_url=None)

    assert len(said.encode()) <= MARKDOWN_BYTES
    assert "规则：·a··x·" in said
    assert "需人工：是" in said
    assert "店铺" not in said


def test_a_long_notice_keeps_whole_lines_and_the_link():
    data = dict.fromkeys(("reason", "title", "word", "category", "level", "state", "cause", "kind"), "长" * 500)
    body = orjson.dumps({"type": "rule.tripped", "timestamp": "t", "data": data | {"problems": ["错" * 900]}})

    said = markdown(body, console_url="https://weiheng.example.com/console")

    assert len(said.encode()) <= MARKDOWN_BYTES
    assert said.endswith("[打开控制台](https://weiheng.example.com/console)")
    assert "> …" in said


def test_the_command_line_lists_replays_and_rotates(tmp_path, sqlite_service, monkeypatch):
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WEIHENG_DATABASE_URL", sqlite_service.parts.db.url)
    monkeypatch.setenv("WEIHENG_OUTBOX_ALLOW_PRIVATE", "true")

    def run(*words, code=0):
        result = CliRunner().invoke(main, ["webhooks", *words])
        assert result.exit_code == code, result.output
        return result.output

    with peer((410, b""), (200, b"")) as receiver:
        made, secret = run("add", receiver.url, "--event", "case.opened", "--shop", "shop-1").split()
        open_case(sqlite_service, sqlite_service.client(), 1)
        work(sqlite_service)
        assert "410 Gone" in run("list", code=1)
        assert "dropped" in run("deliveries", made)
        assert "disabled" in run("replay", made, "--since", "2026-11-01", code=1)
        run("enable", made)
        assert run("replay", made, "--since", "2026-11-01") == "1 sent again\n"
        assert "whsec_" in run("rotate", made, "--overlap-hours", "1")
        sqlite_service.clock.at = utc_now()  # the command's own clock is the machine's
        work(sqlite_service)

    assert secret.startswith("whsec_")
    assert len(receiver.got) == 2
    assert "--message or --since" in run("replay", made, code=2)
