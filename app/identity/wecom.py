"""企业微信, whose sign-in is no OpenID Connect: a code and the token of the app are exchanged for a member.

Web sign-in page: developer.work.weixin.qq.com/document/path/98152; member by code: path/98176; token: path/91039.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from app.identity.asking import ask_object
from app.identity.verified import NotVerified, Ticket, Verified

_TOKEN_GONE = frozenset({40014, 42001})
_EARLY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class WecomTerms:
    """The app that people sign in with."""

    corp_id: str
    agent_id: str
    secret: str
    url: str
    login_url: str
    always_asserts: bool
    allow_private: bool


class WecomService:
    """One company at 企业微信; keeps the app's token while it lives."""

    def __init__(self, terms: WecomTerms) -> None:
        self._terms = terms
        self._lock = threading.Lock()
        self._token: tuple[str, datetime] | None = None

    def address(self, ticket: Ticket, *, back: str, now: datetime) -> str:  # noqa: ARG002 - needs nothing that ages
        """The page with the square code."""
        terms = self._terms
        asked = {
            "login_type": "CorpApp",
            "appid": terms.corp_id,
            "agentid": terms.agent_id,
            "redirect_uri": back,
            "state": ticket.state,
        }
        return f"{terms.login_url}?{urlencode(asked)}"

    def identify(self, code: str, ticket: Ticket, *, back: str, now: datetime) -> Verified:  # noqa: ARG002
        """The member behind the code; a stranger who scanned it has an openid and no userid."""
        said = self._ask_member(code, self._access(now))
        if said.get("errcode") in _TOKEN_GONE:
            said = self._ask_member(code, self._access(now, anew=True))
        if said.get("errcode", 0) != 0:
            raise NotVerified(f"getuserinfo answered {said.get('errcode')}")
        member = said.get("userid") or said.get("UserId")
        if not isinstance(member, str) or not 0 < len(member) <= 64:  # noqa: PLR2004 - the platform's own limit
            raise NotVerified("whoever scanned the code is no member of the company")
        terms = self._terms
        return Verified(
            issuer=f"wecom:{terms.corp_id}",
            subject=member.lower(),  # the platform does not tell upper from lower case in it
            username=member,
            display_name="",
            is_second_factor=terms.always_asserts,
        )

    def way_out(self, *, back: str) -> str | None:  # noqa: ARG002 - there is none
        """There is no such place."""
        return None

    def _access(self, now: datetime, *, anew: bool = False) -> str:
        with self._lock:
            if anew or self._token is None or now >= self._token[1]:
                asked = urlencode({"corpid": self._terms.corp_id, "corpsecret": self._terms.secret})
                said = ask_object(
                    f"{self._terms.url}/cgi-bin/gettoken?{asked}", allow_private=self._terms.allow_private
                )
                token, seconds = said.get("access_token"), said.get("expires_in", 0)
                if said.get("errcode", 0) != 0 or not isinstance(token, str) or not isinstance(seconds, int):
                    raise NotVerified(f"gettoken answered {said.get('errcode')}")
                self._token = (token, now + max(timedelta(seconds=seconds) - _EARLY, timedelta()))
            return self._token[0]

    def _ask_member(self, code: str, token: str) -> dict[str, Any]:
        asked = urlencode({"access_token": token, "code": code})
        place = f"{self._terms.url}/cgi-bin/auth/getuserinfo?{asked}"
        return ask_object(place, allow_private=self._terms.allow_private)
