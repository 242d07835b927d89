"""Officers' skills, shifts and hand-overs; how they like to look at media and be reminded of breaks; a case's script.

Days that were counted before get the sums without keys that the dashboard reads.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
KEY, NAME = sa.String(length=36), sa.String(length=128)


def _column(name: str, type_: object, *, null: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=null)


def upgrade() -> None:
    op.add_column("officer", sa.Column("skills", JSON, nullable=False, server_default="{}"))
    op.add_column("officer", sa.Column("comfort", JSON, nullable=False, server_default="{}"))
    op.add_column("cases", sa.Column("script", sa.String(length=16), nullable=True))
    op.create_table(
        "officer_shift",
        _column("id", KEY),
        _column("officer_id", KEY),
        _column("kind", sa.String(length=8)),
        _column("weekdays", JSON),
        _column("opens", sa.Integer()),
        _column("closes", sa.Integer()),
        _column("first_day", sa.Date()),
        _column("last_day", sa.Date(), null=True),
        _column("keeps_calendar", sa.Boolean()),
        _column("made_by", NAME),
        _column("made_at", INSTANT),
        _column("ended_at", INSTANT, null=True),
        _column("ended_by", NAME, null=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_shift_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_shift")),
    )
    op.create_index("ix_officer_shift_officer_id", "officer_shift", ["officer_id"])
    op.create_table(
        "handover",
        _column("id", KEY),
        _column("officer", NAME),
        _column("passed_to", NAME, null=True),
        _column("note", sa.Text()),
        _column("case_ids", JSON),
        _column("is_automatic", sa.Boolean()),
        _column("made_at", INSTANT),
        _column("taken_by", NAME, null=True),
        _column("taken_at", INSTANT, null=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_made_at_id", "handover", ["made_at", "id"])

    op.execute(
        "INSERT INTO figure_count (grain, figure, shop_id, at, key, side, count) "
        "SELECT 'bare', figure, shop_id, at, '', side, SUM(count) FROM figure_count "
        "WHERE grain = 'day' AND figure IN ('opened', 'decided', 'judged') GROUP BY figure, shop_id, at, side"
    )


def downgrade() -> None:
    op.execute("DELETE FROM figure_count WHERE grain = 'bare'")
    op.drop_table("handover")
    op.drop_table("officer_shift")
    op.drop_column("cases", "script")
    op.drop_column("officer", "comfort")
    op.drop_column("officer", "skills")
