"""``tryon.session``: somebody tries something on with a camera."""

from __future__ import annotations

from app.events.consent_facts import AGE, GUARDIAN, KEPT, KEPT_MINOR, SEPARATE
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="tryon.session",
    subject="session",
    doc="Somebody tries something on with a camera.",
    facts=(
        Fact("collects_face", FactType.BOOL, Presence.EXPECTED, doc="takes pictures of the face"),
        Fact("collects_body", FactType.BOOL, Presence.EXPECTED, doc="takes measures or pictures of the body"),
        Fact("is_bundled", FactType.BOOL, Presence.EXPECTED, doc="buying, or anything else, is only possible with it"),
        SEPARATE,
        AGE,
        GUARDIAN,
        Fact("captured_at", FactType.INSTANT, doc="when the pictures were taken; None: none were"),
        Fact("image_deleted_at", FactType.INSTANT, doc="when they were deleted; None: they were not"),
        Fact("person_ref", FactType.TEXT, doc="opaque reference of who tries on; None: not told"),
        *KEPT,
        *KEPT_MINOR,
    ),
)
