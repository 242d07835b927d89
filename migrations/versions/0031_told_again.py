"""What an event that is told again has caused is found by its id, however many events a shop has."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_event_decision_shop_id_event_id", "event_decision", ["shop_id", "event_id"])
    op.create_index("ix_effect_decision_id", "effect", ["decision_id"])


def downgrade() -> None:
    op.drop_index("ix_effect_decision_id", "effect")
    op.drop_index("ix_event_decision_shop_id_event_id", "event_decision")
