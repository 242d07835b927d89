"""One question to a sign-in service under the rules of outgoing calls, answered with a JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from app.identity.verified import NotVerified
from app.outgoing import ask

_MAX_BYTES = 512 * 1024
_TIMEOUT_S = 8.0


def ask_object(
    url: str,
    *,
    allow_private: bool,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> dict[str, Any]:
    """The object a service answers with.

    Raises:
        NotVerified: an error, or no JSON object.
        Unanswered: no answer.
    """
    answered = ask(
        method,
        url,
        headers={"accept": "application/json", **(headers or {})},
        body=body,
        allow_private=allow_private,
        max_bytes=_MAX_BYTES,
        timeout_s=_TIMEOUT_S,
    )
    try:
        said = orjson.loads(answered.body)
    except orjson.JSONDecodeError:
        raise NotVerified(f"{url.partition('?')[0]} answered {answered.status} without JSON") from None
    if answered.status != 200 or not isinstance(said, dict):  # noqa: PLR2004 - the one status that carries a token
        why = said.get("error") if isinstance(said, dict) else None
        raise NotVerified(f"{url.partition('?')[0]} answered {answered.status} {str(why or '')[:100]}".rstrip())
    return said
