"""Asking the reviewers about a stored content, all at once, and keeping what they say.

content ─ personal data starred ─ said before of the same material? → taken over
                                └ else asked (outside any transaction) ─ kept: given, abstained or awaited
A result the platform sends later joins what was said so far; one that does not come within its time is an abstention.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy.orm import Session

from app import snapshots
from app.errors import NotReady
from app.events.provider import Asking
from app.flows.ask_platform import ask_platform
from app.flows.judge_content import Judged
from app.flows.parts import Parts
from app.flows.picture_words import starred_lines
from app.metrics import REVIEWERS
from app.models import ReviewerOpinion
from app.review import media_results, opinions
from app.review.asking import Asked, ask_together
from app.review.backend import Abstained, Awaited, Desk, Material, Reviewer, Said
from app.text.categories import CATEGORIES_FILE, read_categories
from app.text.findings import Findings
from app.text.personal_data import find_personal_data, redact, without_personal
from app.values.content import ContentToScreen
from app.values.deciding import Opinion
from app.wechat.accounts import ShopAccount
from app.wechat.errors import PlatformRefused

_SHOP = "channels"
_POLICIES: dict[str, Mapping[str, str]] = {}
_POLICIES_MAX = 8


def ask_reviewers(
    parts: Parts, screening_id: str, content: ContentToScreen, judged: Judged, *, is_last: bool, now: datetime
) -> Sequence[ReviewerOpinion]:
    """What every reviewer that wants the content has said of it by now; who has spoken is not asked again."""
    wanted = [each for each in parts.reviewers if not each.is_quick and each.wants(content, judged.decision.decision)]
    material = material_of(content, judged)
    with parts.db.read() as session:
        said = opinions.of_screening(session, screening_id)
        to_ask = [each for each in wanted if _is_to_ask(said.get(each.name))]
        since = now - timedelta(days=parts.review_settings.cache_days)
        before = opinions.known(session, material.digest, {each.name: each.version for each in to_ask}, since=since)
    desk = desk_of(parts, content.shop_id, now=now)
    fresh = [each for each in to_ask if each.name not in before]
    asked = [
        starred_lines(_starred(each))
        for each in ask_together(fresh, _asking(material, desk), breakers=parts.breakers, now=now)
    ]
    _count(asked, before)
    where: dict[str, Any] = {"shop_id": content.shop_id, "screening_id": screening_id, "now": now}
    rows = [opinions.row_of(each, material=material.digest, **where) for each in asked]
    rows += [opinions.repeated_row(each, **where) for each in before.values()]

    def work(session: Session) -> Sequence[ReviewerOpinion]:
        opinions.keep(session, rows)
        opinions.await_checks(session, asked, screening_id=screening_id, now=now)
        for row in opinions.of_screening(session, screening_id).values():
            if row.state == opinions.AWAITED:
                media_results.join(session, row, is_last=is_last, now=now)
        session.flush()
        session.expire_all()
        found = list(opinions.of_screening(session, screening_id).values())
        for row in found:
            session.expunge(row)
        return found

    return parts.db.write(work)


def ask_quick(parts: Parts, content: ContentToScreen, judged: Judged, *, now: datetime) -> tuple[Asked, ...]:
    """What the reviewers say that are asked within the screening; they call nobody, so they need no thread."""
    quick = [each for each in parts.reviewers if each.is_quick and parts.models.current is not None]
    if not quick:
        return ()
    material, desk = material_of(content, judged), desk_of(parts, content.shop_id, now=now)
    verdict = judged.decision.decision
    return tuple(Asked(each, each.review(material, desk), 0) for each in quick if each.wants(content, verdict))


def material_of(content: ContentToScreen, judged: Judged) -> Material:
    """The content as reviewers are shown it: personal data starred, letter for letter."""
    shown = replace(
        content,
        fields={name: without_personal(text) for name, text in content.fields.items()},
        segments=tuple(replace(line, text=without_personal(line.text)) for line in content.segments),
    )
    plain = [
        shown.kind,
        shown.category,
        dict(shown.fields),
        [[line.source, line.text] for line in shown.segments],
        [[medium.type, medium.url, medium.sha256] for medium in shown.media],
    ]
    digest = hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()
    folded = "\n".join(redact(text, find_personal_data(text)) for text in judged.folded)
    found = tuple(dict.fromkeys(hit.word for hit in judged.decision.hits))
    return Material(shown, folded, f"sha256:{digest}", judged.decision.decision, found)


def desk_of(parts: Parts, shop_id: str, *, now: datetime) -> Desk:
    """What reviewers may use on behalf of a shop."""

    def wechat(account: str | None, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return ask_platform(parts, _SHOP, _account(parts, shop_id, account), Asking(path, body), now=now)

    def asked_today(reviewer: str) -> int:
        with parts.db.read() as session:
            return opinions.asked_since(session, reviewer, now - timedelta(days=1))

    return Desk(
        now=now,
        allow_private=parts.settings.outbox_allow_private,
        ask_wechat=wechat,
        policy=lambda: policy_in_force(parts),
        asked_today=asked_today,
        model=parts.models.current,
    )


def policy_in_force(parts: Parts) -> Mapping[str, str]:
    """The categories of what may not be said, by id: their Chinese name and the law behind each."""
    snapshot_id = parts.live.current.wordlists_id
    if snapshot_id not in _POLICIES:
        with parts.db.read() as session:
            files = snapshots.load(session, snapshot_id)
        known = read_categories(files.get(CATEGORIES_FILE, ""), Findings(CATEGORIES_FILE))
        if len(_POLICIES) >= _POLICIES_MAX:
            _POLICIES.clear()
        _POLICIES[snapshot_id] = {name: f"{each.title}（{each.law}）" for name, each in known.items()}
    return _POLICIES[snapshot_id]


def _account(parts: Parts, shop_id: str, name: str | None) -> ShopAccount:
    """The account named, else the shop's own that has keys to ask with."""
    accounts = [each for each in parts.accounts.get(_SHOP, {}).values() if isinstance(each, ShopAccount)]
    fitting = [
        each for each in accounts if each.app_secret and (each.name == name if name else each.shop_id == shop_id)
    ]
    if not fitting:
        raise PlatformRefused(f"no account of channels to ask with for {shop_id}", platform_code="NO_ACCOUNT")
    return fitting[0]


def _asking(material: Material, desk: Desk) -> Any:
    def ask(reviewer: Reviewer) -> Said:
        try:
            return reviewer.review(material, desk)
        except NotReady:  # another process is just renewing the token
            return Abstained("busy", is_failure=True)

    return ask


def _is_to_ask(said: ReviewerOpinion | None) -> bool:
    """Who was never asked, and who failed for a reason that may have passed."""
    return said is None or (said.state == opinions.ABSTAINED and said.why in RETRIED)


RETRIED = frozenset({"timeout", "no_answer", "refused", "nonsense", "resting", "failed", "busy"})
"""Abstentions after which asking again may help."""


def _starred(asked: Asked) -> Asked:
    """What a reviewer says may repeat what it was shown, and more: nothing personal is kept."""
    said = asked.said
    if isinstance(said, Opinion):
        return replace(asked, said=replace(said, reason=without_personal(said.reason)))
    if isinstance(said, Awaited) and said.so_far:
        return replace(
            asked, said=replace(said, so_far=replace(said.so_far, reason=without_personal(said.so_far.reason)))
        )
    return asked


def _count(asked: Sequence[Asked], repeated: Iterable[str]) -> None:
    for each in asked:
        said = each.said
        outcome = "awaited"
        if isinstance(said, Opinion):
            outcome = said.verdict.value
        elif isinstance(said, Abstained):
            outcome = said.why
        REVIEWERS.labels(each.reviewer.name, outcome).inc()
    for name in repeated:
        REVIEWERS.labels(name, "repeated").inc()
