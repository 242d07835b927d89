"""A small OpenID provider and a small 企业微信 of the tests: real HTTP servers, real signatures."""

from __future__ import annotations

import base64
import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, parse_qsl, urlsplit

import orjson
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.peers import answering

CLIENT, SECRET = "weiheng", "a client secret / with: signs"
KEYS = [RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"}) for kid in ("first", "second")]


@dataclass
class Provider:
    """What the provider says; tests change it. Codes are good once, and only with the verifier they were asked with."""

    clock: object = None
    issuer: str = ""
    claims: dict = field(default_factory=dict)
    userinfo: dict = field(default_factory=dict)
    signs_with: object = field(default_factory=lambda: KEYS[0])
    shows: list = field(default_factory=lambda: [KEYS[0]])
    asked: list = field(default_factory=list)
    codes: dict = field(default_factory=dict)
    header: dict = field(default_factory=dict)

    def authorise(self, address):
        """A person signs in at the address they were sent to; the query the browser brings back."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert address.startswith(f"{self.issuer}/authorise?")
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def play(self, method, path, headers, body):
        self.asked.append(path.partition("?")[0])
        place = path.partition("?")[0]
        if place == "/.well-known/openid-configuration":
            return self._say(self._described())
        if place == "/keys":
            return self._say(KeySet(self.shows).as_dict(private=False))
        if place == "/userinfo":
            return self._say(self.userinfo) if headers.get("authorization") == "Bearer access" else (401, {}, b"{}")
        if (method, place) == ("POST", "/token"):
            return self._token(headers, {name: values[0] for name, values in parse_qs(body.decode()).items()})
        return 404, {}, b"{}"

    def _token(self, headers, form):
        asked = self.codes.pop(form.get("code"), None)
        pair = base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        is_right = (
            asked is not None
            and challenge.decode() == asked["code_challenge"]
            and form["redirect_uri"] == asked["redirect_uri"]
            and pair == "weiheng:a%20client%20secret%20%2F%20with%3A%20signs"
        )
        if not is_right:
            return 400, {}, orjson.dumps({"error": "invalid_grant"})
        at = int(self.clock().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "u-1", "iat": at, "exp": at + 300, "nonce": asked["nonce"]}
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        header = {"alg": "RS256", "kid": self.signs_with.kid} | self.header
        return self._say({"access_token": "access", "id_token": jwt.encode(header, claims, self.signs_with)})

    def _described(self):
        places = {name: f"{self.issuer}/{path}" for name, path in _PLACES.items()}
        return {"issuer": self.issuer, "token_endpoint_auth_methods_supported": ["client_secret_basic"], **places}

    def _say(self, value):
        return 200, {"content-type": "application/json"}, orjson.dumps(value)


_PLACES = {
    "authorization_endpoint": "authorise",
    "token_endpoint": "token",
    "jwks_uri": "keys",
    "userinfo_endpoint": "userinfo",
    "end_session_endpoint": "bye",
}


@contextmanager
def openid_provider():
    made = Provider()
    with answering(made.play) as url:
        made.issuer = url
        yield made


@dataclass
class Wecom:
    """The two questions of 企业微信's web sign-in."""

    member: dict = field(default_factory=lambda: {"errcode": 0, "userid": "LinXiaoWen"})
    token: str = "t-1"
    asked: list = field(default_factory=list)
    url: str = ""

    def play(self, _method, path, _headers, _body):
        query = dict(parse_qsl(urlsplit(path).query))
        self.asked.append(urlsplit(path).path)
        if urlsplit(path).path == "/cgi-bin/gettoken":
            is_known = (query["corpid"], query["corpsecret"]) == ("ww1", "app secret")
            said = {"errcode": 0, "access_token": self.token, "expires_in": 7200} if is_known else {"errcode": 40001}
        elif query.get("access_token") != self.token:
            said = {"errcode": 42001}
        else:
            said = self.member if query["code"] == "good" else {"errcode": 40029}
        return 200, {}, orjson.dumps(said)


@contextmanager
def wecom():
    made = Wecom()
    with answering(made.play) as url:
        made.url = url
        yield made
