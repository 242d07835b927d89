"""What the matcher is measured by: tricks that really hide a word, in sentences that are honest without it."""

from __future__ import annotations

import unicodedata
from random import Random
from types import SimpleNamespace

import pytest

from bench.evasion import BARS, honest_sentences_with_hits, shipped
from bench.tricks import contacts, hanzi, inserted, letters
from bench.tricks.carriers import SENTENCES, planted
from bench.tricks.rows import ROWS
from bench.tricks.sources import homophones, pairs, splits


def plant(text):
    """A word without gaps, all of it its own."""
    places = tuple(range(len(text)))
    return SimpleNamespace(text=text, own=places, han=tuple(at for at in places if "\u4e00" <= text[at] <= "\u9fff"))


def test_sentences_are_many_and_none_is_hit_without_a_word() -> None:
    assert len(set(SENTENCES)) >= 60
    assert all(sentence.count("{}") == 1 for sentence in SENTENCES)
    assert honest_sentences_with_hits() == []


def test_a_planted_word_stands_where_it_is_said_to() -> None:
    for sentence in SENTENCES:
        text = planted(sentence, "wei信", "微信")

        assert text.text[text.start : text.end] == "wei信"


@pytest.mark.parametrize("row", [row for row in ROWS if not row.needs], ids=lambda row: row.name)
def test_a_trick_changes_words_and_does_so_again_the_same(row) -> None:
    _, plants = shipped()
    words = Random(1).sample(plants, 150) + [each for each in plants if any(map(str.isascii, each.word.text))]

    once = [row.hide(each, Random(7)) for each in words]

    assert once == [row.hide(each, Random(7)) for each in words]
    assert row.name == "as written" or sum(new != each.text for new, each in zip(once, words, strict=True)) >= 10


@pytest.mark.parametrize(
    ("hide", "word", "hidden"),
    [
        (letters.width, "NO.1", "ＮＯ．１"),
        (letters.styled(letters.CIRCLED[:1]), "加vx", {"加ⓥⓧ", "加ⓋⓍ"}),
        (letters.kangxi, "高仿手表", "⾼仿⼿表"),
        (hanzi.traditional, "头发", "頭髮"),
        (hanzi.traditional, "代开发票", "代開發票"),
        (hanzi.all_sounds, "行业第一", {"hangyediyi", "hang ye di yi", "HangYeDiYi"}),
        (hanzi.one_syllable, "重塑", {"chong塑", "重su"}),
        (hanzi.one_split, "最强", "最弓虽"),
        (hanzi.all_split, "信佳", "亻言亻圭"),
        (inserted.between("*"), "最佳", "最*佳"),
        (inserted.doubled, "最佳", "最最佳佳"),
        (inserted.backwards, "加微信", "信微加"),
        (inserted.entity_for_each, "微", {"&#x5fae;", "&#24494;", "&#X5FAE;"}),
    ],
)
def test_a_trick_does_what_sellers_do(hide, word, hidden) -> None:
    made = {hide(plant(word), Random(seed)) for seed in range(20)}

    assert made <= (hidden if isinstance(hidden, set) else {hidden})


def test_radicals_stand_in_the_order_of_their_block() -> None:
    for char, radical in letters.KANGXI.items():
        if ord(radical) >= 0x2F00 and char == unicodedata.normalize("NFKC", char):
            assert radical in {chr(code) for code in range(0x2F00, 0x2FD6)}
    assert len({radical for radical in letters.KANGXI.values() if "\u2f00" <= radical <= "\u2fd5"}) == 214
    assert letters.KANGXI["龠"] == "\u2fd5"


def test_a_replacement_is_never_the_character_itself() -> None:
    alike = [
        (char, twin)
        for file in ("sellers_pairs.txt", "drawn_alike.txt")
        for char in pairs(file)
        for twin in pairs(file)[char]
    ]

    assert len(alike) > 800
    assert [char for char, twin in alike if char == twin] == []
    assert len(homophones()) > 350
    assert len(splits()) > 4000


def test_a_contact_stands_where_it_is_said_to_and_is_nobodys() -> None:
    for contact in contacts.contacts("as written", count=50):
        value = contact.text[contact.start : contact.end]

        assert value[3:7] == "0000" if contact.kind == "mobile" else value.startswith("10000") or value[0].isalpha()


def test_every_row_has_its_own_name() -> None:
    assert len({row.name for row in ROWS} | {f"contact: {name}" for name in contacts.rows()}) == len(BARS)
