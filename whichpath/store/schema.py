"""The tables. Changes go through ``whichpath/store/migrations``.

No table of the message channels holds an address or a text in the clear: columns named ``sealed`` are encrypted
(:mod:`whichpath.store.encryption`), and people are identified by pseudonyms (:mod:`whichpath.store.identity`).
Times are seconds since 1970.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()
_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")

#: All accepted messages, as keyed hashes of the provider's ids, to detect duplicates.
seen = sa.Table(
    "seen",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
)

#: Messages not answered yet. A row is deleted as soon as its answer is sent.
inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("seq", _Number, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("sender_id", sa.String(80), nullable=False, index=True),
    sa.Column("sealed", sa.Text, nullable=False),  # the message and the address
    sa.Column("received", sa.Float, nullable=False),
    sa.Column("due", sa.Float, nullable=False, index=True),  # it cannot be claimed before
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("answer", sa.Text),  # encrypted deliveries, once the turn is done
    sa.Column("sent", sa.Integer, nullable=False),  # how many of them were sent
    sa.Column("trying", sa.Float),  # when the next one was begun; it may have been sent
)

#: Addresses, kept as long as they are needed.
addresses = sa.Table(
    "addresses",
    metadata,
    sa.Column("sender_id", sa.String(80), primary_key=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("keep_until", sa.Float, nullable=False, index=True),
)

#: The state of a channel between two messages: the last menu, the rest of an answer.
threads = sa.Table(
    "threads",
    metadata,
    sa.Column("sender_id", sa.String(80), primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("keep_until", sa.Float, nullable=False, index=True),
)

#: Opt-outs. Kept until the person sends START.
opt_outs = sa.Table(
    "opt_outs",
    metadata,
    sa.Column("sender_id", sa.String(80), primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
)

#: Reminders. A row is deleted when the day is over.
reminder = sa.Table(
    "reminder",
    metadata,
    sa.Column("seq", _Number, primary_key=True, autoincrement=True),
    sa.Column("sender_id", sa.String(80), nullable=False, index=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),  # `day_before` or `morning`
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("due", sa.Float, nullable=False),  # UTC, as all times
    sa.Column("until", sa.Float, nullable=False),  # later than this its words ("tomorrow") would be wrong
    sa.Column("ends", sa.Float, nullable=False, index=True),  # the day in court is over
    sa.Column("state", sa.String(8), nullable=False),  # `waiting`, `sent`, `over` (given up)
    sa.Column("free_at", sa.Float, nullable=False, index=True),  # it cannot be claimed before
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("trying", sa.Float),  # when sending began; it may have been sent
    sa.Column("sent_at", sa.Float),
    sa.UniqueConstraint("sender_id", "kind", "day", name="reminder_once"),
)

#: The conversations: Rasa's table (:class:`rasa.core.tracker_store.SQLTrackerStore`), with 64-bit ids, and with indexes
#: for its queries.
events = sa.Table(
    "events",
    metadata,
    sa.Column("id", _Number, primary_key=True, autoincrement=True),
    sa.Column("sender_id", sa.String(255), nullable=False),
    sa.Column("type_name", sa.String(255), nullable=False),
    sa.Column("timestamp", sa.Float),
    sa.Column("intent_name", sa.String(255)),
    sa.Column("action_name", sa.String(255)),
    sa.Column("data", sa.Text),
    sa.Index("events_in_order", "sender_id", "id"),  # a conversation, read at once
    sa.Index("events_by_age", "sender_id", "timestamp"),  # the time of the last event, without reading the rows
)

#: Counts of unanswered messages by day, kind (`fallback`, `out_of_scope`, `unavailable`) and nearest topic.
insight = sa.Table(
    "insight",
    metadata,
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("topic", sa.String(40), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

#: Unanswered messages without names and numbers, with consent of operator and person.
phrase = sa.Table(
    "phrase",
    metadata,
    sa.Column("seq", _Number, primary_key=True, autoincrement=True),
    sa.Column("sender_id", sa.String(80), nullable=False, index=True),  # needed for erasure
    sa.Column("topic", sa.String(40), nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("keep_until", sa.Float, nullable=False, index=True),
)

#: What the jobs did: how often, and when last. No personal data.
job = sa.Table(
    "job",
    metadata,
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("event", sa.String(16), primary_key=True),  # see `whichpath.store.jobs.EVENTS`
    sa.Column("count", _Number, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)
