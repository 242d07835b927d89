"""A place of origin is held against a text only where the text claims it."""

from __future__ import annotations

import pytest

from app.values.provinces import claimed_origins, province_of


@pytest.mark.parametrize(
    ("text", "provinces"),
    [
        ("云南产地直发鲜花饼", ("云南",)),
        ("昭通苹果，果园直发，现摘现发", ("云南",)),
        ("赣州脐橙 原产地直发", ("江西",)),
        ("新疆阿克苏直发的冰糖心", ("新疆",)),
        ("四川攀枝花芒果基地直供", ("四川",)),
        ("五常大米农场直发", ("黑龙江",)),
        ("产地直发，不加价", ()),
        ("云南风味米线，广东发货", ("广东",)),
        ("云南风味米线", ()),
        ("本品非产地直发，产自云南", ()),
        ("我们不做云南产地直发", ()),
        ("今天云南下雨。产地直发的苹果来自陕西", ("陕西",)),
        ("去云南旅游，看直播", ()),
        ("", ()),
    ],
)
def test_a_text_claims_the_provinces_it_names_beside_direct_dispatch(text, provinces):
    assert claimed_origins(text) == provinces


@pytest.mark.parametrize(
    ("told", "province"),
    [
        ("云南省", "云南"),
        ("广西壮族自治区", "广西"),
        ("大理白族自治州", "云南"),
        ("530000", "云南"),
        ("990000", None),
        ("内蒙古自治区", "内蒙古"),
        ("黑龙江省哈尔滨市", "黑龙江"),
        ("Yunnan", None),
        ("", None),
        (None, None),
    ],
)
def test_a_province_is_known_by_whatever_a_sender_calls_it(told, province):
    assert province_of(told) == province
