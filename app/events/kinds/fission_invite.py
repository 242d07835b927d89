"""``fission.invite``: somebody was brought into a campaign by somebody else."""

from __future__ import annotations

from app.events.columns import looks
from app.events.consent_facts import KEPT
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="fission.invite",
    subject="invite",
    key="invite_id",
    doc="Somebody was brought into a campaign by somebody else.",
    facts=(
        Fact("invite_id", FactType.TEXT, doc="the invitation's number; may be left out, it is the subject"),
        Fact("campaign_id", FactType.TEXT, Presence.REQUIRED, doc="the campaign"),
        Fact("inviter_ref", FactType.TEXT, Presence.REQUIRED, doc="opaque reference of who invited"),
        Fact("invitee_ref", FactType.TEXT, doc="opaque reference of who came; left out: nobody came yet"),
        Fact("device_ref", FactType.TEXT, doc="opaque reference of the device of who came"),
        Fact("is_new_customer", FactType.BOOL, doc="who came had bought nothing before"),
        Fact(
            "via",
            FactType.TEXT,
            choices=("link", "code", "miniprogram_card", "contacts_upload"),
            doc="how; contacts_upload: from the inviter's address book; None: not said",
        ),
        Fact("saved_fields", FactType.TEXT_LIST, doc="what is kept of who was invited: mobile, name …"),
        Fact("invitee_consented", FactType.BOOL, Presence.EXPECTED, doc="who was invited agreed to that"),
        *KEPT,
        *looks(
            "past",
            cycle_count=(FactType.INT, "1: who came had, over others, invited who invites now; None: nobody came"),
        ),
    ),
)
