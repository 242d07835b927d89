"""What a telling said, fact by fact, as people read it: yuan, China's time, each receiver with its amount."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.events.kind import load_kinds
from app.flows.shop_tellings import HIDDEN
from app.money.amounts import yuan
from app.web.console.fact_words import choice_word, value_word
from app.web.console.shown import instant, listed
from app.web.console.words import name, say

_SHOWN_OF_PERSON = 4


def told_value(kind: str, telling: Mapping[str, Any], fact: str) -> str:
    """One fact of a telling; a dash where it does not say it."""
    if fact == "at":
        return instant(datetime.fromisoformat(telling["at"]), "minute")
    value = telling["facts"].get(fact)
    if value is None:
        return "–"
    if fact in _SAID:
        return _SAID[fact](value)
    if fact.endswith("_fen"):
        return say("paid.yuan", amount=yuan(value))
    if fact.startswith("receivers."):
        result, _, fen = str(value).partition(" ")
        return f"{choice_word('result', result)} {say('paid.yuan', amount=yuan(int(fen)))}"
    return value_word(load_kinds().get(kind), fact, value)


def _shop(told: str) -> str:
    return say("paid.other_shop") if told == HIDDEN else told


def _same_facts(told: Sequence[str]) -> str:
    return listed(name("same_fact", each) for each in told)


def _receivers(told: str) -> str:
    return listed((_receiver(each) for each in told.split(", ")), "；")


def _receiver(told: str) -> str:
    """``MERCHANT_ID:1900000109=20000``; of a person no more than the end of the number."""
    whose, _, fen = told.rpartition("=")
    kind, _, account = whose.partition(":")
    shown = account if kind == "MERCHANT_ID" else f"…{account[-_SHOWN_OF_PERSON:]}"
    return f"{shown} {say('paid.yuan', amount=yuan(int(fen)))}"


_SAID: Mapping[str, Callable[[Any], str]] = {"shop_id": _shop, "same_facts": _same_facts, "receivers": _receivers}
