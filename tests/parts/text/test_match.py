"""The matcher finds every listed word, says exactly where, and leaves alone what is allowed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.match import Context, TextField, build_matcher
from app.text.wordlist import load_wordlists
from app.values.deciding import Verdict
from tests.parts.text.wordlist_files import AT, CATEGORIES, ENGINES, HEAD, files_of, found, matcher_of, scan

both_engines = pytest.mark.parametrize("engine", ENGINES)


@both_engines
def test_a_hit_carries_its_word_list_and_law(engine) -> None:
    matcher = matcher_of("最佳 | suggest: 优质 | source: 指南第六条 | verdict: block", engine=engine)

    (hit,) = scan(matcher, "全场最*佳品质").hits

    assert matcher.engine == engine
    assert matcher.words == 1
    assert (hit.field, hit.start, hit.end, hit.text, hit.word) == ("f0", 2, 5, "最*佳", "最佳")
    assert (hit.category, hit.wordlist, hit.source) == ("absolute_terms", "a", "指南第六条")
    assert (hit.verdict, hit.suggestion, hit.hidden_by) == (Verdict.BLOCK, "优质", ("inserted_symbol",))


@pytest.mark.parametrize(
    ("text", "tricks"),
    [
        ("国家级", ()),
        ("國家級", ("traditional",)),
        ("国 家\u3000级", ("inserted_space",)),
        ("国\n家级", ("inserted_line_end",)),
        ("国*家.级", ("inserted_symbol",)),
        ("国❤家😀级", ("emoji",)),
        ("国\u200b家级", ("zero_width",)),
        ("国\u0336家\u0336级", ("combining_mark",)),
        ("国\0家级", ("control",)),
        ("国<b>家</b>级", ("markup",)),
        ("国国家家级级", ("doubled",)),
        ("國·家級", ("traditional", "inserted_symbol")),
    ],
)
def test_a_hit_names_the_tricks_that_hid_it(text, tricks) -> None:
    hits = scan(matcher_of("国家级"), f"本品{text}认证").hits

    assert [hit.hidden_by for hit in hits] == [tricks]


@pytest.mark.parametrize(
    ("text", "trick"),
    [
        ("ＴＯＰ", "full_width"),
        ("ⓣⓞⓟ", "compatibility_form"),
        ("🅃🄾🄿", "compatibility_form"),
        ("🅣🅞🅟", "compatibility_form"),
        ("🇹🇴🇵", "compatibility_form"),
        ("tор", "look_alike"),
        ("töp", "diacritic"),
        ("to\u0302p", "combining_mark"),
        ("TOP", "case"),
    ],
)
def test_a_latin_hit_names_the_form_that_hid_it(text, trick) -> None:
    (hit,) = scan(matcher_of("top店铺"), f"这是{text}店铺").hits

    assert hit.text == f"{text}店铺"
    assert hit.hidden_by == (trick,)


def test_a_mark_on_the_last_letter_is_named_though_the_hit_ends_before_it() -> None:
    (hit,) = scan(matcher_of("加v"), "加v\u0302吧").hits

    assert (hit.text, hit.hidden_by) == ("加v", ("combining_mark",))


def test_a_trick_the_word_itself_shows_is_none() -> None:
    (hit,) = scan(matcher_of("TOP 店铺"), "这是TOP 店铺吗").hits

    assert hit.hidden_by == ()


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("最佳男主角", []),
        ("最*佳男主角", []),
        ("最佳品质", ["最佳"]),
        ("最佳男主角选了最佳品质", ["最佳"]),
        ("最佳男", ["最佳"]),
    ],
)
def test_an_allowed_context_covers_only_its_own_place(text, hits) -> None:
    assert found(matcher_of("最佳 | allow: 最佳男主角"), text) == hits


def test_a_category_without_suggestions_keeps_a_words_suggestion_to_itself() -> None:
    matcher = matcher_of(HEAD.replace("absolute_terms", "diversion") + "加微信 | suggest: 咨询客服\n")

    assert [hit.suggestion for hit in scan(matcher, "加微信").hits] == [None]


@pytest.mark.parametrize(
    ("line", "text", "hits"),
    [
        ("最佳 | allow: ~导演", "年度最佳导演", []),
        ("最佳 | allow: ~导演", "最佳面膜导演推荐", ["最佳"]),
        ("最佳 | allow: ~{0,3}奖", "拿下最佳动作设计奖", ["最佳"]),
        ("最佳 | allow: ~{0,3}奖", "拿下最佳动画奖", []),
        ("最佳 | allow: ~{0,3}奖", "效果最佳。奖品丰富", ["最佳"]),
        ("最佳 | allow: 什么{0,4}~", "什么时候喝最佳", []),
        ("最佳 | allow: 什么{0,4}~", "没什么。最佳面膜", ["最佳"]),
        ("最佳 | allow: 不是{0,2}~的{0,2}", "不是 最*佳 的选择", []),
        ("加{0,4}微信 | allow: 教{0,4}~好友", "教你怎么加一下微信好友", []),
        ("最佳 | allow: 评{1,3}最佳{0,2}", "评为最佳新秀，最佳面膜", ["最佳"]),
    ],
)
def test_an_allowed_context_with_a_gap_or_a_place_for_the_word_covers_only_what_it_says(line, text, hits) -> None:
    assert found(matcher_of(line), text) == hits


def test_a_list_may_say_once_how_any_of_its_words_is_warned_against() -> None:
    head = HEAD + "# allow: 警惕{0,4}~, ~{0,4}骗局\n包治百病\n稳赚不赔\n"

    text = "警惕所谓稳赚不赔。包治百病的骗局。包治百病！"

    assert found(matcher_of(head), text) == ["包治百病"]


def test_an_allowed_context_of_the_whole_list_holds_for_each_word() -> None:
    assert found(matcher_of(HEAD + "# allow: 国家级最佳非遗\n最佳\n国家级\n"), "国家级最佳非遗，国家级酒") == ["国家级"]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("加微信", ["加微信"]),
        ("加一下我们的微信", []),
        ("加下我的微信", ["加下我的微信"]),
        ("加❤下❤我❤微❤信", ["加❤下❤我❤微❤信"]),
        ("快加。微信", []),
        ("加，微，信", ["加，微，信"]),
        ("加微信支付立减", []),
        ("加加微信", ["加加微信"]),
    ],
)
@both_engines
def test_a_gap_word_bridges_at_most_its_gap_and_no_sentence(text, hits, engine) -> None:
    assert found(matcher_of("加{0,4}微信 | allow: 加微信支付", engine=engine), text) == hits


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("加VX详聊", ["VX"]),
        ("v.x", ["v.x"]),
        ("vx12345", ["vx"]),
        ("avx", []),
        ("vxl码", []),
        ("a-vx", ["vx"]),
        ("top10", []),
        ("top 1 0", ["top 1"]),
        ("top1", ["top1"]),
    ],
)
def test_a_latin_word_is_found_as_a_whole_word_only(text, hits) -> None:
    assert found(matcher_of("vx\ntop1\n"), text) == hits


@pytest.mark.parametrize(
    ("text", "hits"), [("加VIP", []), ("加v", ["加v"]), ("加v1234", ["加v"]), ("加我vxab", ["加我vx"])]
)
def test_a_single_letter_beside_chinese_is_no_beginning_of_a_word(text, hits) -> None:
    assert found(matcher_of("加v\n加我vx\n"), text) == hits


@pytest.mark.parametrize(
    ("text", "hits"),
    [("质量最，佳能相机", []), ("微，信", ["微，信"]), ("加微,信,号", ["微,信"]), ("我微，信你", [])],
)
def test_a_comma_between_clauses_is_no_trick(text, hits) -> None:
    assert found(matcher_of("最佳\n微信\n"), text) == hits


def test_words_inside_a_longer_word_of_the_list_are_one_hit() -> None:
    assert found(matcher_of("国家级\n国家级最佳\n最佳\n"), "国家级最佳") == ["国家级最佳"]


def test_a_harder_word_inside_a_longer_one_is_kept() -> None:
    hits = scan(matcher_of("国家级最佳\n最佳 | verdict: block\n"), "国家级最佳").hits

    assert [(hit.text, hit.verdict.value) for hit in hits] == [("国家级最佳", "review"), ("最佳", "block")]


@both_engines
def test_overlapping_words_and_other_lists_are_all_found(engine) -> None:
    matcher = matcher_of("国家级最\n最佳\n", "级最\n", engine=engine)

    hits = scan(matcher, "国家级最佳").hits

    assert [(hit.text, hit.wordlist) for hit in hits] == [("国家级最", "a"), ("级最", "b"), ("最佳", "a")]


def test_an_exact_list_finds_only_the_written_form() -> None:
    matcher = matcher_of(HEAD + "# match: exact\nVIP会员\n")

    assert found(matcher, "VIP会员", "vip会员", "VIP*会员") == ["VIP会员"]


@pytest.mark.parametrize("depth", ["sound", "shape"])
def test_a_list_by_sound_or_shape_is_found_by_folding(depth) -> None:
    assert found(matcher_of(HEAD + f"# match: {depth}\n最佳\n"), "最*佳") == ["最*佳"]


@pytest.mark.parametrize(
    ("context", "hits"),
    [
        ({}, ["最佳"]),
        ({"kind": "comment"}, []),
        ({"shop": "drug"}, []),
        ({"shop": "food"}, ["最佳"]),
        ({"at": datetime(2027, 1, 1, tzinfo=UTC)}, []),
    ],
)
def test_a_list_out_of_scope_or_out_of_force_finds_nothing(context, hits) -> None:
    head = HEAD + "# kinds: video_caption\n# shop_categories: !drug\n# valid_to: 2026-12-31\n"

    assert found(matcher_of(head + "最佳\n"), "最佳", **context) == hits


def segments(*texts: str) -> list[TextField]:
    return [TextField("segments", text, segment=i, at_ms=i * 1000) for i, text in enumerate(texts)]


@both_engines
def test_a_phrase_cut_over_segments_is_a_hit_of_the_segment_it_begins_in(engine) -> None:
    matcher = matcher_of("加{0,4}微信\n", engine=engine)
    fields = [TextField("title", "先加"), *segments("大家 加我", "", "微", "信吧", "微信")]

    hits = matcher.scan(fields, Context("video_caption", AT)).hits

    (hit,) = hits
    assert (hit.field, hit.segment, hit.at_ms, hit.start, hit.end, hit.text) == ("segments", 0, 0, 3, 5, "加我")
    assert hit.hidden_by == ("split_over_segments",)


def test_a_hit_inside_a_later_segment_is_placed_in_it() -> None:
    matcher = matcher_of("最佳\n")

    (hit,) = matcher.scan(segments("你好。", "真是最 佳"), Context("video_caption", AT)).hits

    assert (hit.segment, hit.at_ms, hit.start, hit.end, hit.text) == (1, 1000, 2, 5, "最 佳")
    assert hit.hidden_by == ("inserted_space",)


def test_ordinary_fields_are_never_read_together() -> None:
    assert found(matcher_of("最佳\n"), "真是最", "佳能") == []


def test_a_scan_gives_the_folded_text_of_every_field() -> None:
    assert scan(matcher_of("最佳\n"), "ＡＢ", "", "最*好").folded == ("ab", "", "最好")


@both_engines
def test_no_fields_and_no_words_find_nothing(engine) -> None:
    empty = build_matcher(load_wordlists({"categories.yaml": CATEGORIES}), engine=engine)

    assert scan(empty, "最佳").hits == ()
    assert scan(matcher_of("最佳\n")).hits == ()


def test_threads_share_a_matcher() -> None:
    matcher = matcher_of("最佳\n国家级\n")
    texts = [f"{'好' * n}最*佳{'好' * n}国家级" for n in range(200)]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: scan(matcher, text), texts))

    assert together == [scan(matcher, text) for text in texts]


LETTERS = st.sampled_from("甲乙丙ab1")
WORDS = st.lists(st.text(LETTERS, min_size=2, max_size=5), min_size=1, max_size=12, unique=True)
TEXTS = st.lists(
    st.text(st.sampled_from("甲乙丙ab1* ，。.\n❤Ａ㎏\u200b\ud800") | LETTERS, max_size=40), min_size=1, max_size=3
)


@settings(max_examples=300, deadline=None)
@given(WORDS, TEXTS, st.booleans())
def test_each_engine_is_the_others_oracle(words, texts, are_segments) -> None:
    lists = load_wordlists(files_of(HEAD + "\n".join(words[::2]), HEAD + "\n".join(words[1::2] or words)))
    fields = segments(*texts) if are_segments else [TextField(f"f{i}", text) for i, text in enumerate(texts)]

    one, other = (build_matcher(lists, engine=engine).scan(fields, Context("x", AT)) for engine in ENGINES)

    assert one == other
    for hit in one.hits:
        text = texts[hit.segment] if hit.segment is not None else texts[int(hit.field[1:])]
        assert text[hit.start : hit.end] == hit.text


@settings(max_examples=200, deadline=None)
@given(WORDS, st.text(st.sampled_from("甲乙丙丁"), max_size=30))
def test_a_plain_chinese_text_hits_exactly_where_a_naive_search_does(words, text) -> None:
    chinese = [word for word in words if not any(char.isascii() for char in word)] or ["甲乙"]
    matcher = matcher_of("\n".join(dict.fromkeys(chinese)))

    hits = {(hit.start, hit.end) for hit in scan(matcher, text).hits if not hit.hidden_by}

    spans = {(i, i + len(w)) for w in chinese for i in range(len(text)) if text.startswith(w, i)}
    longest = {(a, b) for a, b in spans if not any(x <= a and b <= y and (x, y) != (a, b) for x, y in spans)}
    doubled = {(hit.start, hit.end) for hit in scan(matcher, text).hits if hit.hidden_by}
    inside_doubled = {(a, b) for a, b in longest if any(x <= a and b <= y for x, y in doubled)}
    assert hits == longest - inside_doubled
