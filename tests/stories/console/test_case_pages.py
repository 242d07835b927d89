"""An officer reads on a case's page what was uploaded, what was found in it, and why."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.models import AuditRow, Content, DataKey
from app.values.content import Segment
from app.values.deciding import Decision, Firing, PersonalDatum, Verdict
from app.values.sign_off import SignOff
from app.web.console.marks import Span, cropped, stretches
from tests.console import Page, hit, put_case
from tests.service import START


@pytest.fixture
def one_database(database):
    """Both: what these pages show is filtered, counted and locked by the database."""
    return database


def test_a_caption_is_shown_as_text_whatever_it_says(service, officer):
    text = "<script>alert(1)</script><img src=x onerror='alert(2)'> \"最佳\" & {{ 7*7 }}"
    start = text.index("最佳")
    nasty = hit(text, start, start + 2, word="<b>最佳</b>", suggestion="<i>优选</i>", source="<u>法</u>")
    firing = Firing("<s>R</s>", "p", Verdict.BLOCK, "<em>理由</em>", ("<a>依据</a>",), bindings={"<k>": "<v>"})
    decision = Decision(Verdict.BLOCK, hits=(nasty,), firings=(firing,), doubts=("<tt>疑</tt>",))
    case_id = put_case(service, fields={"<h1>": text}, decision=replace_field(decision, "<h1>"), summary="<p>")

    for path, shown in ((f"/console/cases/{case_id}", text), ("/console/cases", text[start - 12 :])):
        answer = officer.get(path).text
        assert shown in Page(answer).captions
        assert not re.search(r"<(script(?! src=)|img|b>最|i>优|u>法|s>|em>|a>|k>|v>|tt>)", answer)


def replace_field(decision, field):
    return replace(decision, hits=tuple(replace(each, field=field) for each in decision.hits))


def test_marks_stand_right_for_overlapping_hits_after_astral_characters(service, officer):
    text = "👩‍👧𠮷全网顶级高仿包包上新"
    start = text.index("顶级")
    hits = (
        hit(text, start, start + 6, word="顶级高仿包包"),
        hit(text, start, start + 4, word="顶级高仿"),
        hit(text, start + 2, start + 6, word="高仿包包", verdict=Verdict.REVIEW),
    )
    case_id = put_case(service, fields={"text": text}, decision=Decision(Verdict.BLOCK, hits=hits))

    page = officer.get(f"/console/cases/{case_id}").text

    assert Page(page).marks == ["顶级", "高仿", "包包"]
    assert page.count('class="why"') == 1  # one stop for the keyboard
    assert [page.count(f"<b>{each.word}</b>") for each in hits] == [1, 1, 1]
    assert all(f'id="hit-{number}"' in page for number in (1, 2, 3))


def test_the_page_tells_word_category_source_verdict_and_trick(service, officer):
    text = "全网最*佳面膜"
    found = hit(text, 2, 5, word="最佳", hidden_by=("inserted_symbol", "from_the_future"), suggestion="优选")
    firing = Firing(
        "S2-05", "content", Verdict.BLOCK, "含绝对化用语", ("广告法第九条第三项",), missing=("absolute_term_basis",)
    )
    decision = Decision(Verdict.BLOCK, hits=(found,), firings=(firing,), doubts=("疑点一",), advice=("提示一",))
    case_id = put_case(service, fields={"text": text}, decision=decision)

    page = officer.get(f"/console/cases/{case_id}").text
    why = Page(page).explanations

    for told in ("最佳", "绝对化用语", "拦截", "广告法第九条第三项", "夹入符号、from_the_future", "优选"):
        assert told in why
    for told in ("S2-05", "含绝对化用语", "缺少事实：主张的豁免依据", "疑点一", "提示一", "sha256:" + "0" * 64):
        assert told in page


def test_the_page_tells_why_a_rule_waits_and_on_whose_word_it_rests(service, officer):
    signed = SignOff("s-1", "rule", "trial", "X1-01", "abc", "法务意见书 17", "王芳", "officer:mei", START.date())
    waits = Firing("X1-02", "trial", Verdict.REVIEW, "理由", (), unsigned=("参数 per_fen 没有来源",))
    rests = Firing("X1-01", "trial", Verdict.BLOCK, "理由", (), sign_offs=(signed,))
    case_id = put_case(service, decision=Decision(Verdict.BLOCK, firings=(waits, rests)))

    page = officer.get(f"/console/cases/{case_id}").text

    assert "待签核，故按人工复核处理：参数 per_fen 没有来源" in page
    assert "签核：X1-01，法务意见书 17（王芳 签，officer:mei 复核）" in page


def test_personal_data_is_masked_everywhere_on_both_pages(service, officer):
    number = "138" + "0013" + "8000"
    text = f"加微信或致电{number}最佳"
    at = text.index(number)
    hits = (hit(text, at - 2, at + 11, word="致电"), hit(text, at + 11, at + 13))
    personal = (PersonalDatum("text", at, at + 11, "mobile"),)
    bound = Firing("R", "p", Verdict.REVIEW, "理由", (), bindings={"text": text})
    decision = Decision(Verdict.BLOCK, hits=hits, personal_data=personal, firings=(bound,))
    case_id = put_case(service, fields={"text": text}, decision=decision, sealed_for="author:author-1")

    for path in (f"/console/cases/{case_id}", "/console/cases"):
        page = officer.get(path).text
        assert number not in page
        assert "138****8000" in Page(page).text
    assert "已遮盖 1 处个人信息：手机号" in Page(officer.get(f"/console/cases/{case_id}").text).text


def test_an_erased_uploader_leaves_the_excerpt_only(service, officer):
    case_id = put_case(service, sealed_for="author:author-1")

    def shred(session):
        session.scalar(select(DataKey)).wrapped = None

    service.parts.db.write(shred)

    page = officer.get(f"/console/cases/{case_id}").text
    assert "上传者的个人信息已删除" in page
    assert "今天天气不错" not in page
    assert "一段文字" in page
    assert "一段文字" in officer.get("/console/cases").text


def test_segments_are_shown_with_their_time(service, officer):
    lines = tuple(Segment("asr", 1_000 * index, f"第{index}句") for index in range(50))
    found = hit("第49句", 0, 2, field="segments", segment=49, at_ms=49_000)
    case_id = put_case(service, fields={}, segments=lines, decision=Decision(Verdict.BLOCK, hits=(found,)))

    page = officer.get(f"/console/cases/{case_id}").text

    assert Page(page).marks == ["第4"]
    assert "00:49.0" in page
    assert "其余 49 个没有命中的片段" in page


def test_a_decided_case_tells_who_decided_what_and_why(service, officer):
    decided = {"state": "decided", "outcome": "pass", "decided_by": "officer:wang", "reason": "证照齐全"}
    case_id = put_case(service, decided_at=START + timedelta(minutes=5), **decided)

    page = re.sub(r"\s+", " ", Page(officer.get(f"/console/cases/{case_id}").text).text)

    assert "办结2026-11-23 18:05:00wang：通过证照齐全" in page.replace("办结 ", "办结")


def test_neighbouring_cases_follow_the_list_the_case_was_opened_from(service, officer):
    first, other, last = (
        put_case(service, category=category, due_at=START + timedelta(minutes=minute))
        for minute, category in enumerate(("counterfeit", "absolute_terms", "counterfeit"))
    )

    page = officer.get(f"/console/cases/{first}?category=counterfeit").text

    assert f"/console/cases/{last}?category=counterfeit" in page
    assert f"/console/cases/{other}?category=counterfeit" not in page


def test_an_older_version_says_that_there_is_a_newer_one(service, officer):
    case_id = put_case(service)

    def replaced(session):
        session.scalar(select(Content)).version = 3

    service.parts.db.write(replaced)

    assert "内容已有更新的版本（第 3 版）" in officer.get(f"/console/cases/{case_id}").text


def test_reading_pages_writes_nothing(service, officer):
    case_id = put_case(service)

    def rows():
        with service.parts.db.read() as session:
            return session.scalar(select(func.count()).select_from(AuditRow))

    before = rows()
    officer.get("/console/cases")
    officer.get(f"/console/cases/{case_id}")

    assert rows() == before


texts = st.text(alphabet="ab最佳𠮷👩\u200d\u200b\u202e\n<&", max_size=24)
spans = st.lists(st.tuples(st.integers(-3, 28), st.integers(-3, 28)), max_size=6)


@settings(max_examples=200, deadline=None)
@given(texts, spans, spans)
def test_marking_loses_nothing_and_marks_exactly_what_was_hit(text, hits, personal):
    marked = [Span(start, end, number) for number, (start, end) in enumerate(hits)]
    hidden = [Span(start, end, kind="mobile") for start, end in personal]

    found = [piece for stretch in stretches(text, marked, hidden) for piece in stretch.pieces]
    letters = [
        (letter, piece)
        for piece in found
        for letter in ([chr(int(piece.text.replace("U+", "0x"), 0))] if piece.is_ghost else piece.text)
    ]

    assert "".join(letter for letter, _ in letters) == text
    for place, (_, piece) in enumerate(letters):
        assert set(piece.numbers) == {number for number, (start, end) in enumerate(hits) if start <= place < end}
        assert bool(piece.kind) == any(start <= place < end for start, end in personal)


@pytest.mark.parametrize(("length", "first", "shown"), [(50, 0, "字" * 50), (300, 100, "…" + "字" * 120 + "…")])
def test_a_crop_says_where_text_is_left_out(length, first, shown):
    found = cropped("字" * length, [], [], first=first, before=12, width=120)

    assert "".join(piece.text for stretch in found for piece in stretch.pieces) == shown
