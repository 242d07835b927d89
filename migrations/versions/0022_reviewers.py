"""Reviewers' opinions, checks whose results come later, and trained models with the history of their use."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
KEY, NAME, DIGEST = sa.String(length=36), sa.String(length=128), sa.String(length=80)


def _column(name: str, type_: object, *, null: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=null)


def upgrade() -> None:
    op.create_table(
        "reviewer_opinion",
        _column("id", KEY),
        _column("org_id", NAME),
        _column("shop_id", NAME),
        _column("screening_id", KEY),
        _column("reviewer", NAME),
        _column("version", DIGEST),
        _column("material", DIGEST),
        _column("state", sa.String(length=10)),
        _column("verdict", sa.String(length=8), null=True),
        _column("score_bp", sa.Integer(), null=True),
        _column("reason", sa.Text()),
        _column("why", sa.String(length=32), null=True),
        _column("facts", JSON),
        _column("is_advice", sa.Boolean()),
        _column("is_repeated", sa.Boolean()),
        _column("asked_at", INSTANT),
        _column("answered_at", INSTANT, null=True),
        _column("took_ms", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_opinion")),
        sa.UniqueConstraint("screening_id", "reviewer", name=op.f("uq_reviewer_opinion_screening_id_reviewer")),
    )
    op.create_index("ix_reviewer_opinion_material_reviewer", "reviewer_opinion", ["material", "reviewer"])
    op.create_index("ix_reviewer_opinion_reviewer_asked_at", "reviewer_opinion", ["reviewer", "asked_at"])
    op.create_index("ix_reviewer_opinion_shop_id_asked_at", "reviewer_opinion", ["shop_id", "asked_at"])
    op.create_table(
        "awaited_check",
        _column("trace_id", sa.String(length=128)),
        _column("reviewer", NAME),
        _column("screening_id", KEY, null=True),
        _column("suggest", sa.String(length=16), null=True),
        _column("label", sa.Integer(), null=True),
        _column("errcode", sa.Integer(), null=True),
        _column("asked_at", INSTANT, null=True),
        _column("answered_at", INSTANT, null=True),
        sa.PrimaryKeyConstraint("trace_id", name=op.f("pk_awaited_check")),
    )
    op.create_index("ix_awaited_check_screening_id", "awaited_check", ["screening_id"])
    op.create_table(
        "reviewer_model",
        _column("id", DIGEST),
        _column("name", NAME),
        _column("trained_at", INSTANT),
        _column("trained_by", NAME),
        _column("is_good", sa.Boolean()),
        _column("report", JSON),
        _column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_model")),
    )
    op.create_index("ix_reviewer_model_name_trained_at", "reviewer_model", ["name", "trained_at"])
    op.create_table(
        "reviewer_model_use",
        _column("id", KEY),
        _column("name", NAME),
        _column("model_id", DIGEST, null=True),
        _column("used_at", INSTANT),
        _column("used_by", NAME),
        _column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_model_use")),
    )
    op.create_index("ix_reviewer_model_use_name_id", "reviewer_model_use", ["name", "id"])


def downgrade() -> None:
    for table in ("reviewer_model_use", "reviewer_model", "awaited_check", "reviewer_opinion"):
        op.drop_table(table)
