"""Who acts on the command line: an officer by name. Whoever reaches it reaches the database; no password is asked."""

from __future__ import annotations

from collections.abc import Collection

from app.errors import Forbidden
from app.flows.parts import Parts
from app.officers import find_officer
from app.values.access import Caller, Role

FINANCE = (Role.FINANCE, Role.ADMIN)
DECIDERS = (Role.OFFICER, Role.SENIOR, Role.FINANCE, Role.ADMIN)


def acting(parts: Parts, username: str, roles: Collection[Role]) -> Caller:
    """The officer, who must have one of the roles; raises Forbidden."""
    with parts.db.read() as session:
        found = find_officer(session, username)
    if found is None or found.disabled_at is not None or not set(found.roles) & set(roles):
        raise Forbidden(f"there is no officer {username} with one of the roles {', '.join(roles)}")
    shops = None if found.shop_ids is None else frozenset(found.shop_ids)
    return Caller(found.id, f"officer:{found.username}", frozenset(found.roles), shops)
