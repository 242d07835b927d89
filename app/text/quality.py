"""How good a content's text is to whoever sees it: information density, emotional appeal, guidance, 0 to 100.

Each dimension is a sum of points for features that can be counted and shown (``docs/reference/content-quality.md`` has
the formulas); nothing is learnt and nothing is random, so an author can see what to change. A text too short or without
Chinese words has no score. Guidance that forces people is worth nothing, whatever else there is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import rjieba

from app.text.claims import find_claims
from app.text.claims.find import compared
from app.text.claims.wording import pattern
from app.text.passage import TextField
from app.text.shipped import read_shipped

FILE = Path(__file__).resolve().parent / "data" / "quality_words.yaml"
LEAST_CHARACTERS = 8
"""A shorter text has no score."""
_SHORT = 20
_SHORT_MOST = 40
_LONGEST = 5_000
_MARKS = re.compile(r"[！!]|[\U0001F300-\U0001FAFF\u2600-\u27BF]")
_SHOUT = re.compile(r"[！!]{3,}")
_UNITS = (
    r"\d+(?:\.\d+)?\s?(?:%|元|块|克|千克|斤|公斤|毫升|升|ml|l|g|kg|mm|cm|厘米|毫米|米|寸|英寸|度|℃|瓦|w"
    r"|小时|分钟|天|周|年|片|粒|层|目|支|码|人|次|件|条|步|mah)"
)
_NO_FORCE = "删去强制关注、转发、刷屏的话"
_KEPT_FLAGS = ("n", "v", "a", "eng", "i", "l", "j")


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that was counted, the points it gave or took, and what more of it would take (empty: nothing)."""

    dimension: str
    name: str
    title: str
    count: int
    points: int
    most: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Quality:
    """The three dimensions (None: cannot be told), what they rest on, and what stands against the text."""

    info: int | None
    emotion: int | None
    guide: int | None
    features: tuple[Feature, ...]
    fear: tuple[str, ...]
    induced: tuple[str, ...]

    @property
    def hints(self) -> tuple[str, ...]:
        """What to change, the most promising first."""
        open_points = sorted(self.features, key=lambda each: each.points - each.most)
        return tuple(dict.fromkeys(each.hint for each in open_points if each.hint))


def quality_of(fields: Sequence[TextField], *, forced: Sequence[str] = ()) -> Quality:
    """The quality of a content's texts together; ``forced`` are listed words of forced following found in them."""
    text = compared("\n".join(field.text for field in fields)[:_LONGEST])
    claims = find_claims([TextField("text", text)])
    fear = tuple(claim.text for claim in claims if claim.kind == "fear")
    induced = tuple(dict.fromkeys([*forced, *(each for each in _found(text, "induced"))]))
    characters = sum(letter.isalnum() for letter in text)
    if characters < LEAST_CHARACTERS or not any("\u4e00" <= letter <= "\u9fff" for letter in text):
        return Quality(None, None, None, (), fear, induced)
    info = _info(text, characters, is_backed=any(claim.is_backed for claim in claims))
    emotion = _emotion(text, len(fear))
    guide = _guide(text, bool(induced))
    most = _SHORT_MOST if characters < _SHORT else 100
    return Quality(
        info=min(_sum(info), most),
        emotion=_sum(emotion),
        guide=0 if induced else _sum(guide),
        features=(*info, *emotion, *guide),
        fear=fear,
        induced=induced,
    )


def _sum(features: Sequence[Feature]) -> int:
    return max(0, min(100, sum(feature.points for feature in features)))


def _info(text: str, characters: int, *, is_backed: bool) -> list[Feature]:
    words = [word for word, flag in rjieba.tag(text) if flag.startswith(_KEPT_FLAGS) and len(word) > 1]
    counts = Counter(words)
    density = len(counts) * 100 // characters
    repeats = sum(count - 2 for count in counts.values() if count > 2)  # noqa: PLR2004 - twice is no repetition
    figures = len(set(_compiled()["figures"].findall(text)))
    named = sum(any(word in text for word in group) for group in _words()["attributes"].values())
    filler = sum(text.count(word) for word in _words()["filler"])
    return [
        _given("info", "density", "每百字实词", density, 2, 40, "多写具体的事物、动作与性质，少写重复的话"),
        _given("info", "figures", "带单位的数据", figures, 8, 24, "写明尺寸、重量、时间、温度等带单位的数据"),
        _given(
            "info",
            "attributes",
            "说到的方面",
            named,
            8,
            32,
            "补充材质、工艺、规格、用法、适用人群、售后中没有说到的方面",
        ),
        _given("info", "backed", "写明出处", int(is_backed), 10, 10, "引用数据时写明来源或报告编号"),
        _taken("info", "filler", "空话套话", filler, 5, 30, "删去“绝绝子、闭眼入、家人们”一类空话"),
        _taken("info", "repeats", "重复用词", repeats, 3, 30, "同一个词不要反复出现"),
    ]


def _emotion(text: str, fear: int) -> list[Feature]:
    words = _words()
    feeling, sense, story = (sum(word in text for word in words[name]) for name in ("feeling", "sense", "story"))
    marks, shouting = len(_MARKS.findall(text)), len(_SHOUT.findall(text))
    return [
        _given("emotion", "calm", "语气平稳", int(not shouting and not fear), 40, 40, "不喊叫、不吓人"),
        _given("emotion", "feeling", "表达感受的词", feeling, 12, 36, "说出真实的感受"),
        _given("emotion", "sense", "描写感官的词", sense, 10, 30, "描写看到、摸到、尝到、闻到的样子"),
        _given("emotion", "story", "人物与故事", story, 8, 24, "讲一件自己或家人的真实小事"),
        _given("emotion", "marks", "感叹与表情", marks, 4, 10, ""),
        _given("emotion", "fear", "焦虑恐惧用语", fear, 40, 80, ""),
        _taken("emotion", "shouting", "连续感叹号", shouting, 10, 30, "不要连用感叹号"),
    ]


def _guide(text: str, is_induced: bool) -> list[Feature]:
    told = (
        ("ask", "向观众提问", 25, "结尾提一个观众愿意回答的问题"),
        ("invite", "邀请留言、收藏或提问", 20, "邀请观众留言、提问或收藏"),
        ("step", "说明下一步怎么做", 20, "说明去哪里看、怎么买、怎么用"),
        ("when", "说明时间", 15, "写明时间"),
        ("benefit", "说明得到什么", 15, "写明观众能得到什么"),
        ("choice", "给出选择", 15, "给两个选项让观众选"),
    )
    counts = {name: len(_found(text, name)) for name, *_ in told}
    features = [_given("guide", "free", "互动自愿", int(not is_induced), 30, 30, "")]
    features += [
        _given("guide", name, title, min(1, counts[name]), most, most, hint) for name, title, most, hint in told
    ]
    return [*features, *([Feature("guide", "induced", "诱导互动", 1, -100, 0, _NO_FORCE)] if is_induced else [])]


def _given(dimension: str, name: str, title: str, count: int, each: int, most: int, hint: str) -> Feature:
    points = min(most, count * each)
    return Feature(dimension, name, title, count, points, most, hint if points < most else "")


def _taken(dimension: str, name: str, title: str, count: int, each: int, most: int, hint: str) -> Feature:
    points = -min(most, count * each)
    return Feature(dimension, name, title, count, points, 0, hint if points else "")


def _found(text: str, name: str) -> list[str]:
    return [found.group(0) for each in _compiled()[name] for found in each.finditer(text)]


@cache
def _words() -> Mapping[str, Any]:
    return read_shipped(FILE)


@cache
def _compiled() -> Mapping[str, Any]:
    names = ("ask", "invite", "step", "when", "benefit", "choice", "induced")
    return {name: tuple(map(pattern, _words()[name])) for name in names} | {"figures": pattern(_UNITS)}
