"""The lists in numbers are what their files say, and a word that fires is counted once a text."""

from __future__ import annotations

from datetime import date

import orjson
import pytest
from click.testing import CliRunner

from app.cli import main
from app.text.wordlist import load_wordlists
from app.text.wordlist_stats import Firing, list_stats, text_stats
from app.values.deciding import Verdict
from tests.parts.text.wordlist_files import AT, HEAD, files_of, matcher_of

CATEGORIES = "absolute_terms: {title: 绝对化用语, law: 广告法, severity: 3, suggest: 改为可证实的表述}\n"
LIST = (
    f"{HEAD}# valid_to: 2027-12-31\n# allow: 最佳男主角\n"
    "最佳 | verdict: block | suggest: 优选 | allow: 最佳拍档\n"
    "加{0,4}微信 | source: 平台规则 | verdict: label\n"
    "全网销量第一 | note: 出处待核\n"
)


def test_a_list_is_counted_by_what_its_lines_say() -> None:
    (counted,) = list_stats(load_wordlists({"categories.yaml": CATEGORIES, "a.txt": LIST}))

    assert (counted.name, counted.category, counted.title) == ("a", "absolute_terms", "绝对化用语")
    assert (counted.words, counted.block, counted.review, counted.label) == (3, 1, 1, 1)
    assert (counted.with_gaps, counted.with_allow, counted.with_source, counted.unchecked) == (1, 1, 1, 1)
    assert (counted.shortest, counted.longest) == ("最佳", "全网销量第一")
    assert (counted.list_allow, counted.match, counted.valid_to) == (1, "fold", date(2027, 12, 31))


def test_only_a_words_own_suggestion_is_counted_and_not_its_categorys_advice() -> None:
    (counted,) = list_stats(load_wordlists({"categories.yaml": CATEGORIES, "a.txt": LIST}))

    assert counted.with_suggest == 1


def test_a_word_is_counted_once_a_text_and_a_label_flags_nothing() -> None:
    texts = ["最佳最佳", "最佳，加微信", "加微信", "今天天气不错", "全网销量第一"]

    found = text_stats(matcher_of(LIST), texts, content_kind="video_caption", at=AT)

    assert (found.texts, found.flagged, found.blocked) == (5, 3, 2)
    assert found.by_list == {"a": 4}
    assert found.words == (
        Firing("a", "加{0,4}微信", Verdict.LABEL, 2),
        Firing("a", "最佳", Verdict.BLOCK, 2),
        Firing("a", "全网销量第一", Verdict.REVIEW, 1),
    )


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    for name, text in files_of(LIST).items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_the_command_prints_the_lists_and_what_fires(folder, tmp_path) -> None:
    (tmp_path / "t.csv").write_text("id,text\n1,最佳面膜\n2,今天天气不错\n", "utf-8")

    said = CliRunner().invoke(main, ["wordlists", "stats", str(folder), "--texts", str(tmp_path / "t.csv")])

    assert said.exit_code == 0, said.output
    assert "all 1" in said.output
    assert "2 texts: 1 flagged (50.00%), 1 of them blocked (50.00%)" in said.output


def test_the_command_prints_json_that_says_the_same(folder, tmp_path) -> None:
    (tmp_path / "t.txt").write_text("最佳面膜\n\n今天天气不错\n", "utf-8")

    said = CliRunner().invoke(main, ["wordlists", "stats", str(folder), "--json", "--texts", str(tmp_path / "t.txt")])

    answer = orjson.loads(said.output)
    assert answer["words"] == sum(each["words"] for each in answer["lists"]) == 3
    assert answer["texts"]["words"] == [{"wordlist": "a", "word": "最佳", "verdict": "block", "texts": 1}]


def test_a_file_without_the_column_of_texts_is_refused_by_name(folder, tmp_path) -> None:
    (tmp_path / "t.csv").write_text("id,caption\n1,最佳面膜\n", "utf-8")

    said = CliRunner().invoke(main, ["wordlists", "stats", str(folder), "--texts", str(tmp_path / "t.csv")])

    assert said.exit_code == 1
    assert "has no column 'text', it has id, caption" in said.output
