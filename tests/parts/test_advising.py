"""A merchant is told what, where, by which clause and how to mend it, and nothing personal is quoted."""

from __future__ import annotations

from app.advising import fixes_of, rewrites_of
from app.values.deciding import Claim, Decision, Firing, Hit, PersonalDatum, Verdict

RULE = Firing(
    rule="S2-05",
    pack="content",
    decision=Verdict.BLOCK,
    reason="含绝对化用语",
    references=("广告法第九条第三项",),
    remedy="删除绝对化用语",
    about=("absolute_terms", "block"),
)


def hit(text: str, word: str, **more: object) -> Hit:
    start = text.index(word)
    place = {"field": "title", "start": start, "end": start + len(word), "text": word, "word": word}
    about = {"category": "absolute_terms", "wordlist": "w", "verdict": Verdict.BLOCK, "source": "广告法第九条"}
    return Hit(**{**place, **about, **more})  # type: ignore[arg-type]


def test_a_rule_is_told_with_the_words_it_is_about_its_clause_and_its_remedy():
    decision = Decision(Verdict.BLOCK, hits=(hit("全网最佳面霜", "最佳"),), firings=(RULE,))

    [fix] = fixes_of(decision)

    assert fix.sentence == "标题“最佳”：含绝对化用语。依据：广告法第九条第三项。修改：删除绝对化用语"
    assert [(spot.start, spot.end, spot.said) for spot in fix.spots] == [(2, 4, "最佳")]
    assert (fix.rule, fix.clauses) == ("S2-05", ("广告法第九条第三项",))


def test_a_word_no_rule_speaks_of_is_told_by_itself_with_its_substitute():
    found = hit("这里有私货", "私货", category="prohibited_goods", source="电子商务法第十三条", suggestion="优选")

    [fix] = fixes_of(Decision(Verdict.BLOCK, hits=(found,), firings=(RULE,)))[1:]

    assert fix.rule is None
    assert fix.sentence == "标题“私货”：含有受限表述“私货”。依据：电子商务法第十三条。修改：改为“优选”"


def test_shadows_and_passes_are_not_told_and_the_hardest_comes_first():
    shadow = Firing("S0-01", "content", Verdict.BLOCK, "影子", (), shadow=True)
    warn = Firing("S2-07b", "content", Verdict.WARN, "备好凭证", ())
    passing = Firing("S2-30", "content", Verdict.PASS, "记录", ())

    fixes = fixes_of(Decision(Verdict.BLOCK, firings=(shadow, warn, passing, RULE)))

    assert [fix.rule for fix in fixes] == ["S2-05", "S2-07b"]


def test_a_missing_fact_is_asked_for_in_the_merchants_words():
    unknown = Firing("S2-08", "content", Verdict.REVIEW, "功效无依据", (), missing=("efficacy_basis_url",))

    [fix] = fixes_of(Decision(Verdict.REVIEW, firings=(unknown,)))

    assert fix.remedy == "请补充：功效依据摘要的公开网址"


def test_a_claim_that_holds_personal_data_is_not_quoted():
    rule = Firing("S0-01", "content", Verdict.REVIEW, "没有出处", (), about=("effect_figure",))
    claim = Claim("effect_figure", "body", 0, 20, "电话13800138000提升47%")
    datum = PersonalDatum("body", 2, 13, "mobile")

    [fix] = fixes_of(Decision(Verdict.REVIEW, personal_data=(datum,), firings=(rule,)), [claim])

    assert "13800138000" not in fix.sentence + fix.spots[0].said


def test_a_text_is_rewritten_with_substitutes_and_without_what_has_none():
    text = "全网最佳面霜，顶级，用它"
    hits = (hit(text, "最佳", suggestion="优选"), hit(text, "顶级", suggestion="删除该用语，或写明依据"))

    [rewrite] = rewrites_of(Decision(Verdict.BLOCK, hits=hits), [("title", None, None, text)], lambda _: True)

    assert rewrite.text == "全网优选面霜，用它"


def test_no_text_is_proposed_that_would_be_stopped_again_or_of_which_little_is_left_or_that_is_personal():
    text = "全网最佳面霜"
    found = Decision(Verdict.BLOCK, hits=(hit(text, "最佳"),))
    short = Decision(Verdict.BLOCK, hits=(hit("最佳霜", "最佳"),))
    personal = Decision(Verdict.BLOCK, hits=found.hits, personal_data=(PersonalDatum("title", 0, 1, "name"),))

    assert rewrites_of(found, [("title", None, None, text)], lambda _: False) == ()
    assert rewrites_of(short, [("title", None, None, "最佳霜")], lambda _: True) == ()
    assert rewrites_of(personal, [("title", None, None, text)], lambda _: True) == ()
