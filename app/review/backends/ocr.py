"""A reviewer that reads the words in pictures on this machine, so that words and rules hear what a cover says.

It says nothing about what a picture shows. What it has read goes the way of every other text of the content (the
flow's business); a picture it cannot read is an abstention that says why, and so a person's. Needs the extra ``ocr``.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import time
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from app.errors import InvalidInput
from app.outgoing import TooLong, Unanswered, ask
from app.review.backend import Abstained, Desk, Material, Said
from app.review.pictures.child import TOO_LARGE
from app.review.pictures.reader import NotRead, PictureReader
from app.settings import Settings
from app.values.content import ContentToScreen, Medium
from app.values.deciding import PICTURE_LINES, Opinion, Verdict

TITLE = "画面文字识别"
_PACKAGE, _MODULE = "rapidocr-onnxruntime", "rapidocr_onnxruntime"
_OK = 200
_REASON_MAX = 300


class _Settings(BaseModel, extra="forbid"):
    timeout_s: float = Field(20, gt=0, le=40)
    most_pictures: int = Field(9, ge=1, le=50)
    max_bytes: int = Field(8 * 1024 * 1024, ge=1_024, le=64 * 1024 * 1024)
    max_pixels: int = Field(25_000_000, ge=10_000, le=200_000_000)
    least_confidence: int = Field(60, ge=0, le=100)
    suffices: bool = True
    allow_private: bool = False


class PictureWordsReviewer:
    """Reads each picture of a content; ``suffices`` says whether a person need not look at what was read."""

    name = "ocr"
    title = TITLE
    is_quick = False
    is_advice = False

    def __init__(self, given: _Settings, reader: PictureReader) -> None:
        self._given, self._reader = given, reader
        self.timeout_s = given.timeout_s
        self.version = f"{_PACKAGE}-{_version()}:{given.least_confidence}"

    def wants(self, content: ContentToScreen, verdict: Verdict) -> bool:
        """Contents with pictures."""
        del verdict
        return any(medium.type == "image" for medium in content.media)

    def sees(self, medium: Medium) -> bool:
        """Pictures, where reading them is enough."""
        return medium.type == "image" and self._given.suffices

    def review(self, material: Material, desk: Desk) -> Said:
        """Pass with what was read, or why some picture was not; the words themselves are judged elsewhere."""
        give_up = time.monotonic() + self.timeout_s * 0.95  # the last of it is for the way back
        pictures = [each for each in material.content.media if each.type == "image"]
        if not pictures:
            return Abstained("no_pictures")
        if len(pictures) > self._given.most_pictures:
            return Abstained("too_many")
        lines: list[list[object]] = []
        try:
            for number, picture in enumerate(pictures):
                body = self._fetched(picture, desk, give_up)
                read = self._reader.read(body, most_pixels=self._given.max_pixels, give_up=give_up)
                lines += [[number, text, score_bp] for text, score_bp in read]
        except NotRead as why:
            return Abstained(why.why, is_failure=why.is_failure)
        if any(score_bp < self._given.least_confidence * 100 for *_, score_bp in lines if isinstance(score_bp, int)):
            return Abstained("unreadable", facts={PICTURE_LINES: lines})
        told = "；".join(str(text) for _, text, _ in lines)
        reason = f"画面文字：{told[:_REASON_MAX]}" if told else "画面中没有读到文字"
        return Opinion(self.name, Verdict.PASS, 10_000, reason, {PICTURE_LINES: lines})

    def _fetched(self, picture: Medium, desk: Desk, give_up: float) -> bytes:
        left = give_up - time.monotonic()
        if left <= 0:
            raise NotRead("timeout", is_failure=True)
        try:
            answer = ask(
                "GET",
                picture.url,
                headers={"accept": "image/*"},
                body=None,
                allow_private=desk.allow_private or self._given.allow_private,
                max_bytes=self._given.max_bytes,
                timeout_s=left,
            )
        except TooLong:
            raise NotRead(TOO_LARGE) from None
        except (Unanswered, InvalidInput):
            raise NotRead("no_answer", is_failure=True) from None
        if answer.status != _OK:
            raise NotRead("refused", is_failure=True)
        sent = (picture.sha256 or "").removeprefix("sha256:")
        if sent and sent != hashlib.sha256(answer.body).hexdigest():
            raise NotRead("another_file")
        return answer.body


def lacking() -> tuple[str, str] | None:
    """What keeps it from reading on this machine, and what to do; None where nothing does."""
    if importlib.util.find_spec(_MODULE) is not None:
        return None
    told = f"the extra {_PACKAGE} is not installed: every picture is abstained from and goes to a person"
    todo = "pip install --require-hashes --no-deps -r requirements/ocr.txt, or take ocr out of WEIHENG_REVIEWERS"
    return told, todo


def _version() -> str:
    try:
        return importlib.metadata.version(_PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return "absent"


def open_backend(settings: Settings, given: Mapping[str, Any] | None) -> PictureWordsReviewer | None:
    """The reviewer when it has a section of its own."""
    del settings
    return None if given is None else PictureWordsReviewer(_Settings.model_validate(given), PictureReader())
