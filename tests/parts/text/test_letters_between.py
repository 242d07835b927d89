"""Letters, digits and marks between the characters of words: many texts at once give what each gives alone."""

from __future__ import annotations

import random

import pytest

from app.text.lookup import owners_of
from app.text.match import Context, TextField
from app.text.normalise import fold
from app.text.rewritten import closed_up, letters_between, seams, without_letters_between
from app.text.together import closed_together
from tests.parts.text.wordlist_files import AT, ENGINES, HEAD, matcher_of

WORDS = ("加微信", "国家级", "根治{0,4}风湿病", "加{0,4}微信", "最佳 | allow: ~拍档", "微8信", "加v信", "三天根治")
LISTED = [word.split(" ")[0] for word in WORDS]
HAN = [char for char in "".join(LISTED) if char >= "\u4e00"]
BETWEEN = [
    "a",
    "8",
    "ab",
    "8a",
    "abc",
    "a8b",
    "abcd",
    "12345",
    "Ａ",
    "８",
    "é",
    "ß",
    "㎏",
    "½",
    "①",
    "п",
    "ｱ",
    "ー",
    "가",
    "口",
]
MARKS = [
    "*",
    ".",
    "。",
    "，",
    " ",
    "\n",
    "\u200b",
    "❤️",
    "<b>",
    "&#97;",
    "\ud800",
    "㐀",
    "鿿",
    "𠀀",
    "豈",
    "〇",
    "々",
    "",
    "",
]
MATCHERS = [
    matcher_of(HEAD + f"# match: {depth}\n" + "\n".join(WORDS), engine=engine)
    for depth in ("fold", "sound", "shape")
    for engine in ENGINES
]
CONTEXT = Context("video_caption", AT)


def written(chance):
    """A text of some words and characters of words, with something between any two characters or nothing."""
    share = chance.choice((0.0, 0.2, 0.6, 1.0))
    said = []
    for _ in range(chance.randint(0, 4)):
        word = chance.choice(LISTED).replace("{0,4}", chance.choice(("", "你", "我的", "a")))
        said += word if chance.random() < 0.8 else chance.choices(HAN, k=chance.randint(1, 4))
        said.append(chance.choice((*BETWEEN, *MARKS, "的")))
    between = BETWEEN if chance.random() < 0.6 else (*BETWEEN, *MARKS)
    text = "".join(char + (chance.choice(between) if chance.random() < share else "") for char in said)
    ends = (*BETWEEN, *HAN, "", "", "")
    return chance.choice(ends) + text + chance.choice(ends)


def compared(seed, batches, most=40):
    """How many texts were read, of how many something stands only without what is between; each is held to itself."""
    chance = random.Random(seed)
    read = closed = 0
    for number in range(batches):
        matcher = MATCHERS[number % len(MATCHERS)]
        texts = [written(chance) for _ in range(chance.randint(1, most))]
        looked = matcher.look_through(texts)
        for at, text in enumerate(texts):
            fields = [TextField("text", text)]
            alone = matcher.scan(fields, CONTEXT)
            assert matcher.scan_looked(looked, at, fields, CONTEXT) == alone, (seed, number, text)
            assert at in looked.worth or not (alone.hits or alone.exempted or alone.capped), (seed, number, text)
            closed += any("letter_between" in hit.hidden_by for hit in alone.hits)
        read += len(texts)
    return read, closed


@pytest.mark.parametrize("seed", range(4))
def test_words_with_something_between_are_found_in_many_texts_as_in_each(seed):
    read, closed = compared(seed, 30)

    assert closed > read / 10


def test_many_texts_are_closed_up_as_each_is():
    chance = random.Random(13)
    for _ in range(150):
        texts = [fold(written(chance)).text for _ in range(chance.randint(1, 12))]
        starts = [sum(len(text) + 1 for text in texts[:at]) for at in range(len(texts))]

        together = closed_together(texts, "\n".join(texts), starts, every_character, lambda finds, _: finds)

        has_some = {at for at, text in enumerate(texts) if closed_up(text) != text}
        assert {at: closer for at, (_, closer) in together.items()} == {
            at: without_letters_between(texts[at]).text for at in has_some
        }
        for finds, closer in together.values():
            assert finds == every_character(closer)


def test_of_finds_in_a_text_closed_up_those_about_a_seam_count_and_words_with_gaps():
    chance = random.Random(17)
    counted = passed_over = 0
    for matcher in MATCHERS:
        partners, lengths = matcher._worth._listed, matcher.listed.owners.lengths
        with_gaps = {
            number
            for number in range(len(lengths))
            for owner, _ in owners_of(matcher.listed.owners, number)
            if owner < len(matcher._targets) and matcher._targets[owner].form is not None
        }
        for _ in range(300):
            text = fold(written(chance)).text
            closer = without_letters_between(text)
            finds = list(matcher.listed.find(closer.text))

            kept = list(partners.over_seams(finds, seams(letters_between(text))))

            assert kept == [
                (end, number)
                for end, number in finds
                if number in with_gaps or closer.is_touched(end - lengths[number], end)
            ]
            counted += len(kept)
            passed_over += len(finds) - len(kept)
    assert counted > 100
    assert passed_over > 100


def every_character(text):
    """Finds of each character but walls, at its end."""
    return [(end, ord(char)) for end, char in enumerate(text, 1) if char != "\n"]


BOXED = matcher_of(
    HEAD.replace("verdict: review", "verdict: block") + "# match: sound\n根治{0,4}风湿病\n加{0,4}微信\n高仿口红"
)


@pytest.mark.parametrize("text", ["加口微口信口聊", "加我微口信", "根口治风口湿口病"])
def test_a_box_between_characters_is_a_guess_for_a_person(text):
    [hit] = BOXED.scan([TextField("text", text)], CONTEXT).hits

    assert (hit.verdict.value, hit.hidden_by) == ("review", ("filler_between",))


@pytest.mark.parametrize("text", ["加进口微信", "加门口微信号", "加入口信"])
def test_an_ordinary_word_with_a_mouth_is_no_box(text):
    hits = BOXED.scan([TextField("text", text)], CONTEXT).hits

    assert not any("filler_between" in hit.hidden_by for hit in hits)


def test_a_word_with_a_mouth_of_its_own_is_still_found_with_letters_between():
    assert BOXED.scan([TextField("text", "高a仿b口c红")], CONTEXT).hits
