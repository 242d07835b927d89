"""Reading somebody's past decisions: which column says what, and what their words for a decision mean.

Columns that are not named are guessed by their headings, and every guess is told, because a wrong one would make the
whole comparison wrong without a sign. A word that is not known stops everything for the same reason.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.errors import InvalidInput, Problem
from app.flows.rows import Row
from app.values.deciding import Verdict

SKIP = "skip"
MEANINGS = (Verdict.PASS.value, Verdict.REVIEW.value, Verdict.BLOCK.value, SKIP)
_WORDS = {
    "pass": "pass passed approve approved accept accepted allow allowed ok normal clean publish published 0"
    " 通过 已通过 审核通过 正常 合规 放行 无违规 未违规 合格",
    "block": "block blocked reject rejected deny denied refuse refused violation illegal delete deleted remove removed"
    " risky 1 违规 拒绝 已拒绝 不通过 未通过 审核不通过 审核未通过 驳回 已驳回 下架 删除 屏蔽 封禁 不合规 违法 拦截",
    "review": "review manual suspect suspected suspicious pending uncertain"
    " 复核 待复核 复审 待审 待审核 人工 人审 转人工 人工审核 疑似 可疑 存疑",
}
KNOWN: Mapping[str, str] = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}
_HEADINGS = {
    "text": "text caption content title body description comment 文案 内容 文本 正文 标题 描述 评论 审核内容",
    "decision": "decision verdict result outcome audit_result review_result label status"
    " 审核结果 人工结论 处理结果 审核结论 判定 结论 结果 是否违规 审核状态 状态",
    "id": "content_id id item_id video_id 内容id 视频id 商品id 编号 序号",
    "kind": "kind content_kind",
    "category": "category shop_category 类目 品类 行业 经营类目",
    "shop": "shop_id shop store_id 店铺id 店铺 商家id 商家",
}
_SHOWN_WORDS = 10


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that say what; None where nothing does. ``guessed`` names the roles nobody was asked about."""

    texts: tuple[str, ...]
    decision: str
    id: str | None = None
    kind: str | None = None
    category: str | None = None
    shop: str | None = None
    guessed: tuple[str, ...] = ()


def find_columns(known: Sequence[str], *, texts: Sequence[str], named: Mapping[str, str | None]) -> Columns:
    """The columns by name, and the others by their headings.

    ``named`` has decision, id, kind, category and shop. Raises InvalidInput when a named one is not there, or when
    nothing looks like the text or the decision.
    """
    wanted = {"text": tuple(texts)} | {role: (name,) for role, name in named.items() if name is not None}
    problems = [
        Problem(f"--{role}", f"not in the file: {name}", ", ".join(known))
        for role, names in wanted.items()
        for name in names
        if name not in known
    ]
    if problems:
        raise InvalidInput("the file has no such column", problems=problems)
    taken = {name for names in wanted.values() for name in names}
    guessed = {}
    for role in _HEADINGS:
        if not wanted.get(role) and (guess := _guess(role, [name for name in known if name not in taken])):
            guessed[role] = guess
            taken.add(guess)
    found = {role: wanted.get(role) or ((guessed[role],) if role in guessed else ()) for role in _HEADINGS}
    lacking = [
        Problem(f"--{role}", "no column looks like it", ", ".join(known))
        for role in ("text", "decision")
        if not found[role]
    ]
    if lacking:
        raise InvalidInput("say which columns are meant", problems=lacking)
    others = {role: next(iter(found[role]), None) for role in ("id", "kind", "category", "shop")}
    return Columns(found["text"], found["decision"][0], **others, guessed=tuple(guessed))


def decision_words(extra: Mapping[str, str]) -> Mapping[str, str]:
    """The known words with somebody's own over them; keys as `as_word` makes them."""
    return {**KNOWN, **{as_word(word): meaning for word, meaning in extra.items()}}


def as_word(value: object) -> str:
    """A decision as it is looked up: no case, width or blanks about it; 1.0 is 1, nothing is the empty word."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", "" if value is None else str(value)).strip().casefold()


def check_words(rows: Iterable[Row], column: str, words: Mapping[str, str]) -> int:
    """How many rows there are.

    Raises InvalidInput with every unknown word, the first row that has it and how many do.
    """
    unknown: dict[str, tuple[int, str, int]] = {}
    number = 0
    for number, row in enumerate(rows, 1):
        word = as_word(row.get(column))
        if word not in words:
            first, shown, times = unknown.get(word, (number, str(row.get(column) or ""), 0))
            unknown[word] = first, shown, times + 1
    if unknown:
        problems = [
            Problem(f"row {first}, {column}", f"{shown!r} ({times} rows)", f"--map '{shown}=pass|review|block|skip'")
            for first, shown, times in list(unknown.values())[:_SHOWN_WORDS]
        ]
        more = len(unknown) - len(problems)
        raise InvalidInput("unknown decisions" + (f" ({more} more words)" if more else ""), problems=problems)
    return number


def _guess(role: str, names: Sequence[str]) -> str | None:
    by_heading = {as_word(name): name for name in reversed(names)}
    return next((by_heading[heading] for heading in _HEADINGS[role].split() if heading in by_heading), None)
