"""Every payout channel keeps the promises of its folder: once for each number, and nothing is ever assumed."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from app.errors import SettingsError
from app.money.channel import Outcome, PayoutOrder, Retry, names, open_channel
from app.settings import Settings
from tests.pay_platform import PATH, pay_platform

ORDER = PayoutOrder("a" * 32, 1_000, "4200001", "延迟发货先行赔付")


@contextmanager
def dry_run(_now, folder):
    yield None, open_channel(Settings.model_validate({"data_dir": folder}))


PLAYED = {"dry_run": dry_run, "wechat_pay": pay_platform}


@pytest.fixture(params=names())
def channel(request, now, tmp_path):
    with PLAYED[request.param](now, tmp_path) as (_, opened):
        yield opened


@pytest.fixture
def wechat(now, tmp_path):
    with pay_platform(now, tmp_path) as played:
        yield played


def test_the_same_number_pays_once(channel, now):
    first, again = channel.pay(ORDER, now=now), channel.pay(ORDER, now=now)

    assert first == again
    assert first.outcome is Outcome.PAID
    assert first.reference


def test_a_number_that_was_never_heard_of_is_absent_and_one_that_was_paid_is_paid(channel, now):
    assert channel.query(ORDER, now=now).outcome is Outcome.ABSENT
    channel.pay(ORDER, now=now)
    assert channel.query(ORDER, now=now).outcome is Outcome.PAID


def test_the_same_number_with_another_amount_never_counts_as_paid(channel, now):
    channel.pay(ORDER, now=now)
    other = PayoutOrder(ORDER.id, 2_000, ORDER.transaction_id, ORDER.remark)

    assert channel.pay(other, now=now).outcome is not Outcome.PAID
    assert channel.query(ORDER, now=now).outcome is Outcome.PAID


def test_a_channel_says_its_name_and_whether_money_leaves(channel):
    assert channel.name in names()
    assert channel.is_real is (channel.name != "dry_run")


def test_a_channel_that_does_not_exist_is_a_wrong_setting(tmp_path):
    with pytest.raises(SettingsError, match="there is no channel"):
        open_channel(Settings.model_validate({"data_dir": tmp_path, "payout_channel": "cash"}))


def test_everything_that_wechat_pay_lacks_is_named_at_once(tmp_path):
    with pytest.raises(SettingsError) as wrong:
        open_channel(Settings.model_validate({"data_dir": tmp_path, "payout_channel": "wechat_pay"}))

    assert len(wrong.value.problems) == 5


def test_wechat_pay_is_asked_in_its_own_words(wechat, now):
    platform, channel = wechat
    channel.pay(ORDER, now=now)

    [asked] = platform.asked
    assert asked == {
        "receiver": {
            "type": "TRANSACTION_USER",
            "transaction_info": {"transaction_id": "4200001", "type": "WXPAY"},
        },
        "out_bill_no": ORDER.id,
        "amount": 1_000,
        "transfer_remark": "延迟发货先行赔付",
        "sponsor_mchid": "1900000109",
        "transfer_scene_id": "1011",
    }
    assert PATH.endswith("compensate-bills")


@pytest.mark.parametrize("fault", ["lost", "limited", "forged", "failing", "SOMETHING_NEW", "INVALID_REQUEST"])
def test_what_may_have_been_paid_is_unknown_and_asking_tells(wechat, now, fault):
    platform, channel = wechat
    platform.faults = [fault]

    assert channel.pay(ORDER, now=now).outcome is Outcome.UNKNOWN
    was_paid = ORDER.id in platform.paid
    assert channel.query(ORDER, now=now).outcome is (Outcome.PAID if was_paid else Outcome.ABSENT)
    assert channel.pay(ORDER, now=now).outcome is Outcome.PAID
    assert list(platform.paid) == [ORDER.id]


@pytest.mark.parametrize(("code", "retry"), [("NOT_ENOUGH", Retry.LATER), ("NO_AUTH", Retry.PERSON)])
def test_what_the_platform_never_took_on_has_failed(wechat, now, code, retry):
    platform, channel = wechat
    platform.faults = [code]

    answer = channel.pay(ORDER, now=now)

    assert (answer.outcome, answer.code, answer.retry) == (Outcome.FAILED, code, retry)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("ACCEPTED", Outcome.ACCEPTED),
        ("WAIT_USER_CONFIRM", Outcome.ACCEPTED),
        ("CLOSED", Outcome.FAILED),
        ("ODD", Outcome.UNKNOWN),
    ],
)
def test_a_state_that_is_not_success_is_not_paid(wechat, now, state, outcome):
    platform, channel = wechat
    platform.state = state

    assert channel.pay(ORDER, now=now).outcome is outcome


def test_without_the_payments_number_nobody_is_asked(wechat, now):
    platform, channel = wechat

    assert channel.pay(PayoutOrder("b" * 32, 1, None, "x"), now=now).outcome is Outcome.FAILED
    assert platform.asked == []
