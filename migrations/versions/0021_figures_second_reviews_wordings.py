"""Counts of the dashboard, second reviews and gold cases, wordings, mentions, files of cases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEY, NAME, INSTANT = sa.String(36), sa.String(128), sa.DateTime(timezone=True)


def upgrade() -> None:
    _figures()
    _quality()
    _wordings()
    _beside_cases()


def downgrade() -> None:
    op.drop_index("ix_cases_state_opened_at", table_name="cases")
    op.drop_column("cases", "wording_id")
    for table in (
        "case_file",
        "mention",
        "wording",
        "gold_answer",
        "gold_case",
        "second_review",
        "figure_mark",
        "figure_count",
    ):
        op.drop_table(table)


def _column(name: str, type_: object, *, null: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=null)


def _figures() -> None:
    op.create_table(
        "figure_count",
        sa.Column("grain", sa.String(4), nullable=False),
        sa.Column("figure", sa.String(16), nullable=False),
        sa.Column("shop_id", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("side", sa.String(16), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("grain", "figure", "shop_id", "at", "key", "side", name=op.f("pk_figure_count")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_figure_count_grain_at", "figure_count", ["grain", "at"])
    op.create_table(
        "figure_mark",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("through_at", INSTANT, nullable=False),
        sa.Column("counted_at", INSTANT, nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_mark")),
    )
    op.create_index("ix_cases_state_opened_at", "cases", ["state", "opened_at"])


def _quality() -> None:
    outcome, policy = sa.String(8), sa.String(100)
    op.create_table(
        "second_review",
        _column("id", KEY),
        _column("case_id", KEY),
        _column("shop_id", NAME),
        _column("queue", sa.String(16)),
        _column("category", sa.String(64)),
        _column("rules", JSON),
        _column("state", outcome),
        _column("drawn_at", INSTANT),
        _column("first_by", NAME),
        _column("first_outcome", outcome),
        _column("first_policy", policy, null=True),
        _column("claimed_by", NAME, null=True),
        _column("claimed_until", INSTANT, null=True),
        _column("second_by", NAME, null=True),
        _column("second_at", INSTANT, null=True),
        _column("second_outcome", outcome, null=True),
        _column("second_policy", policy, null=True),
        _column("second_reason", sa.Text(), null=True),
        _column("resolved_by", NAME, null=True),
        _column("resolved_at", INSTANT, null=True),
        _column("resolved_outcome", outcome, null=True),
        _column("lesson", sa.Text(), null=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_second_review_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_review")),
        sa.UniqueConstraint("case_id", name=op.f("uq_second_review_case_id")),
    )
    op.create_index("ix_second_review_state_drawn_at_id", "second_review", ["state", "drawn_at", "id"])
    op.create_index("ix_second_review_second_at", "second_review", ["second_at"])
    op.create_index("ix_second_review_claimed_by_state", "second_review", ["claimed_by", "state"])
    op.create_table(
        "gold_case",
        _column("id", KEY),
        _column("case_id", KEY),
        _column("shop_id", NAME),
        _column("queue", sa.String(16)),
        _column("outcome", outcome),
        _column("lesson", sa.Text()),
        _column("marked_by", NAME),
        _column("marked_at", INSTANT),
        _column("retired_at", INSTANT, null=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_gold_case_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gold_case")),
        sa.UniqueConstraint("case_id", name=op.f("uq_gold_case_case_id")),
    )
    op.create_table(
        "gold_answer",
        _column("id", KEY),
        _column("gold_id", KEY),
        _column("officer", NAME),
        _column("outcome", outcome),
        _column("is_right", sa.Boolean()),
        _column("answered_at", INSTANT),
        sa.ForeignKeyConstraint(["gold_id"], ["gold_case.id"], name=op.f("fk_gold_answer_gold_id_gold_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gold_answer")),
        sa.UniqueConstraint("officer", "gold_id", name=op.f("uq_gold_answer_officer_gold_id")),
    )


def _wordings() -> None:
    op.create_table(
        "wording",
        _column("id", KEY),
        _column("org_id", NAME),
        _column("outcome", sa.String(8)),
        _column("policy", sa.String(100)),
        _column("version", sa.Integer()),
        _column("text", sa.Text()),
        _column("state", sa.String(8)),
        _column("reason", sa.Text()),
        _column("proposed_by", NAME),
        _column("proposed_at", INSTANT),
        _column("decided_by", NAME, null=True),
        _column("decided_at", INSTANT, null=True),
        _column("decided_reason", sa.Text(), null=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
        sa.UniqueConstraint(
            "org_id", "outcome", "policy", "version", name=op.f("uq_wording_org_id_outcome_policy_version")
        ),
    )
    op.create_index("ix_wording_state_outcome_policy_version", "wording", ["state", "outcome", "policy", "version"])
    op.add_column("cases", _column("wording_id", KEY, null=True))


def _beside_cases() -> None:
    op.create_table(
        "mention",
        _column("id", KEY),
        _column("case_id", KEY),
        _column("officer", NAME),
        _column("named_by", NAME),
        _column("named_at", INSTANT),
        _column("text", sa.Text()),
        _column("seen_at", INSTANT, null=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_mention_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
    )
    op.create_index("ix_mention_officer_seen_at_id", "mention", ["officer", "seen_at", "id"])
    op.create_index("ix_mention_case_id", "mention", ["case_id"])
    op.create_table(
        "case_file",
        _column("id", KEY),
        _column("case_id", KEY),
        _column("name", sa.LargeBinary()),
        _column("body", sa.LargeBinary()),
        _column("media_type", sa.String(32)),
        _column("size", sa.Integer()),
        _column("sha256", sa.String(80)),
        _column("added_by", NAME),
        _column("added_at", INSTANT),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_file_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    op.create_index("ix_case_file_case_id", "case_file", ["case_id"])
