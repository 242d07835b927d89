"""What was told of an order's payment stands beside the order, with what of it contradicts the first word."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_COLUMNS = (
    ("payments", _JSON),
    ("contested_count", sa.Integer()),
    ("contested_fen", sa.BigInteger()),
    ("contested_facts", _JSON),
)


def upgrade() -> None:
    for name, kind in _COLUMNS:
        op.add_column("orders", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _ in reversed(_COLUMNS):
        op.drop_column("orders", name)
