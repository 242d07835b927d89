"""Lists that somebody else keeps: encodings and formats, what is left out, and what is no list at all."""

from __future__ import annotations

import pytest

from app.errors import BadDefinition
from app.text.edit_lists import Edit, is_made, with_edits
from app.text.foreign import Shape, convert, decode
from app.text.word_checks import changed_bp, check_added
from app.text.wordlist import load_wordlists
from tests.parts.text.wordlist_files import HEAD, files_of

LINES = Shape("lines", {"category": "absolute_terms", "verdict": "review", "source": "x", "owner": "t"})


def words_of(converted):
    return [line for line in converted.text.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-bom"), ("gb18030", "gb18030"), ("gbk", "gb18030")]
)
def test_the_encoding_is_found_and_said(encoding, told):
    assert decode("全网最低价，国家级".encode(encoding), name="x") == ("全网最低价，国家级", told)


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe\x00", b"\x81", b"<html></html>", b" <!DOCTYPE html>", b"a\x00b", "\ue000私用".encode(), b"\x1b[0m"],
)
def test_what_is_no_text_or_a_page_is_refused(data):
    with pytest.raises(BadDefinition):
        decode(data, name="x")


@pytest.mark.parametrize(
    ("format_", "text", "words"),
    [
        ("lines", "# 说明\n全网最低\r\n\n国家级品\n全网最低\n", ["全网最低", "国家级品"]),
        ("commas", "全网最低，国家级品、顶级货色;极品好货", ["全网最低", "国家级品", "顶级货色", "极品好货"]),
        ("lines", "全网|最低\n{国家}级\n", ["全网 最低", "国家 级"]),
    ],
)
def test_plain_formats_become_our_own(format_, text, words):
    converted = convert(text.encode(), Shape(format_, LINES.head), name="x")

    assert words_of(converted) == words
    assert load_wordlists(files_of(converted.text)).words == len(words)


def test_what_cannot_be_a_word_is_left_out_with_its_line():
    converted = convert("全网最低\n的\n。\n好。坏\n".encode(), LINES, name="x")

    assert words_of(converted) == ["全网最低"]
    assert [(each.line, each.text) for each in converted.dropped] == [(2, "的"), (3, "。"), (4, "好。坏")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_of_a_csv_are_mapped(separator):
    rows = [["词条", "级别", "备注"], ["全网最低", "高", "a|b"], ["国家级品", "中", ""]]
    text = "\n".join(separator.join(row) for row in rows)
    shape = Shape(
        "csv", LINES.head, {"word": "词条", "verdict": "级别", "note": "备注"}, {"高": "block", "中": "review"}
    )

    converted = convert(text.encode("gb18030"), shape, name="x")

    assert words_of(converted) == ["全网最低 | verdict: block | note: a b", "国家级品 | verdict: review"]


@pytest.mark.parametrize("data", [b"", b"\n \n", b"# only\n", "的\n".encode()])
def test_a_list_without_words_is_none(data):
    with pytest.raises(BadDefinition):
        convert(data, LINES, name="x")


def test_changes_are_laid_over_lists_and_making_them_twice_changes_nothing():
    files = files_of(HEAD + "刷单\n全网最低 | allow: 全网最低温\n国家级品\n")
    edits = [
        Edit("allow", "a", "", "刷单", "印刷单页"),
        Edit("allow", "a", "", "全网最低", "全网最低谷"),
        Edit("retire", "a", "", "国家级品"),
        Edit("add", "officers_absolute_terms", "absolute_terms", "极品好货", "block", "通报"),
    ]

    made = with_edits(files, edits)

    assert all(is_made(made, edit) for edit in edits)
    assert not any(is_made(files, edit) for edit in edits)
    assert with_edits(made, edits) == made
    lists = {each.name: each for each in load_wordlists(made).lists}
    assert [word.allow for word in lists["a"].words] == [("印刷单页",), ("全网最低温", "全网最低谷")]
    assert [word.text for word in lists["officers_absolute_terms"].words] == ["极品好货"]
    assert "officers_absolute_terms.txt" not in with_edits(made, edits[:3])


def test_a_context_is_added_beside_others_with_gaps_and_these_stay_as_they_are():
    files = files_of(HEAD + "最佳 | allow: ~{0,4}奖，几{0,3}~、~实践 | verdict: review\n")
    edit = Edit("allow", "a", "", "最佳", "全网最佳馅料")

    made = with_edits(files, [edit])

    assert "最佳 | allow: ~{0,4}奖, 几{0,3}~, ~实践, 全网最佳馅料 | verdict: review" in made["a.txt"]
    assert is_made(made, edit)
    assert not is_made(files, edit)
    assert load_wordlists(made).lists


def test_checks_of_added_words_say_what_they_would_hit():
    before = load_wordlists(files_of(HEAD + "国家级 | allow: 国家级非遗\n"))
    more = HEAD.replace("absolute_terms", "diversion") + "国家级\n女装\n非遗\n紫云英货\n"
    after = load_wordlists(files_of(HEAD + "国家级 | allow: 国家级非遗\n", more))

    found = {(each.kind, each.word) for each in check_added(before, after)}

    assert {("duplicate", "国家级"), ("ordinary", "女装"), ("allowed", "非遗")} <= found
    assert not any(word == "紫云英货" for _, word in found)


def test_the_share_of_a_list_that_changes_counts_words_and_verdicts():
    def of(*words):
        return load_wordlists(files_of(HEAD + "\n".join(words) + "\n")).lists[0]

    old = of("甲号货", "乙号货", "丙号货", "丁号货")

    assert changed_bp(old, of("甲号货", "乙号货", "丙号货", "丁号货 | note: 说明")) == 0
    assert changed_bp(old, of("甲号货", "乙号货", "丙号货", "丁号货 | verdict: block")) == 2_500
    assert changed_bp(old, of("甲号货", "戊号货")) == 10_000
    assert changed_bp(old, None) == 10_000
