"""Facts that several kinds about live rooms share: who hosts, and how the room and its flags stand."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import Fact, FactType, Origin


def _past(name: str, doc: str) -> Fact:
    return Fact(f"past.{name}", FactType.INT, origin=Origin.COMPUTED, unit="count", doc=doc)


HOSTS = (
    _past("unverified_host_count", "hosts whose verification failed or is too old"),
    _past("unknown_host_count", "hosts nobody has ever verified here"),
    _past("child_host_count", "hosts who are too young to host at all"),
    _past("unconsented_host_count", "hosts of 16 or 17 without their guardian's consent"),
    _past("ageless_host_count", "verified hosts whose age nobody said"),
)
ROOM = looks(
    "room",
    started_at=(FactType.INSTANT, "when the broadcast began; None: nobody told"),
    ended_at=(FactType.INSTANT, "when it ended"),
    category=(FactType.TEXT, "what is mainly sold"),
    virtual_background=(FactType.BOOL, "the set is made by a computer"),
    digital_human=(FactType.BOOL, "the host is made by a computer"),
    operator_shown=(FactType.BOOL, "who operates was shown when somebody looked last"),
    operator_missing_count=(FactType.INT, "looks in a row at which it was not"),
    pk_id=(FactType.TEXT, "the contest that runs; None: none does"),
    flag_count=(FactType.INT, "words flagged so far"),
)
FLAG = looks(
    "flag",
    room_id=(FactType.TEXT, "the room it was said in"),
    category=(FactType.TEXT, "category of the word"),
    verdict=(FactType.TEXT, "what its list says of it"),
    word=(FactType.TEXT, "the word as listed"),
    said_at=(FactType.INSTANT, "when it was said"),
    corrected_at=(FactType.INSTANT, "when it was set right; None: it was not"),
)
