"""``profile.export``: a profile leaves the system it was built in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.consent_facts import KEPT_SEPARATE
from app.events.read_words import names_raw_3d, names_unsealed_3d
from app.values.facts import EventKind, Fact, FactType, Origin, Presence


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "names_raw_3d": bool(names_raw_3d(facts.get("file_names"))),
        "names_unsealed_3d": bool(names_unsealed_3d(facts.get("file_names"))),
    }


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
        Fact("file_names", FactType.TEXT_LIST, doc="names of the files that leave; None: not told"),
        Fact(
            "names_raw_3d",
            FactType.BOOL,
            Presence.REQUIRED,
            Origin.COMPUTED,
            doc="one of them is named as raw three-dimensional data is, such as body.obj",
        ),
        Fact(
            "names_unsealed_3d",
            FactType.BOOL,
            Presence.REQUIRED,
            Origin.COMPUTED,
            doc="and not as an encrypted file is, such as body.obj.enc",
        ),
        *KEPT_SEPARATE,
    ),
    derive=_derive,
)
