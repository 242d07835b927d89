"""Constructions see what is meant where no listed word is said, and are silent where it is denied, asked or told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from app.advising import fixes_of
from app.text.beside import Beside
from app.text.constructions import look_closely, read_closely
from app.text.constructions.wording import FILE, WORDLIST, constructions
from app.text.match import build_matcher
from app.text.passage import TextField
from app.text.wordlist import load_wordlists
from app.text.words import Context
from app.values.deciding import Decision, PersonalDatum, Verdict

AT = datetime(2026, 11, 25, tzinfo=UTC)
HERE = Path(__file__).parent
SAMPLES = [
    line.split("\t")
    for line in (HERE / "construction_samples.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("# ")
]
CATEGORIES = (HERE.parents[2] / "wordlists" / "categories.yaml").read_text(encoding="utf-8")


def words(*lines: str, category: str = "medical_claims"):
    head = f"# category: {category}\n# verdict: review\n# source: 广告法第十七条\n# owner: ads\n"
    return build_matcher(load_wordlists({"categories.yaml": CATEGORIES, "some.txt": (head + "\n".join(lines) + "\n")}))


NO_WORDS = words("从不出现的词")


def seen(text: str, kind: str = "live_speech", shop: str | None = None, matcher=NO_WORDS):
    return read_closely(matcher, [TextField("text", text)], Context(kind, AT, shop)).hits


@pytest.mark.parametrize(("name", "kind", "shop", "said", "unsaid"), SAMPLES, ids=[each[0] for each in SAMPLES])
def test_each_construction_is_seen_where_it_is_said_and_nowhere_near_it(name, kind, shop, said, unsaid):
    title = {each.name: each.title for each in constructions()}[name]

    assert title in [hit.word for hit in seen(said, kind, shop or None)]
    assert [hit.word for hit in seen(unsaid, kind, shop or None)] == []


def test_every_construction_has_a_sample():
    assert {each.name for each in constructions()} == {name for name, *_ in SAMPLES}


def test_every_construction_is_of_a_declared_category_and_names_its_law():
    declared = yaml.safe_load(CATEGORIES)

    assert [each.name for each in constructions() if each.category not in declared or not each.source] == []


def test_a_find_is_told_in_the_words_that_were_sent_and_asks_for_a_person_only():
    text = "姐妹们！想 要 同 款 加 薇 abc8899 私下给优惠"

    (hit,) = seen(text, "video_caption", "apparel")

    assert (hit.wordlist, hit.verdict, hit.text) == (WORDLIST, Verdict.REVIEW, text[hit.start : hit.end])
    assert hit.text.startswith("加")


def test_a_sentence_cut_over_two_utterances_is_read_whole():
    fields = [TextField("speech", "我妈喝了两个月", segment=0), TextField("speech", "痛风全好了", segment=1)]

    hits = read_closely(NO_WORDS, fields, Context("live_speech", AT, "tea")).hits

    assert {(hit.segment, hit.hidden_by) for hit in hits if hit.hidden_by} == {(0, ("split_over_segments",))}


def test_where_a_listed_word_says_it_already_nothing_is_added():
    hits = seen("这个贴专治关节炎", "live_speech", "home", words("专治关节炎"))

    assert [hit.wordlist for hit in hits] == ["some"]


def test_where_a_listed_word_is_excused_by_its_context_nothing_is_guessed():
    matcher = words("加微信 | allow: 冒充{0,6}~", category="off_platform_diversion")
    large = words("从不出现的词")

    for each in (matcher, Beside(large, matcher)):
        assert seen("冒充主播加微信看货的都不是我", "comment", matcher=each) == ()


@pytest.mark.parametrize("kind", ["review", "comment"])
def test_a_buyers_praise_is_no_advertisement(kind):
    assert seen("全国最好吃的粉，没有之一", kind, "food") == ()
    assert seen("全国最好吃的粉，没有之一", "reply", "food") != ()


def test_a_video_of_an_unknown_shop_that_sells_nothing_only_talks():
    assert seen("妈妈做的饺子是全世界最好吃的", "video_title") == ()
    assert seen("全世界最好吃的饺子，今晚直播间下单", "video_title") != ()


def test_a_pharmacy_may_speak_of_illness():
    assert seen("这款能治鼻炎", "product_title", "drug") == ()
    assert seen("这款能治鼻炎", "product_title", "home") != ()


def test_a_shop_may_be_exempted_from_a_construction_of_a_category():
    head = "# category: medical_claims\n# verdict: review\n# source: 广告法第十七条\n# owner: ads\n从不出现的词\n"
    entry = """- shop: shop-7
  category: state_endorsement
  reason: 军需企业，持供货合同
  basis: 合同 2026-7
  approved_by: ads
  valid_from: 2026-11-01
  valid_to: 2027-10-31
"""
    files = {"categories.yaml": CATEGORIES, "some.txt": head, "exemptions.yaml": entry}
    matcher = build_matcher(load_wordlists(files))
    said = [TextField("text", "这批被服供应部队，质量放心")]

    mine = read_closely(matcher, said, Context("live_speech", AT, "apparel", "shop-7"))
    other = read_closely(matcher, said, Context("live_speech", AT, "apparel", "shop-8"))

    assert (mine.hits, [each.reason for each in mine.exempted]) == ((), ["军需企业，持供货合同"])
    assert ([hit.category for hit in other.hits], other.exempted) == (["state_endorsement"], ())


def test_a_hostile_text_keeps_few_finds():
    hits = seen("五星好评返5元！" * 2_000, "message")

    assert 0 < len(hits) <= 20


def test_every_part_that_is_named_is_declared():
    parts = yaml.safe_load(FILE.read_text(encoding="utf-8"))["parts"]

    assert all(f"<{name}>" not in pattern for name in parts for each in constructions() for pattern in each.patterns)


def test_a_merchant_reads_their_own_words_and_never_a_number():
    text = "输了把这碗生辣椒全吃了"
    hits = seen(text)
    told = fixes_of(Decision(Verdict.REVIEW, hits=hits))
    number = PersonalDatum("text", 0, len(text), "mobile")
    starred = fixes_of(Decision(Verdict.REVIEW, hits=hits, personal_data=(number,)))

    assert "疑似伤身体或有辱人格的PK惩罚：“输了把这碗生辣椒全吃了”" in told[0].sentence
    assert not any("辣椒" in fix.sentence for fix in starred)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("金🌸🐮🐮，要的来", "金🌸🐮🐮"),
        ("母🐶加我", "母🐶加"),
        ("小🍠发文，做的来", "小🍠发文"),
    ],
)
def test_emoji_that_stand_for_words_are_read_aloud_and_the_mark_is_on_what_was_sent(text, marked):
    hits = seen(text, "comment")

    assert any(marked in hit.text and "emoji_read" in hit.hidden_by for hit in hits)
    assert all(hit.text == text[hit.start : hit.end] for hit in hits)


def test_a_word_found_with_its_emoji_dropped_is_not_told_a_second_time():
    matcher = words("加我微信", category="off_platform_diversion")

    hits = seen("加我微❤️信，🌸都送你", "comment", matcher=matcher)

    assert [(hit.word, hit.hidden_by) for hit in hits] == [("加我微信", ("emoji", "zero_width"))]


def test_listed_words_written_with_emoji_are_found_too():
    hits = seen("老🐔头带你飞", "comment", matcher=words("老鸡头"))

    assert [(hit.word, hit.text) for hit in hits] == [("老鸡头", "老🐔头")]


@pytest.mark.parametrize(
    "text",
    [
        "公园里的🦌一点都不怕人，🌸开得正好",
        "今天炖了🐟，孩子喝了两碗🍵",
        "🔥新款上架🔥 🎁下单就送小礼物🎁",
        "🐮奶和🍊汁都要冷藏",
    ],
)
def test_honest_emoji_change_nothing(text):
    assert seen(text, "comment") == ()


def test_many_texts_looked_through_at_once_have_their_emoji_read_too():
    texts = ["今天天气不错", "金🌸🐮🐮三公，要的来", "公园里的🦌一点都不怕人", "小🍠代发，做的来"]
    context = Context("comment", AT, None)

    looked = look_closely(NO_WORDS, texts, [context] * len(texts))

    assert looked.worth == {1, 3}
    for at, text in enumerate(texts):
        alone = read_closely(NO_WORDS, [TextField("text", text)], context)
        assert looked.read(at, [TextField("text", text)], context).hits == alone.hits


def test_what_warns_of_an_offer_is_not_one_and_a_promise_not_to_cheat_excuses_nothing():
    assert seen("民警提醒：刷单返利都是骗局，一天三百的兼职别信", "video_title", "news") == ()
    assert seen("不骗人，宝妈在家就能做，一天三百，想做的滴滴", "comment") != ()
