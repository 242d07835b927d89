"""Settings of where wordlists come from and which changes wait for a person; ``Settings`` has them too."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field


class WordlistSettings(BaseModel):
    """How wordlists are fetched, how old they may be, and what is too much of a change."""

    wordlist_sources: Path | None = Field(None, description="YAML file with further sources of wordlists")
    wordlist_refresh_minutes: int = Field(
        50, ge=0, le=59, description="how often wordlists are refreshed, minutes; 0: only from outside (cron)"
    )
    wordlist_stale_s: int = Field(3_600, ge=60, description="wordlists not checked for so long are stale, seconds")
    wordlist_expired_s: int = Field(7_200, ge=60, description="… and after this nothing passes by itself, seconds")
    stale_wordlists: Literal["pending", "alarm"] = Field(
        "pending", description="what would pass by stale wordlists: waits until they are fresh, or only an alarm"
    )
    wordlist_change_bp: int = Field(
        2_000, ge=0, le=10_000, description="a list that changes by more than this share waits for a person, bp"
    )
    wordlist_new_blocks_bp: int = Field(
        50, ge=0, le=10_000, description="more newly blocked contents in the canary than this wait for a person, bp"
    )
    wordlist_canary: int = Field(10_000, ge=0, le=100_000, description="stored screenings a refresh is tried on")
    wordlist_timeout_s: float = Field(30, gt=0, le=300, description="time for one file of a source, seconds")
    wordlist_max_bytes: int = Field(16 * 2**20, ge=1_024, le=2**25, description="largest file of a source, bytes")
    wordlist_allow_private: bool = Field(False, description="allow sources at loopback and private addresses")
    urgent_confirm_minutes: int = Field(
        60,
        ge=1,
        le=1_440,
        description="an urgent word is withdrawn unless a second person confirms it in time, minutes",
    )
