"""Every way to spell a word otherwise is seen from its depth on, is named, and is a guess where it must be one."""

from __future__ import annotations

import pytest

from app.text.spellings import Trick, is_respelt, parts_of
from app.text.words import Depth
from app.values.deciding import Verdict
from tests.parts.text.wordlist_files import HEAD, found, matcher_of, scan

DEPTHS = ("exact", "fold", "sound", "shape")
WORDS = "专治癌症 | verdict: block\n保本理财 | verdict: block\n"
# How the text writes one of the words, the trick, and the least depth that sees it.
DISGUISES = [
    ("专治癌症", Trick.PLAIN, "exact"),
    ("专专治治癌癌症症", Trick.DOUBLED, "fold"),
    ("zhuanzhiaizheng", Trick.PINYIN, "sound"),
    ("Zhuan Zhi Ai Zheng", Trick.PINYIN, "sound"),
    ("专治ai症", Trick.PINYIN_SYLLABLE, "sound"),
    ("baoben理财", None, "never"),
    ("专a治8癌x症", Trick.LETTER_BETWEEN, "sound"),
    ("专abcd治癌症", None, "never"),
    ("症癌治专", Trick.REVERSED, "sound"),
    ("砖治癌症", Trick.HOMOPHONE, "sound"),
    ("砖只癌症", Trick.HOMOPHONE, "sound"),
    ("砖只碍症", None, "never"),
    ("保夲理财", Trick.LOOK_ALIKE_CHARACTER, "shape"),
    ("专冶癌症", Trick.LOOK_ALIKE_CHARACTER, "shape"),
    ("专冶喦症", None, "never"),
    ("专治喦症", Trick.LOOK_ALIKE_CHARACTER, "shape"),
    ("亻呆本理财", Trick.SPLIT_CHARACTER, "shape"),
    ("呆亻本王里财", Trick.SPLIT_CHARACTER, "shape"),
    ("专治疒嵒疒正", Trick.SPLIT_CHARACTER, "shape"),
]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(("text", "trick", "least"), DISGUISES)
def test_a_disguise_is_seen_from_its_depth_on(text, trick, least, depth) -> None:
    hits = scan(matcher_of(f"{HEAD}# match: {depth}\n{WORDS}"), f"本店{text}，欢迎").hits

    is_due = least in DEPTHS[: DEPTHS.index(depth) + 1]
    assert [hit.text for hit in hits] == [text] * is_due
    for hit in hits:
        assert trick is Trick.PLAIN or trick.label in hit.hidden_by
        assert hit.verdict is (Verdict.REVIEW if trick.is_guess else Verdict.BLOCK)


def test_every_trick_is_in_the_table() -> None:
    assert {trick for _, trick, _ in DISGUISES} - {None} == set(Trick) - {
        Trick.INITIALS,
        Trick.FILLER_BETWEEN,
        Trick.LATIN_RESPELT,
    }


@pytest.mark.parametrize("verdict", ["block", "review", "label"])
def test_a_guess_is_never_judged_harder_than_review(verdict) -> None:
    matcher = matcher_of(f"{HEAD}# match: shape\n专治癌症 | verdict: {verdict}\n")

    hits = scan(matcher, "砖治癌症。症癌治专。专冶癌症").hits

    assert {hit.hidden_by for hit in hits} == {("homophone",), ("reversed",), ("look_alike_character",)}
    assert {hit.verdict for hit in hits} == {Verdict.LABEL if verdict == "label" else Verdict.REVIEW}


@pytest.mark.parametrize(
    ("spell", "hits"),
    [
        (None, ["baobenlicai"]),
        ("pinyin", ["weixin", "baobenlicai"]),
        ("initials", ["wx", "bblc"]),
        ("pinyin, initials", ["weixin", "wx", "baobenlicai", "bblc"]),
        ("none", []),
    ],
)
@pytest.mark.parametrize("depth", ["sound", "shape"])
def test_a_list_says_in_which_latin_letters_its_words_are_written(spell, hits, depth) -> None:
    head = f"{HEAD}# match: {depth}\n" + (f"# spell: {spell}\n" if spell else "")

    assert found(matcher_of(head + "微信\n保本理财\n"), "看weixin和wx，有baobenlicai及bblc") == hits


@pytest.mark.parametrize("text", ["xbaobenlicai", "baobenlicaix", "abblc", "bblcd"])
def test_latin_spellings_are_whole_words(text) -> None:
    assert found(matcher_of("保本理财 | spell: pinyin, initials\n"), f"看{text}吧") == []


def test_a_word_may_be_looked_for_otherwise_than_its_list() -> None:
    deeper = matcher_of("保本理财 | match: shape\n专治癌症\n")
    shallower = matcher_of(f"{HEAD}# match: shape\n# spell: initials\n保本理财 | match: fold | spell: none\n专治癌症\n")

    texts = "保夲理财，专冶癌症，看bblc和zzaz"
    assert found(deeper, texts) == ["保夲理财"]
    assert found(shallower, texts) == ["专冶癌症", "zzaz"]


@pytest.mark.parametrize("text", ["薇信", "徽信", "微言", "信微", "微a信", "亻散信", "weixin"])
def test_a_word_of_two_characters_is_not_respelt(text) -> None:
    assert not is_respelt("微信")
    assert found(matcher_of(f"{HEAD}# match: shape\n微信\n"), f"看{text}吧") == []


@pytest.mark.parametrize("depth", [depth for depth in Depth if depth.guesses])
@pytest.mark.parametrize(
    "text",
    ["和微信", "如微信", "家微信", "和微信支付", "如微信支付", "国家及地方", "国家级别", "参加微信群", "增加微信支付"],
)
def test_honest_neighbours_of_a_word_are_no_guesses(text, depth) -> None:
    assert found(matcher_of(f"{HEAD}# match: {depth}\n# edges: word\n加微信\n国家级\n"), f"支持{text}吗") == []


@pytest.mark.parametrize("text", ["加薇信", "加徽信", "嘉微信", "加亻言微信", "加w微x信"])
def test_a_word_of_three_characters_is_respelt(text) -> None:
    hits = found(matcher_of(f"{HEAD}# match: shape\n加微信 | edges: word\n"), f"快{text}吧")

    assert hits == ([text] if text != "加亻言微信" else [])


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("家微信号", ["家微信号"]),
        ("家微信号群", []),
        ("加微信号", ["加微信号"]),
        ("加微信号支付", []),
        ("加薇信号", ["加薇信号"]),
    ],
)
def test_nothing_is_guessed_at_where_a_listed_word_stands_or_is_excused(text, hits) -> None:
    matcher = matcher_of(f"{HEAD}# match: shape\n加微信号 | allow: ~支付\n家微信号 | allow: ~群\n")

    got = scan(matcher, f"看{text}吧").hits

    assert [hit.text for hit in got] == hits
    assert len({hit.word for hit in got}) <= 1 or text == "加薇信号"


def test_a_character_comes_apart_as_written_and_in_the_other_order() -> None:
    assert "亻言" in parts_of("信").usual
    assert "言亻" in parts_of("信").others
    assert "土昜" in parts_of("场").usual  # as its traditional form does
    assert parts_of("a") == ((), ())
