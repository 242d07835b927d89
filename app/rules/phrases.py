"""The words in which an explanation is told: Chinese first, English beside it.

A Chinese sentence keeps the names that packs use, for a page puts its own words in their place; an English one says
them apart (``order.paid_fen`` is *order paid*), because they are English already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.values.change import Language

_MOST = 5
_UNIT_ENDS = ("_fen", "_bp")
_OPEN = ("past.", "kept.")


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's.

    ``signs`` are by operator and whether the comparison holds, ``instant_signs`` those between instants; ``says`` are
    templates; ``own_space`` are marks that bring their own space.
    """

    language: Language
    signs: Mapping[tuple[str, bool], str]
    instant_signs: Mapping[tuple[str, bool], str]
    units: Mapping[str, str]
    spans: Sequence[tuple[int, str, str]]
    says: Mapping[str, str]
    comma: str
    semicolon: str
    colon: str
    brackets: str
    own_space: str = ""

    def say(self, key: str, **told: object) -> str:
        """One sentence or piece of one."""
        return self.says[key].format(**told)

    def listed(self, texts: Sequence[str]) -> str:
        """A list in brackets, as far as it is shown."""
        more = "…" if len(texts) > _MOST else ""
        return self.brackets[0] + self.comma.join(texts[:_MOST]) + more + self.brackets[1]

    def named(self, name: str) -> str:
        """A fact or a member of an item, by the name a pack gives it."""
        if self.language == "zh":
            return name
        for start in _OPEN:
            name = name.removeprefix(start)
        end = next((each for each in _UNIT_ENDS if name.endswith(each)), "")
        return name.removesuffix(end).replace(".", " ").replace("_", " ") or name

    def span(self, microseconds: int) -> str:
        """A length of time by its two largest units."""
        rest, parts = abs(microseconds) // 10**6, []
        for size, one, many in self.spans:
            count, rest = divmod(rest, size)
            if count:
                parts.append(f"{count} {one if count == 1 else many}")
        told = " ".join(parts[:2]) or f"0 {self.spans[-1][2]}"
        return self.say("negative", told=told) if microseconds < 0 else told

    def spaced(self, *words: str) -> str:
        """Words with a space between them, except beside marks that bring their own."""
        said = ""
        for word in words:
            said += word if not said or said[-1] in self.own_space or word[0] in self.own_space else f" {word}"
        return said


def phrases(language: Language) -> Phrases:
    """Those of a language."""
    return _ALL[language]


def _signs(**said: tuple[str, str]) -> dict[tuple[str, bool], str]:
    written = {"eq": "==", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
    return {(written[name], held): said[name][not held] for name in said for held in (True, False)}


_CHINESE_SIGNS = _signs(
    eq=("等于", "不等于"),
    lt=("小于", "不小于"),
    le=("不大于", "大于"),
    gt=("大于", "不大于"),
    ge=("不小于", "小于"),
)
_CHINESE = Phrases(
    language="zh",
    signs=_CHINESE_SIGNS,
    instant_signs=_CHINESE_SIGNS,
    units={
        "fen": " 分",
        "bp": " bp",
        "seconds": " 秒",
        "minutes": " 分钟",
        "hours": " 小时",
        "days": " 天",
        "years": " 岁",
        "score": " 分值",
    },
    spans=((86_400, "天", "天"), (3_600, "小时", "小时"), (60, "分钟", "分钟"), (1, "秒", "秒")),
    says={
        "value": "{name} = {value}",
        "is": "{name} = {value}",
        "absent": "{name} 未提供",
        "withheld": "{name}（{length} 字）",
        "given": "{side}，已提供",
        "among": "在",
        "not_among": "不在",
        "among_end": "中",
        "matches": "匹配",
        "matches_not": "不匹配",
        "true": "{text} 为真",
        "false": "{text} 为假",
        "yes": "是",
        "no": "否",
        "negative": "负 {told}",
        "lacks": "缺少 {names}",
        "by_zero": "除数为零",
        "so_unknown": "{why}，无法判断 {text}",
        "list": "列表",
        "empty_any": "{name} 为空，没有一项符合",
        "empty_all": "{name} 为空，没有一项不符合",
        "items": "{name} 共 {count} 项，{found}",
        "place": "第 {number} 项",
        "place_unknown": "{place}无法判断",
        "place_fails": "{place}不符合",
        "place_fits": "{place}符合",
        "all_fit": "全部符合",
        "none_fits": "没有一项符合",
        "nearest": "没有一项符合，最接近的是{place}",
        "held": "{count} 项中 {held} 项成立",
        "not_true": "“{text}”成立",
        "not_false": "“{text}”不成立",
        "not_unknown": "“{text}”无法判断",
        "evidence_lapsed": "所述凭证登记为已失效",
        "evidence_not_lapsed": "所述凭证没有失效登记",
        "evidence": "已登记有效的{named}",
        "no_evidence": "没有登记有效的{named}",
        "some_evidence": "凭证",
        "because": "因为 {reasons}",
        "more": "；等",
        "draft": "规则尚为草稿，不参与裁决",
        "retired": "规则已停用，不参与裁决",
        "starts": "规则自 {day} 起生效（北京时间）",
        "missing_asks": "缺少事实 {names}，须由人判断",
        "missing_skips": "缺少事实 {names}，按规则约定不触发",
    },
    comma="、",
    semicolon="；",
    colon="：",
    brackets="［］",
    own_space="，（）“”［］",
)

_ENGLISH = Phrases(
    language="en",
    signs=_signs(
        eq=("is", "is not"),
        lt=("is less than", "is not less than"),
        le=("is not more than", "is more than"),
        gt=("is more than", "is not more than"),
        ge=("is not less than", "is less than"),
    ),
    instant_signs=_signs(
        eq=("is", "is not"),
        lt=("is before", "is not before"),
        le=("is not after", "is after"),
        gt=("is after", "is not after"),
        ge=("is not before", "is before"),
    ),
    units={
        "fen": " fen",
        "bp": " bp",
        "seconds": " seconds",
        "minutes": " minutes",
        "hours": " hours",
        "days": " days",
        "years": " years",
        "score": " points",
    },
    spans=((86_400, "day", "days"), (3_600, "hour", "hours"), (60, "minute", "minutes"), (1, "second", "seconds")),
    says={
        "value": "{name} ({value})",
        "is": "{name} is {value}",
        "absent": "{name} was not given",
        "withheld": "{name} ({length} characters)",
        "given": "{side} was given",
        "among": "is one of",
        "not_among": "is none of",
        "among_end": "",
        "matches": "matches",
        "matches_not": "does not match",
        "true": "{text} is true",
        "false": "{text} is false",
        "yes": "yes",
        "no": "no",
        "negative": "minus {told}",
        "lacks": "{names} missing",
        "by_zero": "division by zero",
        "so_unknown": "{why}, so {text} cannot be known",
        "list": "the list",
        "empty_any": "{name} is empty, so no item fits",
        "empty_all": "{name} is empty, so no item fails",
        "items": "{name}: {count} in all, {found}",
        "place": "number {number}",
        "place_unknown": "{place} cannot be known",
        "place_fails": "{place} does not fit",
        "place_fits": "{place} fits",
        "all_fit": "every one fits",
        "none_fits": "none fits",
        "nearest": "none fits, {place} comes nearest",
        "held": "{held} of {count} hold",
        "not_true": "“{text}” holds",
        "not_false": "“{text}” does not hold",
        "not_unknown": "“{text}” cannot be known",
        "evidence_lapsed": "the evidence it names is registered as lapsed",
        "evidence_not_lapsed": "the evidence it names is not registered as lapsed",
        "evidence": "evidence in force is registered: {named}",
        "no_evidence": "no evidence in force is registered: {named}",
        "some_evidence": "any kind",
        "because": "Because {reasons}",
        "more": "; and more",
        "draft": "The rule is a draft and has no say",
        "retired": "The rule is retired and has no say",
        "starts": "The rule begins on {day} (Beijing time)",
        "missing_asks": "Missing: {names}; a person has to judge",
        "missing_skips": "Missing: {names}; the rule stays quiet then",
    },
    comma=", ",
    semicolon="; ",
    colon=": ",
    brackets="[]",
)
_ALL: Mapping[Language, Phrases] = {"zh": _CHINESE, "en": _ENGLISH}
