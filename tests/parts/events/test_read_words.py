"""What words, names and accounts show by themselves; a denial is none."""

from __future__ import annotations

import pytest

from app.events.offer_terms import campaign_terms, coupon_terms
from app.events.read_words import (
    asked_permissions,
    human_channel_count,
    lies_in_township,
    looks_personal,
    misfit_receiver_count,
    names_appeal,
    names_raw_3d,
    names_unsealed_3d,
    says_digital_host,
    says_recorded,
    shows_refusal,
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "三人成团，24小时内成团，未成团48小时内原路退款",
            {"text.group_size_count": 3, "text.group_hours": 24, "text.failed_refund_hours": 48},
        ),
        ("二十人成团；拼团有效期2天；拼团失败自动退款", {"text.group_size_count": 20, "text.group_hours": 48}),
        ("人数不足3个工作日内退回", {"text.failed_refund_hours": 72}),
        ("成团后抽取10名获得商品，未中者退款", {"rules_draw_lots": True}),
        ("成团后不抽签，人人发货", {}),
        ("邀请5位好友助力砍价，砍到0元", {"text.helpers_needed_count": 5, "rules_ask_help": True}),
        ("无需助力，直接购买", {}),
        ("分享到3个群后即可领取", {"rules_ask_share": True}),
        ("不分享也能领取", {}),
        ("须上传户口本验证家庭成员", {"rules_ask_kinship": True}),
        ("无需提供亲属信息", {}),
        (None, {}),
    ],
)
def test_a_campaigns_rules_are_read_as_buyers_read_them(text, said):
    assert {name: value for name, value in campaign_terms(text).items() if value} == said


def test_money_back_at_once_is_no_time_at_all():
    assert campaign_terms("未成团自动退款")["text.failed_refund_hours"] == 0


@pytest.mark.parametrize(
    ("text", "threshold", "said"),
    [
        ("满100元可用，全店通用，领取后7天内有效，不与其他优惠叠加", 10_000, {"period", "scope", "stacking"}),
        ("满39.9减5，须转发朋友圈才能使用", 3_990, {"share"}),
        ("无门槛，11月1日至11月11日，限指定商品", 0, {"period", "scope"}),
        ("新人专享10元", None, set()),
    ],
)
def test_a_coupons_rules_say_threshold_period_scope_and_stacking(text, threshold, said):
    found = coupon_terms(text)

    assert found.pop("text.threshold_fen") == threshold
    assert {name.rpartition("_")[2] for name, value in found.items() if value} == said


@pytest.mark.parametrize(
    ("channels", "count"), [(None, None), ([], 0), (["智能客服", "AI助手"], 0), (["电话", "机器人（可转人工）"], 2)]
)
def test_robots_are_no_human_channel(channels, count):
    assert human_channel_count(channels) == count


@pytest.mark.parametrize(
    ("reads", "says", "does_not"),
    [
        (shows_refusal, ["拒收请回复R", "回T退订", "如不再接收消息请点击关闭"], ["0元购 点击购买", "买一送一", ""]),
        (names_appeal, ["可申请人工复核", "如有异议请拨打4001234567"], ["系统自动降级", "等级调整不可申诉"]),
        (says_digital_host, ["AI主播带货", "虚拟主播小云"], ["非数字人直播", "真人晚八点"]),
        (says_recorded, ["昨晚精彩回放", "循环播放"], ["不是录播", "今晚上新"]),
        (
            lies_in_township,
            ["栖霞市桃村镇", "乌审旗嘎鲁图苏木"],
            ["镇江市", "景德镇市珠山区", "景德镇", "漕河泾街道", "五角场镇路"],
        ),
        (
            looks_personal,
            ["13800138000", "4111111111111111", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "a@b.com", "wxp://f2f0abc"],
            ["1900000109", "acct-1", "6222021234567890123", ""],
        ),
    ],
)
def test_what_is_recognised_is_said_and_nothing_else(reads, says, does_not):
    assert [each for each in says if not reads(each)] == []
    assert [each for each in does_not if reads(each)] == []


def test_raw_three_dimensional_files_are_known_by_name_and_so_are_encrypted_ones():
    assert names_raw_3d(["tags.csv", "body.obj"])
    assert not names_raw_3d(["tags.csv"])
    assert names_raw_3d(None) is None
    assert names_unsealed_3d(["body.obj"])
    assert not names_unsealed_3d(["body.obj.enc", "a.csv"])


def test_receivers_fit_their_type():
    openid = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
    fit = [{"type": "MERCHANT_ID", "account": "1900000109"}, {"type": "PERSONAL_OPENID", "account": openid}]

    assert misfit_receiver_count(fit) == 0
    assert misfit_receiver_count([fit[0] | {"account": openid}, fit[1] | {"account": "1900000109"}, *fit]) == 2


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("关注公众号后领取，并授权手机号", ["follow", "mobile"]),
        ("请开启定位领券", ["location"]),
        ("无需关注即可领取，不授权手机号也能领", []),
        (None, []),
    ],
)
def test_a_page_asks_for_what_its_words_ask_for(text, asked):
    assert asked_permissions(text) == asked
