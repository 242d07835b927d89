"""Settings of the officers' work: clocks of cases, four eyes, precedents, strikes, appeals; ``Settings`` has them."""

from __future__ import annotations

from pydantic import BaseModel, Field


class OfficerSettings(BaseModel):
    """When cases are due, who decides them with whom, and what follows from a decision."""

    case_clocks: str = Field(
        "",
        description="minutes until cases are due by queue and severity, `senior=240,content:5=30`; else the two SLAs",
    )
    case_hours: str = Field("00:00-24:00", description="hours of a day in which these clocks run, China's time")
    case_weekdays: str = Field("1-7", description="days of the week on which they run, 1 is Monday")
    case_holidays: str = Field("", description="days on which they stand, `2026-10-01..2026-10-08,2027-01-01`")
    case_workdays: str = Field("", description="days that are worked although weekend or holiday (调休)")
    claim_minutes: int = Field(15, ge=1, le=480, description="a case an officer took goes back after this, minutes")
    four_eyes_categories: str = Field("", description="categories whose cases need two officers, comma-separated")
    grey_categories: str = Field("live_vulgarity,minors", description="their images are without colour, too, at first")
    four_eyes_fen: int = Field(50_000, ge=1, description="a case about this much money or more needs two officers, fen")
    bulk_undo_s: int = Field(60, ge=5, le=600, description="a bulk decision can be taken back for so long, seconds")
    near_duplicate_bp: int = Field(
        8_000, ge=5_000, le=10_000, description="texts alike to this share join one case; 10000: only equal ones, bp"
    )
    precedent_days: int = Field(
        30, ge=0, le=365, description="how long a decision counts for the same text in its shop, days; 0: never"
    )
    strike_days: int = Field(90, ge=1, le=1_096, description="how long a strike against a shop or author counts, days")
    penalty_ladder: str = Field(
        "3=warned,6=limited,9=suspended,12=closed",
        description="strike points from which a shop or author stands on each step, lowest first",
    )
    appeal_link_days: int = Field(15, ge=1, le=90, description="how long a merchant's link to contest works, days")
    appeal_answer_minutes: int = Field(4_320, ge=1, description="an appeal is due after this, minutes")
    appeal_file_bytes: int = Field(5 * 2**20, ge=1_024, le=2**25, description="largest file of an appeal, bytes")
