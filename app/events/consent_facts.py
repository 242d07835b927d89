"""Facts about a person's consent that several event kinds carry, declared once so that they read the same everywhere.

They may be sent by whoever keeps consents elsewhere; where this service keeps them, ``app.consents`` gives them by the
same names.
"""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import Fact, FactType, Presence

IS_VALID = Fact(
    "consent.is_valid",
    FactType.BOOL,
    Presence.EXPECTED,
    doc="a consent for this purpose and channel is in force: given, complete, of today's text, not withdrawn",
)
WITHDRAWN_AT = Fact("consent.withdrawn_at", FactType.INSTANT, doc="when the consent was withdrawn; None: it was not")
SEPARATE = Fact(
    "separate_consent",
    FactType.BOOL,
    Presence.EXPECTED,
    doc="consent was given to exactly this by itself, not together with anything else",
)
AGE = Fact("age", FactType.INT, Presence.EXPECTED, unit="years", doc="the person's age")
GUARDIAN = Fact(
    "guardian_consent", FactType.BOOL, Presence.EXPECTED, doc="a parent or other guardian consented for the person"
)
ELEMENTS = (
    Fact("consent.subject", FactType.TEXT, doc="who consented, as the caller refers to them"),
    Fact("consent.purpose", FactType.TEXT, doc="to what end"),
    Fact("consent.scope", FactType.TEXT, doc="to the use of which data"),
    Fact("consent.version", FactType.TEXT, doc="version of the text that was shown"),
    Fact("consent.given_at", FactType.INSTANT, doc="when"),
    Fact("consent.channel", FactType.TEXT, doc="where it was given, e.g. miniprogram, wecom"),
    Fact("consent.withdrawal", FactType.TEXT, doc="how it can be withdrawn, as the person was told"),
)
KEPT = looks(
    "kept",
    is_known=(FactType.BOOL, "the register keeps consents of the person"),
    has_consent=(FactType.BOOL, "the register has the person's consent to this purpose, in force"),
    withdrawn_at=(
        FactType.INSTANT,
        "when it was withdrawn, as the register says; None: it was not, or there is a new one",
    ),
)
"""What this service's own register of consents says, whatever the caller says."""
KEPT_SEPARATE = looks(
    "kept",
    is_known=(FactType.BOOL, "the register keeps consents of the person"),
    has_separate=(
        FactType.BOOL,
        "the register has a consent of its own to giving the data to this recipient, in force",
    ),
)
KEPT_SENSITIVE = looks(
    "kept",
    is_known=(FactType.BOOL, "the register keeps consents of the person"),
    has_sensitive=(
        FactType.BOOL,
        "the register has a consent of its own to using this kind of sensitive data, in force",
    ),
)
KEPT_MINOR = looks(
    "kept", is_minor=(FactType.BOOL, "the person's newest consent was given for somebody under 14; None: there is none")
)
