"""Whether somebody sets a slip right: a phrase that says so, about the same thing. Pure.

The phrase alone is not enough: 更正一下价格 does not take back what was said about a disease. It is about the
same thing when it names the flagged word, repeats two characters in a row of its sentence that are not everyday ones,
or points back (刚才, 上一句) while only one thing is open. 我没说错 denies the slip and is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.live.window import OpenFlag, Utterance

_DENIED = ("没", "没有", "不用", "不需要", "无需", "不会", "别", "谁", "哪里", "怎么会")
_BACK = ("刚才", "刚刚", "方才", "前面", "上一句", "那句", "这句", "之前说", "我说的")
_EVERYDAY = frozenset(
    each
    for line in (
        "我们 你们 他们 大家 家人 宝宝 这个 那个 一个 一下 就是 不是 可以 没有 什么 怎么 现在 今天",
        "直播 我的 是我 的是 说的 刚才 这款 这边 给大 链接 喜欢 的宝 的家 人们 朋友 真的 非常 所有",
        "还有 但是 因为 所以 然后 已经 应该 一定 这样 那么",
    )
    for each in line.split()
)
_FOLLOWING = 3
"""Utterances read together with the one that has the phrase: a correction is rarely one breath."""


def corrected(
    flags: Sequence[OpenFlag], run: Sequence[Utterance], fresh: frozenset[int], phrases: Sequence[str]
) -> list[tuple[OpenFlag, Utterance]]:
    """The open flags that this run of speech sets right, and the utterance that does; ``fresh`` are new numbers."""
    found: list[tuple[OpenFlag, Utterance]] = []
    left = list(flags)
    for index in range(len(run)):
        said = run[index : index + _FOLLOWING]
        if fresh.isdisjoint(each.sequence for each in said):
            continue
        text = "".join(_plain(each.text) for each in said)
        if not _says_so(text, len(_plain(said[0].text)), phrases):
            continue
        for flag in [each for each in left if _is_meant(each, text, left, said)]:
            left.remove(flag)
            found.append((flag, max((each for each in said if each.sequence in fresh), key=lambda each: each.at)))
    return found


def is_correcting(sentence: str, phrases: Sequence[str]) -> bool:
    """Whether a sentence takes something back: a word named in it is named to be denied."""
    plain = _plain(sentence)
    return _says_so(plain, len(plain), phrases)


def _says_so(text: str, within: int, phrases: Sequence[str]) -> bool:
    """Whether a phrase begins in the first ``within`` characters and is not denied."""
    for phrase in phrases:
        at = text.find(phrase)
        while 0 <= at < within:
            if not text[max(0, at - 3) : at].endswith(_DENIED):
                return True
            at = text.find(phrase, at + 1)
    return False


def _is_meant(flag: OpenFlag, text: str, left: Sequence[OpenFlag], said: Sequence[Utterance]) -> bool:
    is_in_time = flag.said_at <= said[-1].at <= flag.until and said[-1].sequence > flag.sequence
    if not is_in_time:
        return False
    if _plain(flag.word) in text or _shared(flag.sentence, text):
        return True
    return len(left) == 1 and any(each in text for each in _BACK)


def _shared(sentence: str, text: str) -> bool:
    plain = _plain(sentence)
    pairs = {plain[at : at + 2] for at in range(len(plain) - 1)}
    return any(pair in text for pair in pairs - _EVERYDAY if not pair.isascii())


def _plain(text: str) -> str:
    return "".join(each for each in text.lower() if each.isalnum())
