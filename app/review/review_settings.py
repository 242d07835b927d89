"""What holds for all reviewers: how long an opinion is believed again, and whose cases hide opinions until decided."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, Field, ValidationError

from app.errors import Problem, SettingsError
from app.review.backend_settings import EVERYBODY, SETTING, read_sections
from app.settings import Settings


class ReviewSettings(BaseModel, frozen=True, extra="forbid"):
    """The section ``all`` of ``WEIHENG_REVIEWERS``.

    ``cache_days``: the same material is not asked twice within so many days. ``blind_bp``: in this share of cases an
    officer sees the opinions only after deciding, so that agreement is measured and not made.
    """

    cache_days: int = Field(30, ge=0, le=365)
    blind_bp: int = Field(0, ge=0, le=10_000)

    def is_blind(self, case_id: str) -> bool:
        """Whether this case hides its opinions until it is decided; always the same answer for a case."""
        drawn = int.from_bytes(hashlib.sha256(f"blind:{case_id}".encode()).digest()[:4], "big")
        return drawn % 10_000 < self.blind_bp


def read_review_settings(settings: Settings) -> ReviewSettings:
    """The section, checked; raises SettingsError naming everything that is wrong."""
    try:
        return ReviewSettings.model_validate(read_sections(settings).get(EVERYBODY, {}))
    except ValidationError as error:
        problems = [
            Problem(f"{SETTING}: {EVERYBODY}.{'.'.join(map(str, each['loc']))}", each["msg"])
            for each in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("the settings are wrong", problems=problems) from None
