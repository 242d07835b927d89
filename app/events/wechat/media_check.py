"""The push ``wxa_media_check``: what the platform found in a picture or a sound that was handed to it before.

Two versions are under way. The second has ``result`` and ``errcode``; pushed as XML its numbers are texts and
``detail`` is no list, so only ``result`` counts. The first has ``isrisky`` and ``status_code``, where anything but 0
says that the medium could not even be fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.events.provider import Meaning
from app.events.wechat.telling import needed
from app.values.media_check import MediaCheck
from app.wechat.accounts import ShopAccount
from app.wechat.reading import number, part, text

_UNCLEAR = -1


def media_check(_: ShopAccount, said: Mapping[str, Any], __: datetime) -> Meaning:
    """One result; raises Untrusted where it does not say of which check."""
    trace_id = needed(text(said, "trace_id"), "trace_id")[:128]
    if "result" not in said and "isrisky" in said:
        return Meaning(media_checks=(_first_version(trace_id, said),))
    errcode, result = number(said, "errcode"), part(said, "result")
    suggest = text(result, "suggest")
    if errcode is None:
        errcode = 0 if suggest else _UNCLEAR
    return Meaning(media_checks=(MediaCheck(trace_id, (suggest or "")[:16] or None, number(result, "label"), errcode),))


def _first_version(trace_id: str, said: Mapping[str, Any]) -> MediaCheck:
    status = number(said, "status_code")
    if status is None or status:
        return MediaCheck(trace_id, None, None, _UNCLEAR if status is None else min(status, 2**31 - 1))
    return MediaCheck(trace_id, "risky" if number(said, "isrisky") else "pass", None, 0)
