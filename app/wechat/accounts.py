"""The operator's accounts at the platforms, each with its own keys, as one YAML text of secrets.

They live in a file beside the service and never in the database: whoever copies the database must not be able to sign
for a merchant. Anywhere a text is expected, ``{file: /run/secrets/…}`` reads it from a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, Field, SecretStr

from app.wechat import pay_client, pay_signature, push_crypto

SHOP_BASE_URL = "https://api.weixin.qq.com"
_Id = Annotated[str, Field(min_length=1, max_length=64)]


@dataclass(frozen=True, slots=True, repr=False)
class PayAccount:
    """A merchant, or a service provider with sub-merchants, at WeChat Pay."""

    name: str
    mchid: str
    shop_id: str | None
    shops: Mapping[str, str]  # sub-merchant → shop
    api_v3_key: bytes
    platform_keys: Mapping[str, pay_signature.PlatformKey]
    merchant_key: pay_signature.MerchantKey | None
    base_url: str = pay_client.BASE_URL

    def shop_of(self, sub_mchid: str | None) -> str | None:
        """The shop a message of this sub-merchant is about; None when nobody said."""
        if sub_mchid is not None and self.shops:
            return self.shops.get(sub_mchid)
        return self.shop_id

    def __repr__(self) -> str:
        return f"PayAccount(name={self.name!r}, mchid={self.mchid!r})"


@dataclass(frozen=True, slots=True, repr=False)
class ShopAccount:
    """A 微信小店 with its message push."""

    name: str
    shop_id: str
    appid: str
    token: str
    aes_key: bytes
    original_id: str | None = None  # gh_…, the ToUserName of its messages
    app_secret: str | None = field(default=None)
    base_url: str = SHOP_BASE_URL

    def __repr__(self) -> str:
        return f"ShopAccount(name={self.name!r}, appid={self.appid!r})"


def read_accounts_text(text: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Provider → account → its settings, files read in; raises ValueError that says where."""
    try:
        given = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"is no YAML: {str(error)[:200]}") from None
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise ValueError("is no mapping of providers")  # noqa: TRY004 - a wrong value, not a wrong argument
    for provider, accounts in given.items():
        if not isinstance(accounts, dict) or not all(isinstance(each, dict) for each in accounts.values()):
            raise ValueError(f"{provider} is no mapping of accounts")
    read: dict[str, dict[str, dict[str, Any]]] = _with_files(given)
    return read


def read_pay_account(name: str, given: Mapping[str, Any]) -> PayAccount:
    """A WeChat Pay account; raises pydantic's ValidationError or ValueError that names the setting."""
    said = _PayIn.model_validate(dict(given))
    key = said.api_v3_key.get_secret_value().encode()
    if len(key) != 32:  # noqa: PLR2004 - said in the message
        raise ValueError("api_v3_key: must be 32 bytes")
    if said.shop_id is None and not said.shops:
        raise ValueError("shop_id: name the shop, or `shops` for a service provider's sub-merchants")
    if not said.platform_keys and said.private_key is None:
        raise ValueError("platform_keys: name the platform's key, or private_key to have its certificates fetched")
    keys = [_platform_key(serial, pem) for serial, pem in said.platform_keys.items()]
    merchant = None
    if said.private_key is not None:
        if said.serial is None:
            raise ValueError("serial: the serial number of the merchant's certificate belongs to private_key")
        pem = said.private_key.get_secret_value()
        try:
            merchant = pay_signature.read_merchant_key(pem, mchid=said.mchid, serial=said.serial)
        except (ValueError, TypeError):
            raise ValueError("private_key: is no RSA private key in PEM (apiclient_key.pem)") from None
    return PayAccount(
        name=name,
        mchid=said.mchid,
        shop_id=said.shop_id,
        shops=said.shops,
        api_v3_key=key,
        platform_keys={each.serial: each for each in keys},
        merchant_key=merchant,
        base_url=said.base_url,
    )


def read_shop_account(name: str, given: Mapping[str, Any]) -> ShopAccount:
    """A 微信小店 account; raises pydantic's ValidationError or ValueError that names the setting."""
    said = _ShopIn.model_validate(dict(given))
    try:
        aes_key = push_crypto.read_aes_key(said.encoding_aes_key.get_secret_value())
    except ValueError as error:
        raise ValueError(f"encoding_aes_key: {error}") from None
    return ShopAccount(
        name=name,
        shop_id=said.shop_id,
        appid=said.appid,
        token=said.token.get_secret_value(),
        aes_key=aes_key,
        original_id=said.original_id,
        app_secret=said.app_secret.get_secret_value() if said.app_secret else None,
        base_url=said.base_url,
    )


class _PayIn(BaseModel, extra="forbid"):
    mchid: _Id
    shop_id: _Id | None = None
    shops: dict[_Id, _Id] = Field(default_factory=dict)
    api_v3_key: SecretStr
    platform_keys: dict[str, str] = Field(default_factory=dict)
    serial: _Id | None = None
    private_key: SecretStr | None = None
    base_url: str = pay_client.BASE_URL


class _ShopIn(BaseModel, extra="forbid"):
    shop_id: _Id
    appid: _Id
    token: SecretStr = Field(min_length=3, max_length=32)
    encoding_aes_key: SecretStr
    original_id: _Id | None = None
    app_secret: SecretStr | None = None
    base_url: str = SHOP_BASE_URL


def _platform_key(serial: str, pem: str) -> pay_signature.PlatformKey:
    try:
        return pay_signature.read_platform_key(pem, serial=serial)
    except ValueError as error:
        raise ValueError(f"platform_keys.{serial}: {error}") from None


def _with_files(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    if set(given) == {"file"} and isinstance(given["file"], str):
        try:
            return Path(given["file"]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{given['file']} cannot be read: {error}") from None
    return {str(name): _with_files(value) for name, value in given.items()}
