"""The quality of a text follows what can be counted in it; better texts score higher, and force is worth nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.passage import TextField
from app.text.quality import quality_of

GOOD = (
    "这件羽绒服用90%白鸭绒，充绒量120克，零下10度也暖和。面料防泼水，机洗不钻绒。你们更喜欢黑色还是米色？评论区告诉我。",
    "奶奶教我做的酸菜，撒3%的盐，密封20天，酸香爽口。小时候冬天就等这一口，现在做给孩子吃。你家怎么腌？留言说说。",
    "电饭煲怎么选？先看内胆：厚釜1.5毫米以上受热匀；再看容量，3人家庭选4升；最后看功率和质保。第一步量米，第二步加水1:1.2。收藏起来慢慢看，有问题留言问我。",
)
POOR = (
    "家人们谁懂啊！！！绝绝子！！！闭眼入！！！买它买它买它！！！",
    "不错不错不错不错不错不错不错不错很好很好很好很好",
    "关注我才能领券，转发三个群，不转发不发货，公屏刷起来！",
)


def total(text: str) -> int:
    quality = quality_of([TextField("text", text)])
    assert None not in (quality.info, quality.emotion, quality.guide)
    return (quality.info * 40 + quality.emotion * 30 + quality.guide * 30) // 100


def test_every_good_text_scores_above_every_poor_one_and_the_marks_lie_between():
    assert min(map(total, GOOD)) >= 60
    assert max(map(total, POOR)) <= 40


@pytest.mark.parametrize("text", ["", "好看", "新款连衣裙", "nice dress for summer, buy now please"])
def test_a_text_too_short_or_not_chinese_has_no_score(text):
    quality = quality_of([TextField("text", text)])

    assert (quality.info, quality.emotion, quality.guide) == (None, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "关注我才能领优惠券哦，别错过",
        "转发到三个群再来找我领礼品",
        "不点赞不发货的老板又来了呀",
        "公屏刷起来，刷满就上链接啦",
        "集88个赞送面膜一盒，快来吧",
    ],
)
def test_guidance_by_force_is_worth_nothing_whatever_else_there_is(text):
    quality = quality_of(
        [TextField("text", text + "你更喜欢哪个颜色？今晚8点，评论区告诉我，点击链接看详情，送运费险。")]
    )

    assert quality.induced
    assert quality.guide == 0


def test_a_listed_word_of_forced_following_counts_as_force():
    assert quality_of([TextField("text", GOOD[0])], forced=["先关注再下单"]).guide == 0


def test_fear_raises_the_emotion_and_is_told():
    quality = quality_of([TextField("text", "再不补钙就晚了！别等瘫痪才后悔一辈子，正在毁掉你的骨头！")])

    assert len(quality.fear) >= 2
    assert quality.emotion > 80 > quality.info


def test_more_figures_and_named_aspects_make_more_information():
    plain = quality_of([TextField("text", "这款杯子真的很好看，推荐给大家试试看")])
    told = quality_of([TextField("text", "这款杯子304不锈钢材质，容量500毫升，保温12小时，适合上班族")])

    assert told.info > plain.info
    assert any("带单位" in hint for hint in plain.hints)


def test_repeating_a_text_adds_no_information():
    once = quality_of([TextField("text", GOOD[0])])

    assert quality_of([TextField("text", GOOD[0] * 6)]).info < once.info


@given(st.text(max_size=200))
def test_every_dimension_stays_between_0_and_100_and_is_the_sum_of_its_features(text):
    quality = quality_of([TextField("text", text)])

    assert all(each is None or 0 <= each <= 100 for each in (quality.info, quality.emotion, quality.guide))
    assert all(min(0, -100) <= feature.points <= max(feature.most, 0) for feature in quality.features)
