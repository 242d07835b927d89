"""Every inbound provider keeps the promises of its folder; one without an entry in tests/inbound.py fails.

Forged, stale, repeated, truncated, oversized and wrong-account messages, through HTTP as the platform sends them.
"""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.events.provider import load_providers
from app.models import InboundMessage, QueueRow
from app.wechat.errors import Untrusted
from tests.inbound import SENDERS, forged
from tests.service import START, make_service
from tests.stories.conftest import judge  # noqa: F401 - the fixture
from tests.wechat import accounts_text

PROVIDERS = load_providers()
each_provider = pytest.mark.parametrize("name", sorted(PROVIDERS))
SECRET = "orders nobody else may read"


@pytest.fixture
def service(one_database, judge, tmp_path):  # noqa: F811
    return make_service(one_database, tmp_path, judge, platform_accounts=accounts_text())


def send(service, name, received, account="main"):
    return service.app.test_client().post(
        f"/v1/hooks/{name}/{account}?{urlencode(received.query)}", data=received.body, headers=dict(received.headers)
    )


def kept(service):
    with service.parts.db.read() as session:
        return session.scalar(select(func.count()).select_from(InboundMessage))


def test_every_provider_has_a_sender_to_be_tried_with():
    assert sorted(PROVIDERS) == sorted(SENDERS)


@each_provider
def test_a_genuine_message_is_kept_queued_and_answered_in_the_platforms_words(service, name):
    answer = send(service, name, SENDERS[name].genuine(START))

    assert (answer.status_code, answer.get_data()) == SENDERS[name].success
    with service.parts.db.read() as session:
        message = session.scalars(select(InboundMessage)).one()
        queued = session.scalars(select(QueueRow.payload).where(QueueRow.kind == "work_inbound")).all()
    assert (message.provider, message.account, message.state) == (name, "main", "waiting")
    assert queued == [{"inbound_id": message.id}]


@each_provider
def test_a_repeated_message_is_acknowledged_and_kept_once(service, name):
    first, again = SENDERS[name].genuine(START), SENDERS[name].genuine(START, nonce="another")
    answers = [send(service, name, received) for received in (first, first, again, again)]

    assert {(answer.status_code, answer.get_data()) for answer in answers} == {SENDERS[name].success}
    assert kept(service) == 1


@each_provider
def test_a_forged_message_is_refused_without_a_reason_and_leaves_nothing(service, name):
    genuine = SENDERS[name].genuine(START)
    said = PROVIDERS[name].open(service.parts.accounts[name]["main"], genuine, now=START)
    words, tried = set(), 0
    for what, changed in forged(genuine):
        try:
            if PROVIDERS[name].open(service.parts.accounts[name]["main"], changed, now=START) == said:
                continue  # not a byte that counts was changed
        except Untrusted:
            pass
        answer = send(service, name, changed)
        words.add(answer.get_data())
        tried += 1
        assert answer.status_code == 401, what

    assert tried >= 8
    assert len(words) == 1
    assert kept(service) == 0


@each_provider
def test_a_message_is_fresh_up_to_its_age_and_stale_from_then_and_from_the_future(service, name):
    sender = SENDERS[name]
    old = sender.genuine(START - timedelta(seconds=sender.oldest_s), 1)
    older = sender.genuine(START - timedelta(seconds=sender.oldest_s + 1), 2)
    early, earlier = (sender.genuine(START + timedelta(seconds=seconds), seconds) for seconds in (299, 300))

    assert [send(service, name, each).status_code // 100 for each in (old, older, early, earlier)] == [2, 4, 2, 4]
    assert kept(service) == 2


@each_provider
def test_a_message_for_another_account_is_refused_at_either_address(service, name):
    genuine, others = SENDERS[name].genuine(START), SENDERS[name].wrong_account(START)

    assert send(service, name, genuine, account="other").status_code == 401
    assert send(service, name, others).status_code == 401
    assert send(service, name, genuine, account="unknown").status_code == 404
    assert send(service, "unknown", genuine).status_code == 404
    assert kept(service) == 0


@each_provider
def test_a_message_that_is_too_large_is_refused_unread(service, name):
    genuine = SENDERS[name].genuine(START)
    large = type(genuine)(genuine.headers, genuine.query, genuine.body + b" " * PROVIDERS[name].max_bytes)

    assert send(service, name, large).status_code == 413
    assert kept(service) == 0


@each_provider
def test_a_kept_message_cannot_be_read_from_the_database(service, name, tmp_path):
    genuine = SENDERS[name].genuine(START)
    send(service, name, genuine)

    files = b"".join(file.read_bytes() for file in tmp_path.glob("weiheng.db*"))
    assert b"OPENID" not in files
    assert b"oUpF8uMuAJO" not in files
    assert genuine.body[40:120] not in files


@each_provider
@settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
        ).map(lambda value: json.dumps(value).encode()),
        st.sampled_from([b"<x>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"[" * 5000, b'{"Encrypt":1e999}']),
    ),
    values=st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30), min_size=4, max_size=4),
)
def test_no_body_header_or_query_makes_the_door_fail(service, name, body, values):
    names = ("Wechatpay-Serial", "Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature")
    query = urlencode(dict(zip(("timestamp", "nonce", "msg_signature", "signature"), values, strict=True)))
    client = service.app.test_client()
    headers = dict(zip(names, (value.encode().decode("latin-1") for value in values), strict=True))
    post = client.post(f"/v1/hooks/{name}/main?{query}", data=body, headers=headers)
    get = client.get(f"/v1/hooks/{name}/main?{query}&echostr={len(body)}", headers=headers)

    assert (post.status_code, get.status_code) == (401, 401)
    assert kept(service) == 0
