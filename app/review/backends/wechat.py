"""WeChat's own content checks: ``msg_sec_check`` for texts, at once, and ``media_check_async``, answered by a push.

The platform wants to know whose content it is (an openid that was active within two hours), so only contents that say
``attributes.openid`` are its business, or all where a standing openid is set. What it finds becomes facts of the rules
(S8-02); ``result`` counts and not ``detail``. A medium it cannot fetch came back as `pass`, so we look first whether it
is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from app.errors import AppError
from app.outgoing import ask
from app.review.backend import Abstained, Awaited, Desk, Material, Said
from app.settings import Settings
from app.values.content import ContentToScreen, Medium
from app.values.deciding import Opinion, Verdict, hardest
from app.values.given_numbers import read_whole
from app.wechat.errors import PlatformBusy, PlatformRefused
from app.wechat.reading import number, part, text

TEXT_PATH, MEDIA_PATH = "/wxa/msg_sec_check", "/wxa/media_check_async"
_VERDICTS = {"pass": Verdict.PASS, "review": Verdict.REVIEW, "risky": Verdict.BLOCK}
_MOST_CHARS, _MOST_PIECES, _MOST_MEDIA = 2_500, 8, 20
_MEDIA_TYPES = {"audio": 1, "image": 2}
_MEDIUM_BYTES, _OK = 10 * 2**20, 200
_PROFILE, _COMMENT, _FORUM, _LOG = 1, 2, 3, 4
_SCENES = {"nickname": _PROFILE, "profile": _PROFILE, "shop_name": _PROFILE}
_SCENES |= dict.fromkeys(("comment", "review", "reply", "message"), _COMMENT)
_SCENES |= dict.fromkeys(("article", "product_title", "product_description"), _FORUM)
_LABELS = {
    100: "正常", 10001: "广告", 20001: "时政", 20002: "色情", 20003: "辱骂", 20006: "违法犯罪", 20008: "欺诈",
    20012: "低俗", 20013: "版权", 21000: "其他",
}  # fmt: skip
TITLE = "微信内容安全接口"


class _Settings(BaseModel, extra="forbid"):
    account: str | None = Field(None, max_length=64)
    openid: str | None = Field(None, max_length=128)
    media: bool = True
    timeout_s: float = Field(12, gt=0, le=40)


class WechatReviewer:
    """Asks with the account named, else with the shop's own."""

    name = "wechat"
    title = TITLE
    version = "v2"
    is_quick = False
    is_advice = False

    def __init__(self, given: _Settings) -> None:
        self._account, self._openid, self._media = given.account, given.openid, given.media
        self.timeout_s = given.timeout_s

    def wants(self, content: ContentToScreen, verdict: Verdict) -> bool:
        """Contents whose author the platform can be told, with a text or a medium it looks at."""
        del verdict
        return self._openid_of(content) is not None and bool(_texts(content) or self._media_of(content))

    def sees(self, medium: Medium) -> bool:
        """Pictures and sounds; no videos."""
        return self._media and medium.type in _MEDIA_TYPES

    def review(self, material: Material, desk: Desk) -> Said:
        """The text's result at once, and the numbers of the media's checks."""
        content = material.content
        openid = self._openid_of(content)
        if openid is None:
            return Abstained("no_openid")
        said = {"version": 2, "scene": _SCENES.get(content.kind, _LOG), "openid": openid}
        opinion = self._check_text(_texts(content), said, desk)
        media = self._media_of(content)
        if isinstance(opinion, Abstained) or not media:
            return opinion or Abstained("no_text")
        try:
            if not all(_is_there(medium, desk) for medium in media):
                return Abstained("unreadable_media", facts={**_facts(opinion), "media_check.errcode": -1})
            traces = tuple(self._hand_in(medium, said, desk) for medium in media)
        except AppError as error:
            return _failed(error, "media_check", _facts(opinion))
        return Awaited(traces, opinion, _facts(opinion))

    def _check_text(self, texts: str, said: Mapping[str, Any], desk: Desk) -> Opinion | Abstained | None:
        pieces = [texts[at : at + _MOST_CHARS] for at in range(0, len(texts), _MOST_CHARS)]
        if len(pieces) > _MOST_PIECES:
            return Abstained("too_long", facts={"msg_sec_check.errcode": -1})
        found: list[tuple[str, int | None]] = []
        for piece in pieces:
            try:
                answer = desk.ask_wechat(self._account, TEXT_PATH, {**said, "content": piece})
            except AppError as error:
                return _failed(error, "msg_sec_check", {})
            result = part(answer, "result")
            found.append((text(result, "suggest") or "", number(result, "label")))
        if not found:
            return None
        if unknown := [suggest for suggest, _ in found if suggest not in _VERDICTS]:
            return Abstained("nonsense", is_failure=True, facts={"msg_sec_check.errcode": 0 if unknown == [""] else -1})
        suggest, label = max(found, key=lambda each: (_VERDICTS[each[0]].hardness, each[1] or 0))
        verdict = hardest(_VERDICTS[each] for each, _ in found)
        reason = "" if verdict is Verdict.PASS else f"微信内容安全：{_LABELS.get(label or 0, str(label))}"
        facts = {"msg_sec_check.suggest": suggest, "msg_sec_check.errcode": 0, "msg_sec_check.label": label}
        return Opinion(self.name, verdict, 10_000, reason, {k: v for k, v in facts.items() if v is not None})

    def _hand_in(self, medium: Medium, said: Mapping[str, Any], desk: Desk) -> str:
        body = {**said, "media_url": medium.url, "media_type": _MEDIA_TYPES[medium.type]}
        trace_id = text(desk.ask_wechat(self._account, MEDIA_PATH, body), "trace_id")
        if trace_id is None:
            raise PlatformBusy("the platform's answer has no trace_id")
        return trace_id[:128]

    def _media_of(self, content: ContentToScreen) -> list[Medium]:
        return [each for each in content.media if self.sees(each)][:_MOST_MEDIA]

    def _openid_of(self, content: ContentToScreen) -> str | None:
        said = content.attributes.get("openid")
        return said if isinstance(said, str) and 0 < len(said) <= 128 else self._openid  # noqa: PLR2004 - as in settings


def _texts(content: ContentToScreen) -> str:
    return "\n".join(
        text for text in (*content.fields.values(), *(line.text for line in content.segments)) if text.strip()
    )


def _is_there(medium: Medium, desk: Desk) -> bool:
    answer = ask("GET", medium.url, headers={}, body=None, allow_private=desk.allow_private, max_bytes=0, timeout_s=5.0)
    length = answer.headers.get("content-length", "")
    return answer.status == _OK and (read_whole(length) or 0) <= _MEDIUM_BYTES


def _failed(error: AppError, check: str, facts: Mapping[str, Any]) -> Abstained:
    """A refusal stays one; where the platform is busy, asking again may help."""
    code = getattr(error, "platform_code", "") or ""
    told = int(code) if code.lstrip("-").isdecimal() and len(code) < 10 else -1  # noqa: PLR2004 - fits a column
    said = {**facts, f"{check}.errcode": told or -1}
    if isinstance(error, PlatformRefused):
        return Abstained("platform_refused", facts=said)
    return Abstained("no_answer", is_failure=True, facts=said)


def _facts(opinion: Opinion | None) -> Mapping[str, Any]:
    return dict(opinion.facts) if opinion else {}


def open_backend(settings: Settings, given: Mapping[str, Any] | None) -> WechatReviewer | None:
    """The reviewer when it has a section of its own."""
    del settings
    return None if given is None else WechatReviewer(_Settings.model_validate(given))
