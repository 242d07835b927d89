"""The settings of signing in at somebody else's: an OpenID provider or 企业微信."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr

from app.errors import Problem

_NEEDS = {
    "oidc": ("oidc_issuer", "oidc_client_id"),
    "wecom": ("wecom_corp_id", "wecom_agent_id", "wecom_secret"),
    "none": (),
}


class SignInSettings(BaseModel):
    """What ``Settings`` takes over from here."""

    sign_in_with: Literal["none", "oidc", "wecom"] = Field(
        "none", description="where officers may sign in beside the password: an OpenID provider, or 企业微信"
    )
    sign_in_title: str = Field("", max_length=40, description="what its button says (default: 单点登录, 企业微信)")
    password_sign_in: Literal["on", "off"] = Field("on", description="whether passwords open the console at all")
    sign_in_second_factor: str = Field(
        "",
        description="what the service says when it asked for a second factor: `amr=mfa,acr=…` or `always`",
    )
    sign_in_allow_private: bool = Field(False, description="allow the service at a loopback or private address")
    oidc_issuer: str | None = Field(None, description="the OpenID provider's issuer, exactly as it names itself")
    oidc_client_id: str | None = Field(None, description="our client id there")
    oidc_client_secret: SecretStr | None = Field(None, description="our client secret; none for a public client")
    oidc_scopes: str = Field("openid profile email", description="scopes that are asked for")
    oidc_name_claim: str = Field(
        "preferred_username", description="claim with the user name of an account made by itself"
    )
    oidc_roles_claim: str = Field(
        "", description="claim that decides roles; empty: only officers who were linked come in"
    )
    oidc_roles: str = Field("", description="which value of it gives which role, `group=officer,boss=senior`")
    oidc_shops_claim: str = Field(
        "", description="claim that lists shops of an account made by itself; empty: all shops"
    )
    wecom_corp_id: str | None = Field(None, description="the company's id at 企业微信")
    wecom_agent_id: str | None = Field(None, description="the app's AgentId")
    wecom_secret: SecretStr | None = Field(None, description="the app's Secret")
    wecom_url: str = Field("https://qyapi.weixin.qq.com", description="企业微信's API")
    wecom_login_url: str = Field(
        "https://login.work.weixin.qq.com/wwlogin/sso/login", description="its page with the square code"
    )


def role_pairs(written: str) -> list[tuple[str, str]]:
    """``group=role`` pairs; a group may hold any character but a comma and the last equals sign."""
    pairs = [each.strip().rpartition("=") for each in written.split(",") if each.strip()]
    return [(group.strip(), role.strip()) for group, _, role in pairs]


def sign_in_problems(values: Mapping[str, Any], prefix: str) -> list[Problem]:
    """What does not go together; ``values`` may be as they were written."""
    way = str(values.get("sign_in_with") or "none")
    problems = [
        Problem(f"{prefix}{name.upper()}", "must be set", f"needed by {prefix}SIGN_IN_WITH={way}")
        for name in _NEEDS.get(way, ())
        if not values.get(name)
    ]
    if way == "none" and values.get("password_sign_in") == "off":
        problems.append(Problem(f"{prefix}PASSWORD_SIGN_IN", "nobody could sign in", f"{prefix}SIGN_IN_WITH beside it"))
    issuer = str(values.get("oidc_issuer") or "")
    if way == "oidc" and issuer and not issuer.startswith("https://") and values.get("env") == "production":
        problems.append(Problem(f"{prefix}OIDC_ISSUER", "is not https", "https://…"))
    problems += [
        Problem(f"{prefix}OIDC_ROLES", f"{group}={role} is no such pair", "group=role,group=role")
        for group, role in role_pairs(str(values.get("oidc_roles") or ""))
        if not group or not role
    ]
    written = str(values.get("sign_in_second_factor") or "")
    for each in written.split(",") if written not in {"", "always"} else ():
        if not each.strip().startswith(("amr=", "acr=")):
            problems.append(Problem(f"{prefix}SIGN_IN_SECOND_FACTOR", f"{each.strip()!r}", "amr=…, acr=… or always"))
    return problems
