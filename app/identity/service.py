"""Opens the sign-in service that the settings name."""

from __future__ import annotations

from app.errors import Problem, SettingsError
from app.identity.openid import OpenIdService, OpenIdTerms
from app.identity.verified import SignInService
from app.identity.wecom import WecomService, WecomTerms
from app.settings import Settings
from app.sign_in_settings import role_pairs
from app.values.access import Role


def open_service(settings: Settings) -> SignInService | None:
    """The service, which is not asked anything yet; None where passwords are all there is.

    Raises:
        SettingsError: a role that is none.
    """
    unknown = sorted({role for _, role in role_pairs(settings.oidc_roles)} - set(Role))
    if unknown:
        wrong = Problem("WEIHENG_OIDC_ROLES", f"unknown role: {', '.join(unknown)}", ", ".join(Role))
        raise SettingsError("the settings are wrong", problems=[wrong])
    if settings.sign_in_with == "oidc":
        return OpenIdService(_openid_terms(settings))
    if settings.sign_in_with == "wecom":
        return WecomService(_wecom_terms(settings))
    return None


def _openid_terms(settings: Settings) -> OpenIdTerms:
    assert settings.oidc_issuer is not None, "the settings were checked"
    assert settings.oidc_client_id is not None, "the settings were checked"
    secret, written = settings.oidc_client_secret, settings.sign_in_second_factor
    pairs = (each.strip().partition("=") for each in written.split(",") if "=" in each)
    return OpenIdTerms(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret is not None else None,
        scopes=settings.oidc_scopes,
        name_claim=settings.oidc_name_claim,
        groups_claim=settings.oidc_roles_claim,
        shops_claim=settings.oidc_shops_claim,
        asserts=frozenset((kind, value) for kind, _, value in pairs),
        always_asserts=written == "always",
        allow_private=settings.sign_in_allow_private,
    )


def _wecom_terms(settings: Settings) -> WecomTerms:
    assert settings.wecom_corp_id is not None, "the settings were checked"
    assert settings.wecom_agent_id is not None, "the settings were checked"
    assert settings.wecom_secret is not None, "the settings were checked"
    return WecomTerms(
        corp_id=settings.wecom_corp_id,
        agent_id=settings.wecom_agent_id,
        secret=settings.wecom_secret.get_secret_value(),
        url=settings.wecom_url.rstrip("/"),
        login_url=settings.wecom_login_url,
        always_asserts=settings.sign_in_second_factor == "always",
        allow_private=settings.sign_in_allow_private,
    )
