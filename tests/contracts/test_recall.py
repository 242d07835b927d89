"""The recall corpus stays what it claims to be, the bench counts rightly, and the page says what is measured.

Lists may grow over these texts. What is seen by then is named on the page; only when fewer than 300 texts are left
without a listed word does the corpus need new ones.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache

import pytest

from app.events.kinds.content_submit import CONTENT_KINDS
from app.text.match import Context, TextField
from bench.recall import AT, PAGE, Seen, as_json, generated_part, measure, page_with, print_category, shipped_judge
from bench.samples.read import Sample, read_samples

UNLISTED_LEAST = 300
EACH_LEAST = 14
REWRITE = "run python -m bench.recall --write and read the difference"


@cache
def seen() -> list[Seen]:
    return measure(shipped_judge(), read_samples())


def words_in(sample: Sample) -> list[str]:
    """Every listed word, of whatever verdict, in the unlawful text; asked of the matcher itself."""
    where = Context(sample.kind, AT, sample.shop or None)
    return [hit.word for hit in shipped_judge().matcher.scan([TextField("text", sample.unlawful)], where).hits]


def test_every_category_has_its_texts() -> None:
    counts = Counter(sample.category for sample in read_samples())

    assert set(shipped_judge().severities) <= set(counts)
    assert {category: count for category, count in counts.items() if count < EACH_LEAST} == {}


def test_a_text_stands_once_and_differs_from_its_twin() -> None:
    samples = read_samples()
    texts = [text for sample in samples for text in (sample.unlawful, sample.twin)]

    assert [text for text, count in Counter(texts).items() if count > 1] == []
    assert [name for name, count in Counter(sample.id for sample in samples).items() if count > 1] == []


def test_a_line_says_its_law_and_a_known_kind() -> None:
    wrong = [
        sample.id
        for sample in read_samples()
        if not (
            sample.id.startswith(f"{sample.category}-")
            and sample.case.strip()
            and sample.kind in CONTENT_KINDS
            and sample.unlawful.strip()
            and sample.twin.strip()
        )
    ]

    assert wrong == []


def test_three_hundred_texts_hold_no_listed_word() -> None:
    listed = {sample.id: words for sample in read_samples() if (words := words_in(sample))}

    assert len(read_samples()) - len(listed) >= UNLISTED_LEAST, f"write new texts; listed by now: {listed}"


def test_about_a_third_is_kept_apart() -> None:
    apart = [sample for sample in read_samples() if sample.is_kept_apart]

    assert 0.28 <= len(apart) / len(read_samples()) <= 0.39
    assert len({sample.category for sample in apart}) == len({sample.category for sample in read_samples()})


def test_a_line_with_a_column_missing_is_named(tmp_path) -> None:
    file = tmp_path / "recall.tsv"
    file.write_text("# a comment\nx-1\tx\tlaw\tcomment\t\tunlawful\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"7 columns expected, not in lines \[2\]"):
        read_samples(file)


def test_a_listed_word_counts_for_words_and_for_its_category() -> None:
    [found] = measure(shipped_judge(), [sample("absolute_terms", "", "全网最佳面膜", "补水面膜十片装")])

    assert (found.by_words, found.in_category, found.by_all) == (True, True, True)
    assert (found.twin_by_words, found.twin_by_all) == (False, False)
    assert "最佳" in found.why


def test_a_word_of_another_category_is_found_but_not_in_the_right_one() -> None:
    [found] = measure(shipped_judge(), [sample("counterfeit", "", "全网最佳面膜", "补水面膜十片装")])

    assert (found.by_words, found.in_category) == (True, False)


def test_a_rule_sees_without_a_word_what_the_shop_category_makes_unlawful() -> None:
    text, twin = "每天一粒增强免疫力", "每天一粒有助于增强免疫力，本品不能代替药物"

    [found] = measure(shipped_judge(), [sample("health_food_claims", "health_food", text, twin)])

    assert (found.by_words, found.by_all, found.twin_by_all) == (False, True, False)
    assert "S2-06b" in found.why


def test_a_twin_with_a_listed_word_is_a_false_alarm() -> None:
    [found] = measure(shipped_judge(), [sample("absolute_terms", "", "没人敢称老大", "全网最佳面膜")])

    assert (found.by_all, found.twin_by_words, found.twin_by_all) == (False, True, True)


def test_the_figures_for_a_machine_add_up() -> None:
    figures = json.loads(as_json(seen()))
    whole, parts = figures.pop("all"), [figures.pop("open to writers of rules"), figures.pop("kept apart from them")]

    for title, count in whole.items():
        assert count == sum(part[title] for part in parts) == sum(row[title] for row in figures.values())
    assert whole["texts"] == len(read_samples())


def test_texts_kept_apart_are_counted_and_not_shown(capsys) -> None:
    print_category("training_promises", seen())

    out = capsys.readouterr().out
    shown = {each for each in read_samples() if each.id in out}
    assert shown
    assert [each.id for each in shown if each.is_kept_apart] == []
    assert "kept apart" in out


def test_the_page_says_what_is_measured() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == page_with(page, generated_part(seen())), REWRITE


def sample(category: str, shop: str, unlawful: str, twin: str) -> Sample:
    return Sample("x-1", category, "law", "video_caption", shop, unlawful, twin)
