"""Inbox, addresses, threads, opt-outs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of the message channels."""
    op.create_table(
        "seen",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("at", sa.Float, nullable=False, index=True),
    )
    op.create_table(
        "inbox",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("sender_id", sa.String(80), nullable=False, index=True),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("received", sa.Float, nullable=False),
        sa.Column("due", sa.Float, nullable=False, index=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("trying", sa.Float),
    )
    op.create_table(
        "addresses",
        sa.Column("sender_id", sa.String(80), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("keep_until", sa.Float, nullable=False, index=True),
    )
    op.create_table(
        "threads",
        sa.Column("sender_id", sa.String(80), primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("keep_until", sa.Float, nullable=False, index=True),
    )
    op.create_table(
        "opt_outs",
        sa.Column("sender_id", sa.String(80), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """Drops them."""
    for name in ("opt_outs", "threads", "addresses", "inbox", "seen"):
        op.drop_table(name)
