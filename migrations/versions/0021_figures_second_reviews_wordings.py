"""Counts of the dashboard, second reviews and gold cases, wordings, mentions, files of cases, officers' comfort."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KEY, NAME, INSTANT = sa.String(36), sa.String(128), sa.DateTime(timezone=True)


def upgrade() -> None:
    _figures()


def downgrade() -> None:
    op.drop_index("ix_cases_state_opened_at", table_name="cases")
    for table in ("figure_mark", "figure_count"):
        op.drop_table(table)


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
