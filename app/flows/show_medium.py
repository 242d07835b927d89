"""An image of a case, fetched by the service so that an officer's browser never calls on a merchant's server.

case (of the caller's shops) ─ its content's n-th medium ─ fetched under the rules of outgoing calls
─ an image, by its first bytes? ─ the very file that was screened, where its hash was sent? ─ shown
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from app.errors import AppError, NotFound
from app.flows.parts import Parts
from app.flows.stored_screening import stored_content
from app.models import Screening
from app.outgoing import ask
from app.review import cases
from app.values.access import Caller

LARGEST = 8 * 1024 * 1024
_TIMEOUT_S = 8.0
_OK = 200
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """An image's bytes and type."""

    body: bytes
    media_type: str


class NotShown(AppError):
    """The image could not be had: gone, too large, no image, or another one than was screened."""

    code = "medium_not_shown"
    status = 502
    title = "The image cannot be shown"


def show_medium(parts: Parts, case_id: str, number: int, *, caller: Caller) -> Shown:
    """The image with that number among a case's media.

    Raises:
        NotFound: no such case in the caller's shops, or no image of that number.
        NotShown, Unanswered, InvalidInput: it cannot be fetched, or is not what was screened.
    """
    with parts.db.read() as session:
        case = cases.find(session, case_id, caller=caller)
        screening = None if case.screening_id is None else session.get(Screening, case.screening_id)
        content = None if screening is None else stored_content(parts.people, session, screening, content_id="")
    media = () if content is None else content.media
    if not 0 <= number < len(media) or media[number].type != "image":
        raise NotFound(f"no image {number} of case {case_id}")
    medium = media[number]
    answer = ask(
        "GET",
        medium.url,
        headers={"accept": "image/*"},
        body=None,
        allow_private=parts.settings.outbox_allow_private,
        max_bytes=LARGEST,
        timeout_s=_TIMEOUT_S,
    )
    if answer.status != _OK:
        raise NotShown(f"the image's server answered {answer.status}")
    kind = _kind_of(answer.body)
    if kind is None:
        raise NotShown("what came is no JPEG, PNG, GIF or WebP image")
    if medium.sha256 and medium.sha256.removeprefix("sha256:") != hashlib.sha256(answer.body).hexdigest():
        raise NotShown("what came is another file than the one that was screened")
    return Shown(answer.body, kind)


def _kind_of(body: bytes) -> str | None:
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for begins, kind in _BEGINNINGS if body.startswith(begins)), None)
