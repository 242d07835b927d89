"""Settings of the protection fund and of the channel that pays from it; ``Settings`` has them among its own."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr


class FundSettings(BaseModel):
    """What is paid without a person, what has to stay, and by whom it is paid."""

    payout_channel: str = Field("dry_run", description="how claims are paid: a file of app/money/channels")
    payout_confirm: Literal["platform", "own"] | None = Field(
        None, description="ask the platform again before paying, or go by own records (default: own in a dry run)"
    )
    fund_floor_fen: int = Field(1_000_000, ge=0, description="what has to stay in the fund, fen")
    fund_single_cap_fen: int = Field(50_000, ge=0, description="largest claim paid without a person, fen")
    fund_daily_cap_fen: int = Field(5_000_000, ge=0, description="most that leaves on a day without a person, fen")
    fund_two_person_fen: int = Field(500_000, ge=0, description="a claim above this needs two persons, fen")
    fund_order_cap_bp: int = Field(
        10_000, ge=0, le=100_000, description="most an order is given, of what was paid for it, bp"
    )
    fund_settling_hours: int = Field(24, ge=0, le=720, description="a claim waits so long before money leaves")
    fund_retry_hours: int = Field(6, ge=1, le=168, description="a payout that may be tried again waits so long")
    fund_bill_other_kinds: str = Field("", description="业务类型 on the bill that are none of the fund's, with commas")
    fund_claims_in_30_days: int = Field(
        3, ge=1, description="a buyer with more claims than this in 30 days is looked at by a person"
    )
    payout_wechat_url: str = Field("https://api.mch.weixin.qq.com", description="WeChat Pay's address")
    payout_wechat_mchid: str | None = Field(None, description="merchant number that pays compensation")
    payout_wechat_serial: str | None = Field(None, description="serial number of the merchant's certificate")
    payout_wechat_private_key: SecretStr | None = Field(None, description="the merchant's private key, PEM")
    payout_wechat_platform_key: SecretStr | None = Field(
        None, description="the platform's certificate or public key, PEM"
    )
    payout_wechat_platform_serial: str | None = Field(None, description="its serial number or PUB_KEY_ID_…")
    payout_wechat_scene_id: str | None = Field(None, description="transfer scene granted by the platform")
    payout_wechat_bill_account: Literal["BASIC", "OPERATION", "FEES"] = Field(
        "BASIC", description="whose fund bill (资金账单) is matched: the account that pays compensation"
    )
