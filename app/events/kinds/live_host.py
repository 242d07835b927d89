"""``live.host``: a shop has verified (or could not verify) somebody who hosts."""

from __future__ import annotations

from app.events.columns import copies
from app.values.facts import EventKind, Fact, FactType, Presence

AGE_BANDS = ("under_16", "16_17", "adult")

KIND = EventKind(
    name="live.host",
    subject="host",
    key="host_ref",
    doc="Somebody who hosts was verified, or could not be.",
    facts=(
        Fact("host_ref", FactType.TEXT, doc="opaque reference of the host; may be left out, it is the subject"),
        Fact("is_verified", FactType.BOOL, Presence.REQUIRED, doc="their real name was checked and is right"),
        Fact("verified_at", FactType.INSTANT, doc="when it was checked; left out: when the event happened"),
        Fact("age_band", FactType.TEXT, choices=AGE_BANDS, doc="by the identity checked; None: not known"),
        Fact("guardian_consent", FactType.BOOL, doc="a guardian agreed to them hosting; asked of 16 and 17 year olds"),
    ),
    at="verified_at",
    updates=(copies("host", "host_ref", "is_verified", "verified_at", "age_band", "guardian_consent"),),
    occasion=("verified_at",),
)
