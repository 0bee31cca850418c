"""Reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table of the reminders."""
    op.create_table(
        "reminder",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("sender_id", sa.String(80), nullable=False, index=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("due", sa.Float, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("ends", sa.Float, nullable=False, index=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("free_at", sa.Float, nullable=False, index=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("trying", sa.Float),
        sa.Column("sent_at", sa.Float),
        sa.UniqueConstraint("sender_id", "kind", "day", name="reminder_once"),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("reminder")
