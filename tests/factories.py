"""Rows for tests: every column has a plausible value, and a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.models import Case, Content, DataKey, Officer, Screening, Shop, new_id

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DIGEST = "sha256:" + "0" * 64


def make_shop(session, shop_id="shop-1", **columns):
    return _add(session, Shop(id=shop_id, **{"name": "测试小店", "created_at": NOW} | columns))


def make_officer(session, username="lin", **columns):
    """An officer nobody can sign in as; where a password matters, use ``app.officers.create_officer``."""
    values = {"display_name": "林", "password_hash": "!", "roles": ["officer"], "shop_ids": None, "created_at": NOW}
    return _add(session, Officer(username=username, **values | columns))


def make_content(session, **columns):
    values = {
        "shop_id": "shop-1",
        "content_id": new_id(),
        "version": 1,
        "digest": DIGEST,
        "screening_id": new_id(),
        "decision": "review",
        "status": "held",
        "outcome_by": "system",
        "outcome_at": NOW,
        "created_at": NOW,
    }
    return _add(session, Content(**values | columns))


def make_screening(session, content=None, **columns):
    """A screening of ``content`` (made when not given), which then points at it."""
    content = content or make_content(session)
    values = {
        "id": content.screening_id,
        "content_pk": content.id,
        "shop_id": content.shop_id,
        "version": content.version,
        "digest": content.digest,
        "folded_digest": DIGEST,
        "kind": "video_caption",
        "decision": content.decision,
        "excerpt": "一段文字",
        "request": b"{}",
        "answer": b"{}",
        "rules_snapshot": DIGEST,
        "wordlists_snapshot": DIGEST,
        "took_us": 900,
        "created_at": NOW,
    }
    return _add(session, Screening(**values | columns))


def make_case(session, screening=None, **columns):
    """A case about ``screening`` (made when not given)."""
    screening = screening or make_screening(session)
    values = {
        "shop_id": screening.shop_id,
        "content_pk": screening.content_pk,
        "screening_id": screening.id,
        "folded_digest": screening.folded_digest,
        "decision": screening.decision,
        "category": "advertising",
        "severity": 2,
        "summary": "疑似绝对化用语",
        "opened_at": NOW,
        "due_at": NOW + timedelta(hours=2),
    }
    return _add(session, Case(**values | columns))


def make_data_key(session, person="person-1", **columns):
    """A person's key row with a wrapping that opens under no key."""
    values = {"generation": 1, "kek_version": 1, "wrapped": b"\0" * 60, "created_at": NOW}
    return _add(session, DataKey(person=person, **values | columns))


def _add(session, row):
    session.add(row)
    session.flush()
    return row
