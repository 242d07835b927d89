"""``profile.export``: a profile leaves the system it was built in."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="profile.export",
    subject="person",
    doc="A profile leaves the system it was built in.",
    facts=(
        Fact(
            "has_raw_3d",
            FactType.BOOL,
            Presence.EXPECTED,
            doc="contains the raw data of a 3D profile (body, face, space)",
        ),
        Fact("is_plaintext", FactType.BOOL, Presence.EXPECTED, doc="leaves unencrypted"),
        Fact("recipient", FactType.TEXT, doc="to whom it is given outside the organisation; None: nobody"),
    ),
)
