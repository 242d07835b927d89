"""A matcher opened from its pack finds exactly what the built one finds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.match import Context, TextField, build_matcher
from app.text.packed import counts_of, pack, unpack, variant
from app.text.wordlist import load_wordlists

CATEGORIES = """
absolute: {title: 绝对化, law: 广告法, severity: 3, suggest: 改为可证实的表述}
diversion: {title: 导流, law: 平台规则, severity: 4, suggestion: false}
"""
FIRST = """\ufeff# category: absolute
# verdict: block
# source: 广告法第九条
# owner: legal
# match: shape
# edges: short
# allow: 警惕{0,6}~

全国最佳 | allow: 全国最佳实践 | suggest: 表现突出
最优选 | verdict: review | valid_from: 2026-01-01 | valid_to: 2026-12-31
## a comment
顶级奢华 | shops: !s-1
"""
SECOND = """# category: diversion
# verdict: review
# source: 平台规则
# owner: legal
# match: sound
加{0,4}微信 | note: 加你微信
私聊我
"""
EXEMPTIONS = """
- shop: s-2
  word: 顶级奢华
  reason: 注册商标
  basis: 商标注册证
  approved_by: legal
  valid_from: 2026-01-01
  valid_to: 2027-01-01
"""
FILES = {
    "categories.yaml": CATEGORIES,
    "a_first.txt": FIRST,
    "b_second.txt": SECOND,
    "exemptions.yaml": EXEMPTIONS,
}
AT = datetime(2026, 6, 1, tzinfo=UTC)
PIECES = [
    "全国最佳",
    "实践",
    "最优选",
    "顶级",
    "奢华",
    "加",
    "你",
    "微信",
    "薇信",
    "私聊我",
    "wei",
    "全全国国最最佳佳",
    "警惕",
    "。",
    "a",
    "亻言",
]


@pytest.fixture(scope="module")
def both():
    lists = load_wordlists(FILES)
    built = build_matcher(lists, engine="daachorse")
    return built, unpack(pack(built, lists), FILES).matcher


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=8), st.sampled_from(["s-1", "s-2", None]))
def test_what_was_packed_finds_the_same(both, pieces, shop) -> None:
    built, opened = both
    fields = (TextField("title", "".join(pieces)),)
    context = Context("video_caption", AT, shop=shop)

    assert opened.scan(fields, context) == built.scan(fields, context)


def test_hits_exemptions_and_suggestions_survive(both) -> None:
    _, opened = both

    scan = opened.scan((TextField("title", "全国*最佳，顶级奢华，加你微信"),), Context("video_caption", AT, shop="s-2"))

    assert [(hit.word, hit.suggestion, hit.source) for hit in scan.hits] == [
        ("全国最佳", "表现突出", "广告法第九条"),
        ("加{0,4}微信", None, "平台规则"),
    ]
    assert [(each.word, each.reason) for each in scan.exempted] == [("顶级奢华", "注册商标")]


def test_a_pack_says_what_it_was_made_from() -> None:
    lists = load_wordlists(FILES)
    packed = pack(build_matcher(lists, engine="daachorse"), lists)

    assert counts_of(packed) == {"lists": 2, "words": 5, "exemptions": 1}
    assert unpack(packed, FILES).severities == {"absolute": 3, "diversion": 4}
    assert variant() == variant()


@pytest.mark.parametrize("broken", [b"", b"not a pack", "cut"])
def test_what_is_no_pack_is_refused(broken) -> None:
    lists = load_wordlists(FILES)
    packed = pack(build_matcher(lists, engine="daachorse"), lists)

    with pytest.raises(ValueError, match="pack"):
        unpack(packed[:-1] if broken == "cut" else broken, FILES)
