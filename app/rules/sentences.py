"""Says in Chinese what a part of a condition came to: ``category = tea 不在 health_food_categories 中``.

A sentence states what is the case, not what the rule would like, so it stays true under any number of ``not``. Texts
of the content never stand in it: values come from ``Shower``, which withholds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.rules.evidence import evidence_sentence
from app.rules.interpret import UNKNOWN, Sight, Truth, truth, worth
from app.rules.sight import SeenValue, Shower, instant_text
from app.rules.tree import (
    Comparison,
    FactRef,
    IsNone,
    Literal,
    Matches,
    Membership,
    Node,
    Not,
    OverriddenRef,
    ParameterRef,
    Quantifier,
    Type,
)
from app.rules.written import Written

_SIGNS = {
    ("==", True): "等于",
    ("==", False): "不等于",
    ("<", True): "小于",
    ("<", False): "不小于",
    ("<=", True): "不大于",
    ("<=", False): "大于",
    (">", True): "大于",
    (">", False): "不大于",
    (">=", True): "不小于",
    (">=", False): "小于",
}
_UNITS = {
    "fen": " 分",
    "bp": " bp",
    "seconds": " 秒",
    "minutes": " 分钟",
    "hours": " 小时",
    "days": " 天",
    "years": " 岁",
    "score": " 分值",
}
_ABSENT = " 未提供"
_SPANS = ((86_400, "天"), (3_600, "小时"), (60, "分钟"), (1, "秒"))
_OWN_SPACE = "，（）“”［］"
_LONGEST = 60
_MOST = 5


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says sentences about the parts of one rule."""

    shower: Shower

    def leaf(self, node: Node, text: Written, sight: Sight) -> str:  # noqa: PLR0911 - one return a kind of part
        """What a part without parts of its own came to."""
        node = node.part if isinstance(node, Not) else node  # != and not in: the sentence states what is the case
        outcome = truth(node, sight)
        if outcome is None:
            return self.unknown(node, text, sight)
        match node:
            case Comparison():
                sign = _SIGNS[node.operator, outcome]
                if sign == "等于" and type(node.right) is Literal:
                    sign = ""  # “category = tea”, and not that this equals tea
                return self._sides(node, text, sight, sign)
            case Membership():
                return _spaced(self._sides(node, text, sight, "在" if outcome else "不在"), "中")
            case IsNone():
                return self._side(node.of, node.of.fact.name, sight) + ("" if outcome else "，已提供")
            case Matches():
                subject = self._side(node.text, text.text, sight)
                return _spaced(subject, "匹配" if outcome else "不匹配", f"“{_cut(node.pattern)}”")
            case Quantifier():
                return evidence_sentence(node, held=outcome)
            case _:
                return f"{text.text} {'为真' if outcome else '为假'}"

    def unknown(self, node: Node, text: Written, sight: Sight) -> str:
        """Why a part cannot be known."""
        absent = [each.name for each in self.shower.values(node, sight) if each.state == "absent"]
        why = "缺少 " + "、".join(absent) if absent else "除数为零"
        return why if text.text in absent else f"{why}，无法判断 {_cut(text.text)}"

    def walk(self, node: Quantifier, outcome: Truth, looked_at: int, item: int | None, text: Written) -> str:
        """What ``any`` or ``all`` found; ``item`` is the place of the deciding item from 0."""
        name = text.sides[0] if text.sides else "列表"
        if not looked_at:
            return f"{name} 为空，" + ("没有一项符合" if node.name == "any" else "没有一项不符合")
        place = f"第 {(item or 0) + 1} 项"
        if outcome is None:
            found = f"{place}无法判断"
        elif node.name == "all":
            found = "全部符合" if outcome else f"{place}不符合"
        elif outcome:
            found = f"{place}符合"
        else:
            found = "没有一项符合" + (f"，最接近的是{place}" if looked_at > 1 else "")
        return f"{name} 共 {looked_at} 项，{found}"

    def _sides(self, node: Comparison | Membership, text: Written, sight: Sight, sign: str) -> str:
        one, other = text.sides if len(text.sides) == len(("left", "right")) else (text.text, text.text)
        left = self._side(node.left, one, sight)
        if not sign:
            return left
        if left.endswith(_ABSENT):
            left += "，"
        return _spaced(left, sign, self._side(node.right, other, sight))

    def _side(self, node: Node, text: str, sight: Sight) -> str:
        seen = self.shower.value(node, sight)
        if seen is not None:
            return f"{seen.name}{_state(seen, is_parameter=isinstance(node, ParameterRef | OverriddenRef))}"
        if isinstance(node, Literal):
            return _quoted(node.value)
        value = worth(node, sight)
        return text if value is UNKNOWN or isinstance(node, FactRef) else f"{_cut(text)} = {_worked_out(node, value)}"


def _state(seen: SeenValue, *, is_parameter: bool) -> str:
    if seen.state == "absent":
        return _ABSENT
    if seen.state == "withheld":
        return f"（{seen.length} 字）"
    if isinstance(seen.value, list):
        return "" if is_parameter else f" = {_quoted(tuple(seen.value))}"
    unit = _UNITS.get(seen.unit or "", "") if isinstance(seen.value, int) else ""
    return f" = {_plain(seen.value)}{unit}"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value == "":
        return "“”"
    return _cut(str(value))


def _quoted(value: object) -> str:
    if isinstance(value, tuple | list):
        more = "…" if len(value) > _MOST else ""
        return "［" + "、".join(_plain(each) for each in value[:_MOST]) + more + "］"
    return f"“{_cut(value)}”" if isinstance(value, str) else _plain(value)


def _worked_out(node: Node, value: Any) -> str:
    if node.type is Type.DURATION:
        return _span(value)
    if node.type is Type.INSTANT:
        return instant_text(value)
    return f"{value}{_UNITS.get((node.unit or ('',))[0], '') if len(node.unit or ()) == 1 else ''}"


def _span(microseconds: int) -> str:
    rest, parts = abs(microseconds) // 10**6, []
    for size, name in _SPANS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}")
    return ("负 " if microseconds < 0 else "") + (" ".join(parts[:2]) or "0 秒")


def _spaced(*words: str) -> str:
    """Words with a space between them, except beside Chinese punctuation, which brings its own."""
    said = ""
    for word in words:
        said += word if not said or said[-1] in _OWN_SPACE or word[0] in _OWN_SPACE else f" {word}"
    return said


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
