"""Wordlists: checks, sources, refreshes, canaries, uploads, proposed changes, counts by word, screenings that wait."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
KEY, NAME, DIGEST = sa.String(length=36), sa.String(length=128), sa.String(length=80)
SHORT, WORD = sa.String(length=64), sa.String(length=300)


def _column(name: str, type_: object, *, null: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=null)


def upgrade() -> None:
    op.create_table(
        "wordlist_check",
        _column("id", sa.String(length=16)),
        _column("checked_at", INSTANT, null=True),
        _column("locked_by", KEY, null=True),
        _column("locked_until", INSTANT, null=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wordlist_check")),
    )
    # Lists in force count as checked at the upgrade: by their own age contents would wait until the first check.
    op.execute(
        "INSERT INTO wordlist_check (id, checked_at) SELECT 'wordlists', CURRENT_TIMESTAMP FROM active_snapshot"
        " WHERE kind = 'wordlists' AND snapshot_id IS NOT NULL"
    )
    op.create_table(
        "wordlist_source",
        _column("name", SHORT),
        _column("seen", DIGEST, null=True),
        _column("mark", sa.String(length=200), null=True),
        _column("version", sa.Integer(), null=True),
        _column("lists", JSON),
        _column("state", sa.String(length=12)),
        _column("error", sa.Text(), null=True),
        _column("held_snapshot", DIGEST, null=True),
        _column("tried_at", INSTANT),
        _column("checked_at", INSTANT, null=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_wordlist_source")),
    )
    op.create_table(
        "wordlist_refresh",
        _column("id", KEY),
        _column("asked_by", NAME),
        _column("state", sa.String(length=12)),
        _column("started_at", INSTANT),
        _column("finished_at", INSTANT, null=True),
        _column("steps", JSON),
        _column("sources", JSON),
        _column("snapshot", DIGEST, null=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wordlist_refresh")),
    )
    op.create_index("ix_wordlist_refresh_started_at", "wordlist_refresh", ["started_at"], unique=False)
    op.create_table(
        "wordlist_canary",
        _column("snapshot_id", DIGEST),
        _column("source", SHORT),
        _column("refresh_id", KEY),
        _column("holds", JSON),
        _column("findings", JSON),
        _column("canary", JSON),
        _column("created_at", INSTANT),
        sa.PrimaryKeyConstraint("snapshot_id", name=op.f("pk_wordlist_canary")),
    )
    op.create_table(
        "wordlist_upload",
        _column("name", SHORT),
        _column("text", sa.LargeBinary()),
        _column("file_name", sa.String(length=200)),
        _column("encoding", sa.String(length=16)),
        _column("reason", sa.Text()),
        _column("uploaded_by", NAME),
        _column("uploaded_at", INSTANT),
        _column("held_snapshot", DIGEST, null=True),
        _column("is_new", sa.Boolean()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_wordlist_upload")),
    )
    op.create_table(
        "waiting_screening",
        _column("screening_id", KEY),
        _column("since", INSTANT),
        sa.PrimaryKeyConstraint("screening_id", name=op.f("pk_waiting_screening")),
    )
    op.create_table(
        "word_change",
        _column("id", KEY),
        _column("what", sa.String(length=8)),
        _column("wordlist", SHORT),
        _column("category", SHORT),
        _column("word", WORD),
        _column("value", WORD),
        _column("state", sa.String(length=12)),
        _column("reason", sa.Text()),
        _column("case_id", KEY, null=True),
        _column("details", JSON),
        _column("proposed_by", NAME),
        _column("proposed_at", INSTANT),
        _column("confirm_by", INSTANT, null=True),
        _column("decided_by", NAME, null=True),
        _column("decided_at", INSTANT, null=True),
        _column("snapshot_id", DIGEST, null=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_change")),
    )
    op.create_index("ix_word_change_state_proposed_at", "word_change", ["state", "proposed_at"], unique=False)
    op.create_index("ix_word_change_wordlist_word", "word_change", ["wordlist", "word"], unique=False)
    op.create_table(
        "word_day",
        _column("wordlist", SHORT),
        _column("word", WORD),
        _column("day_at", INSTANT),
        _column("hits", sa.Integer()),
        _column("upheld", sa.Integer()),
        _column("cleared", sa.Integer()),
        sa.PrimaryKeyConstraint("wordlist", "word", "day_at", name=op.f("pk_word_day")),
    )


def downgrade() -> None:
    for table in ("word_day", "waiting_screening", "wordlist_upload", "wordlist_canary"):
        op.drop_table(table)
    op.drop_index("ix_word_change_wordlist_word", table_name="word_change")
    op.drop_index("ix_word_change_state_proposed_at", table_name="word_change")
    op.drop_table("word_change")
    op.drop_index("ix_wordlist_refresh_started_at", table_name="wordlist_refresh")
    for table in ("wordlist_refresh", "wordlist_source", "wordlist_check"):
        op.drop_table(table)
