"""Tells a merchant what to do: for every word and rule that spoke what is wrong, where, by which clause, and the cure.

A rule knows the law and the remedy, the words know where they stand; a rule's ``about`` brings the two together. What
is quoted is the listed word, or a claim's own words unless they hold personal data, so a sentence is safe to show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from app.values.deciding import (
    CONSTRUCTIONS,
    Claim,
    Decision,
    Firing,
    Fix,
    Hit,
    PersonalDatum,
    Rewrite,
    Spot,
    Verdict,
    hardest,
)

_FIELDS = {
    "text": "正文",
    "title": "标题",
    "caption": "文案",
    "description": "描述",
    "body": "正文",
    "transcript": "口播稿",
    "segments": "视频文字",
}
_FACTS = {
    "efficacy_basis_url": "功效依据摘要的公开网址",
    "health_food_notice": "画面是否已标明“本品不能代替药物”",
    "ad_label": "是否已标“广告”",
    "ai_generated": "是否由人工智能生成",
    "shopping_link": "是否带购物链接",
}
_PERSONAL = "（含个人信息，略）"
_MOST_QUOTED = 5
_GAP = re.compile(r"\{\d+,\d+\}")
_LITERAL_MAX = 8
_LEAST_KEPT_BP = 5_000
_INSTRUCTS = ("改", "删", "写明", "标明", "，", "。", "“", "不得", "请")
_STOPPING = (Verdict.REVIEW, Verdict.HOLD, Verdict.BLOCK)


def fixes_of(decision: Decision, claims: Sequence[Claim] = ()) -> tuple[Fix, ...]:
    """What to change, the hardest first: a fix for each live firing, then for words that no rule speaks of."""
    by_rules = [fix for firing in decision.firings if (fix := _by_rule(firing, decision, claims)) is not None]
    spoken = {name for firing in decision.firings if not firing.shadow for name in firing.about}
    by_words = _by_words(
        [hit for hit in decision.hits if hit.category not in spoken and hit.verdict is not Verdict.PASS],
        decision.personal_data,
    )
    return tuple(sorted([*by_rules, *by_words], key=lambda fix: -fix.decision.hardness))


def rewrites_of(
    decision: Decision, texts: Sequence[tuple[str, int | None, int | None, str]], is_clean: Callable[[str], bool]
) -> tuple[Rewrite, ...]:
    """Each text whose stopping words can be replaced or left out, as it could be sent again.

    ``texts`` are (field, segment, at_ms, text); ``is_clean`` says whether a proposal is free of words that stop it.
    A text with personal data, or of which little would be left, gets no proposal: it has to be written anew.
    """
    personal = {(datum.field, datum.segment) for datum in decision.personal_data}
    found: list[Rewrite] = []
    for name, segment, at_ms, text in texts:
        hits = [h for h in decision.hits if (h.field, h.segment) == (name, segment) and h.verdict in _STOPPING]
        if not hits or (name, segment) in personal:
            continue
        proposal = _rewritten(text, hits)
        if len(proposal) * 10_000 >= len(text) * _LEAST_KEPT_BP and proposal != text and is_clean(proposal):
            found.append(Rewrite(name, proposal, segment, at_ms))
    return tuple(found)


def _by_rule(firing: Firing, decision: Decision, claims: Sequence[Claim]) -> Fix | None:
    if firing.shadow or firing.decision is Verdict.PASS:
        return None
    hits = [hit for hit in decision.hits if hit.category in firing.about and hit.verdict is not Verdict.PASS]
    spots = [
        *(_spot(hit, decision.personal_data) for hit in hits),
        *(_claimed(each, decision.personal_data) for each in claims if each.kind in firing.about),
    ]
    said = [*([firing.remedy] if firing.remedy else []), *dict.fromkeys(h.suggestion for h in hits if h.suggestion)]
    if firing.missing:
        said.append("请补充：" + "、".join(_FACTS.get(name, name) for name in firing.missing))
    return _fix(firing.reason, firing.decision, firing.references, said, rule=firing.rule, spots=spots)


def _by_words(hits: Sequence[Hit], personal: Sequence[PersonalDatum]) -> Iterator[Fix]:
    groups: dict[tuple[str, str, str | None], list[Hit]] = {}
    for hit in hits:
        groups.setdefault((hit.category, hit.source, hit.suggestion), []).append(hit)
    for (_, source, suggestion), same in groups.items():
        words = "、".join(
            f"“{word}”" for word in list(dict.fromkeys(_said(hit, personal) for hit in same))[:_MOST_QUOTED]
        )
        remedy = _as_instruction(suggestion) if suggestion else "删除相关内容，此类内容不得发布"
        meant = list(dict.fromkeys(hit.word for hit in same if hit.wordlist == CONSTRUCTIONS))
        what = f"疑似{'、'.join(meant)}：{words}" if len(meant) > 0 else f"含有受限表述{words}"
        yield _fix(
            what, hardest(h.verdict for h in same), (source,), [remedy], spots=[_spot(hit, personal) for hit in same]
        )


def _fix(
    what: str,
    decision: Verdict,
    clauses: Sequence[str],
    said: Sequence[str],
    *,
    rule: str | None = None,
    spots: Sequence[Spot] = (),
) -> Fix:
    remedy = "；".join(_as_instruction(each).rstrip("。；") for each in said)
    where = _where(spots)
    named = "；".join(clauses)
    sentence = (f"{where}：" if where else "") + what.rstrip("。")
    sentence += f"。依据：{named}" if named and not all(clause in what for clause in clauses) else ""
    sentence += f"。修改：{remedy}" if remedy else ""
    return Fix(what, decision, tuple(clauses), remedy, sentence, rule, tuple(spots))


def _as_instruction(suggestion: str) -> str:
    """A bare substitute as what to do with it; an instruction as it is."""
    return f"改为“{suggestion}”" if _is_literal(suggestion) else suggestion


def _is_literal(suggestion: str) -> bool:
    return len(suggestion) <= _LITERAL_MAX and not any(sign in suggestion for sign in _INSTRUCTS)


def _where(spots: Sequence[Spot]) -> str:
    places: Mapping[str, list[str]] = {}
    for spot in spots:
        name = _FIELDS.get(spot.field, spot.field)
        if spot.at_ms is not None:
            name += f"{spot.at_ms // 60_000:02d}:{spot.at_ms // 1000 % 60:02d}"
        quoted = places.setdefault(name, [])  # type: ignore[attr-defined]
        if spot.said and spot.said not in quoted:
            quoted.append(spot.said)
    told = [
        name + "".join(f"“{said}”" for said in quoted[:_MOST_QUOTED]) + ("等" if len(quoted) > _MOST_QUOTED else "")
        for name, quoted in places.items()
    ]
    return "、".join(told)


def _spot(hit: Hit, personal: Sequence[PersonalDatum]) -> Spot:
    return Spot(hit.field, hit.start, hit.end, _said(hit, personal), hit.segment, hit.at_ms)


def _said(hit: Hit, personal: Sequence[PersonalDatum]) -> str:
    """The listed word; of a construction the merchant's own words, unless personal data stands in them."""
    if hit.wordlist != CONSTRUCTIONS:
        return _plainly(hit.word)
    is_personal = any(
        (each.field, each.segment) == (hit.field, hit.segment) and each.start < hit.end and hit.start < each.end
        for each in personal
    )
    return _PERSONAL if is_personal else hit.text


def _plainly(word: str) -> str:
    """A listed word as a merchant reads it: where anything may stand between, they see an ellipsis."""
    return _GAP.sub("…", word)


def _claimed(claim: Claim, personal: Sequence[PersonalDatum]) -> Spot:
    is_personal = any(
        (datum.field, datum.segment) == (claim.field, claim.segment)
        and datum.start < claim.end
        and claim.start < datum.end
        for datum in personal
    )
    said = _PERSONAL if is_personal else claim.text
    return Spot(claim.field, claim.start, claim.end, said, claim.segment, claim.at_ms)


def _rewritten(text: str, hits: Sequence[Hit]) -> str:
    """The text with each hit's substitute, or without the hit; from the end, so that places stay true."""
    last = len(text)
    for hit in sorted(hits, key=lambda each: (-each.start, -each.end)):
        if hit.end > last:  # inside of what was replaced already
            continue
        substitute = hit.suggestion if hit.suggestion and _is_literal(hit.suggestion) else ""
        text = text[: hit.start] + substitute + text[hit.end :]
        last = hit.start
    return _tidied(text)


def _tidied(text: str) -> str:
    """Without the doubled and leading marks that leaving words out brings about."""
    kept: list[str] = []
    for letter in text:
        if letter in "，、,；;：: " and (not kept or kept[-1] in "，、,；;：:。！!？? "):
            continue
        kept.append(letter)
    return "".join(kept).strip("，、,；; ")
