"""Asking the platform for what a push left out, as a job; and asking again before money moves.

claimed row ─ ask ─ meaning of the answer ─ take_events ─ one unit of work: further questions queued, row finished
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import queue
from app.errors import NotFound
from app.events.provider import Lookup, Meaning
from app.flows.ask_platform import ask_platform
from app.flows.parts import Parts
from app.flows.receive_message import find_account
from app.flows.work_inbound import HOPELESS, add_lookups, give_up, tell
from app.wechat.accounts import ShopAccount

_SHOP = "channels"
_MOST = 20


@dataclass(frozen=True, slots=True)
class FetchedAgain:
    """The facts of an order were fetched ``at`` an instant; ``events`` is how many things the platform told."""

    at: datetime
    events: int


def look_up_platform(parts: Parts, claim: queue.Claim, *, now: datetime) -> None:
    """Work one question."""
    said = claim.payload
    lookup = Lookup(said["what"], said["asked"], said["cause"])
    try:
        meaning = _answered(parts, said["provider"], said["account"], lookup, now=now)
        tell(parts, meaning.events, now=now)
    except (*HOPELESS, NotFound) as error:
        give_up(parts, claim, error, now=now)
        return

    def work(session: Session) -> None:
        if queue.finish(session, claim, now=now):
            add_lookups(session, said["provider"], said["account"], meaning.lookups, now=now)

    parts.db.write(work)


def fetch_order_again(parts: Parts, *, shop_id: str, order_id: str, now: datetime) -> FetchedAgain:
    """Bring an order's facts up to date before an automatic payment: the order itself and its after-sales.

    What the platform tells is taken as events before this returns, so whoever reads the facts next reads them new.

    Raises:
        NotFound: no account of the shop can be asked; then nothing was checked, and a person has to.
        PlatformRefused, Untrusted, InvalidInput: an answer that nothing can be built on; a person has to look.
        PlatformBusy, NotReady: ask again later, and pay nothing until then.
    """
    name = _account_of(parts, shop_id)
    open_, told = [Lookup("order", {"order_id": order_id}, {"at": now.isoformat(), "whole": True})], 0
    for _ in range(_MOST):
        if not open_:
            return FetchedAgain(now, told)
        meaning = _answered(parts, _SHOP, name, open_.pop(), now=now)
        tell(parts, meaning.events, now=now, is_heard=False)
        told += len(meaning.events)
        open_ += meaning.lookups
    raise NotFound(f"order {order_id} leads to more than {_MOST} questions")


def _account_of(parts: Parts, shop_id: str) -> str:
    accounts: Iterable[object] = parts.accounts.get(_SHOP, {}).values()
    for each in accounts:
        if isinstance(each, ShopAccount) and each.shop_id == shop_id and each.app_secret is not None:
            return each.name
    raise NotFound(f"no account of {shop_id} with an app_secret, so its orders cannot be fetched")


def _answered(parts: Parts, provider_name: str, account_name: str, lookup: Lookup, *, now: datetime) -> Meaning:
    provider, account = find_account(parts, provider_name, account_name)
    kind = provider.lookups[lookup.what]
    answer = ask_platform(parts, provider_name, account, kind.asking(lookup.asked), now=now)
    return kind.meaning(account, lookup, answer, now)
