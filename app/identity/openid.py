"""OpenID Connect: authorisation code with PKCE, state and nonce; the service is asked about itself, not configured.

Keys are fetched once and again when a token names one that is not known, which is how services replace theirs. Only
signatures by a key pair are taken: with a shared secret everybody who knows it could sign.
"""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from app.identity.asking import ask_object
from app.identity.verified import NotVerified, Ticket, Verified

_ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512", "EdDSA")
_KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
_LEEWAY_S = 60
_FRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class OpenIdTerms:
    """How this deployment stands with the service; ``asserts``: which ``amr`` and ``acr`` mean a second factor."""

    issuer: str
    client_id: str
    client_secret: str | None
    scopes: str
    name_claim: str
    groups_claim: str
    shops_claim: str
    asserts: frozenset[tuple[str, str]]
    always_asserts: bool
    allow_private: bool


class OpenIdService:
    """One OpenID provider; keeps what it says of itself, and its keys, for an hour."""

    def __init__(self, terms: OpenIdTerms) -> None:
        self._terms = terms
        self._lock = threading.Lock()
        self._described: tuple[dict[str, Any], datetime] | None = None
        self._keys: tuple[KeySet, datetime] | None = None

    def address(self, ticket: Ticket, *, back: str, now: datetime) -> str:
        """The authorisation endpoint with everything the answer has to fit."""
        challenge = create_s256_code_challenge(ticket.verifier)
        uri: str = prepare_grant_uri(
            self._endpoint("authorization_endpoint", now),
            self._terms.client_id,
            "code",
            redirect_uri=back,
            scope=self._terms.scopes,
            state=ticket.state,
            nonce=ticket.nonce,
            code_challenge=challenge,
            code_challenge_method="S256",
        )
        return uri

    def identify(self, code: str, ticket: Ticket, *, back: str, now: datetime) -> Verified:
        """Exchange the code, verify the ID token, and read who it is."""
        tokens = self._exchange(code, ticket, back=back, now=now)
        claims = self._claims(tokens, ticket, now)
        access, terms = tokens.get("access_token"), self._terms
        wanted = {terms.name_claim, terms.groups_claim, terms.shops_claim} - {""} if terms.groups_claim else set()
        if not wanted <= claims.keys() and isinstance(access, str) and "userinfo_endpoint" in self._describe(now):
            claims = self._more(access, claims, now)
        return self._verified(claims)

    def way_out(self, *, back: str) -> str | None:
        """The end-session endpoint, when the service was asked about itself before and has one."""
        described = self._described[0] if self._described is not None else {}
        place = described.get("end_session_endpoint")
        if not isinstance(place, str):
            return None
        asked = urlencode({"client_id": self._terms.client_id, "post_logout_redirect_uri": back})
        return f"{place}{'&' if '?' in place else '?'}{asked}"

    def _describe(self, now: datetime) -> dict[str, Any]:
        with self._lock:
            if self._described is None or now - self._described[1] >= _FRESH:
                place = self._terms.issuer.rstrip("/") + "/.well-known/openid-configuration"
                said = ask_object(place, allow_private=self._terms.allow_private)
                if said.get("issuer") != self._terms.issuer:
                    raise NotVerified(f"{place} speaks for another issuer")
                self._described = (said, now)
            return self._described[0]

    def _endpoint(self, name: str, now: datetime) -> str:
        place = self._describe(now).get(name)
        if not isinstance(place, str) or not place.startswith(("https://", "http://")):
            raise NotVerified(f"the service has no {name}")
        return place

    def _exchange(self, code: str, ticket: Ticket, *, back: str, now: datetime) -> dict[str, Any]:
        terms, headers = self._terms, {"content-type": "application/x-www-form-urlencoded"}
        more: dict[str, str] = {"client_id": terms.client_id}
        if terms.client_secret is not None:
            ways = self._describe(now).get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
            if "client_secret_basic" in ways:
                pair = f"{quote(terms.client_id, safe='')}:{quote(terms.client_secret, safe='')}"
                headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
            else:
                more["client_secret"] = terms.client_secret
        body = prepare_token_request(
            "authorization_code", redirect_uri=back, code=code, code_verifier=ticket.verifier, **more
        )
        place = self._endpoint("token_endpoint", now)
        return ask_object(place, method="POST", headers=headers, body=body.encode(), allow_private=terms.allow_private)

    def _claims(self, tokens: dict[str, Any], ticket: Ticket, now: datetime) -> dict[str, Any]:
        written = tokens.get("id_token")
        if not isinstance(written, str):
            raise NotVerified("the service gave no ID token")
        terms = self._terms
        options = {
            "iss": {"essential": True, "value": terms.issuer},
            "aud": {"essential": True, "value": terms.client_id},
        }
        params = {"nonce": ticket.nonce, "client_id": terms.client_id, "access_token": tokens.get("access_token")}
        try:
            token = self._decoded(written, now)
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_S)
        except (JoseError, ValueError, TypeError) as refused:
            raise NotVerified(f"the ID token is not accepted: {type(refused).__name__} {refused}"[:300]) from None
        return dict(claims)

    def _decoded(self, written: str, now: datetime) -> jwt.Token:
        try:
            return jwt.decode(written, self._key_set(now), algorithms=_ALGORITHMS)
        except InvalidKeyIdError:
            return jwt.decode(written, self._key_set(now, anew=True), algorithms=_ALGORITHMS)

    def _key_set(self, now: datetime, *, anew: bool = False) -> KeySet:
        place = self._endpoint("jwks_uri", now)
        with self._lock:
            if anew or self._keys is None or now - self._keys[1] >= _FRESH:
                said = ask_object(place, allow_private=self._terms.allow_private).get("keys")
                usable = [
                    key
                    for key in (said if isinstance(said, list) else [])
                    if isinstance(key, dict) and key.get("kty") in _KEY_TYPES and key.get("use", "sig") == "sig"
                ]
                self._keys = (KeySet.import_key_set({"keys": usable}), now)
            return self._keys[0]

    def _more(self, access_token: str, claims: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Claims that a service gives at its userinfo endpoint only; never instead of those that are signed."""
        said = ask_object(
            self._endpoint("userinfo_endpoint", now),
            headers={"authorization": f"Bearer {access_token}"},
            allow_private=self._terms.allow_private,
        )
        if said.get("sub") != claims["sub"]:
            raise NotVerified("userinfo is about somebody else")
        return said | claims

    def _verified(self, claims: dict[str, Any]) -> Verified:
        terms, subject = self._terms, claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:  # noqa: PLR2004 - OpenID Connect Core 1.0, 2
            raise NotVerified("the ID token names nobody")
        username = claims.get(terms.name_claim)
        shown = claims.get("name")
        methods = {("amr", each) for each in claims.get("amr") or [] if isinstance(each, str)}
        methods |= {("acr", claims["acr"])} if isinstance(claims.get("acr"), str) else set()
        return Verified(
            issuer=terms.issuer,
            subject=subject,
            username=username.strip() if isinstance(username, str) else "",
            display_name=shown.strip() if isinstance(shown, str) else "",
            groups=_words(claims.get(terms.groups_claim)) if terms.groups_claim else None,
            shops=_words(claims.get(terms.shops_claim)) if terms.shops_claim else None,
            is_second_factor=terms.always_asserts or bool(methods & terms.asserts),
        )


def _words(value: Any) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset(value.split())
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()
