"""Settings of second reviews and training; ``Settings`` has them among its own."""

from __future__ import annotations

import re

from pydantic import BaseModel, Field, field_validator

_SHARE = re.compile(r"(content|orders|senior)=(\d{1,5})", re.ASCII)
_WHOLE = 10_000


class QualitySettings(BaseModel):
    """How much is reviewed a second time, when disagreement is an alarm, and whether newcomers train first."""

    second_review_shares: str = Field(
        "content=500,orders=500,senior=0",
        description="share of decided cases that another officer decides again, by queue, bp",
    )
    second_review_window: int = Field(
        100, ge=10, le=10_000, description="newest second reviews whose agreement is watched"
    )
    second_review_kappa_bp: int = Field(
        6_000, ge=0, le=10_000, description="Cohen's κ of these below this is an alarm, bp"
    )
    gold_required: bool = Field(False, description="officers train on gold cases before they get live ones")
    gold_count: int = Field(10, ge=1, le=200, description="how many gold cases are answered for that")
    gold_pass_bp: int = Field(8_000, ge=0, le=10_000, description="share of right answers that passes, bp")

    @field_validator("second_review_shares")
    @classmethod
    def _shares(cls, value: str) -> str:
        read_shares(value)
        return value


def read_shares(text: str) -> dict[str, int]:
    """Shares by queue; raises ValueError saying what was expected."""
    found = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        match = _SHARE.fullmatch(part)
        if match is None or int(match[2]) > _WHOLE:
            raise ValueError(f"`{part}`: expected queue=share, such as content=500, of content, orders, senior")
        found[match[1]] = int(match[2])
    return found
