"""Rasa's table of events, which its tracker store made by itself until now."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RASAS_INDEX = "ix_events_sender_id"


def upgrade() -> None:
    """Creates the table, or replaces the indexes of an existing one."""
    found = sa.inspect(op.get_bind())
    if not found.has_table("events"):
        op.create_table(
            "events",
            sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
            sa.Column("sender_id", sa.String(255), nullable=False),
            sa.Column("type_name", sa.String(255), nullable=False),
            sa.Column("timestamp", sa.Float),
            sa.Column("intent_name", sa.String(255)),
            sa.Column("action_name", sa.String(255)),
            sa.Column("data", sa.Text),
        )
    else:
        if any(index["name"] == RASAS_INDEX for index in found.get_indexes("events")):
            op.drop_index(RASAS_INDEX, "events")
        if op.get_bind().dialect.name == "postgresql":
            op.alter_column("events", "id", type_=sa.BigInteger())
            op.execute("ALTER SEQUENCE IF EXISTS events_id_seq AS bigint")
    op.create_index("events_in_order", "events", ["sender_id", "id"])
    op.create_index("events_by_age", "events", ["sender_id", "timestamp"])


def downgrade() -> None:
    """Back to the index of Rasa. The conversations stay: they are Rasa's, and were there before."""
    op.drop_index("events_by_age", "events")
    op.drop_index("events_in_order", "events")
    op.create_index(RASAS_INDEX, "events", ["sender_id"])
