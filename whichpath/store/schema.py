"""The tables. Changes go through ``whichpath/store/migrations``.

No table of the message channels holds an address or a text in the clear: what is ``sealed`` is encrypted
(:mod:`whichpath.store.encryption`), and who somebody is stands there as a pseudonym (:mod:`whichpath.store.identity`).
Times are seconds since 1970.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()
_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")

#: Every message that was ever taken in, as a keyed hash of the provider's id: a second copy finds its place taken.
seen = sa.Table(
    "seen",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
)

#: Messages not answered yet. A row goes as soon as its answer is out.
inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("seq", _Number, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("sender_id", sa.String(80), nullable=False, index=True),
    sa.Column("sealed", sa.Text, nullable=False),  # the message and the address
    sa.Column("received", sa.Float, nullable=False),
    sa.Column("due", sa.Float, nullable=False, index=True),  # nobody else takes it up before
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("answer", sa.Text),  # encrypted deliveries, once the turn is done
    sa.Column("sent", sa.Integer, nullable=False),  # how many of them are out
    sa.Column("trying", sa.Float),  # since when the next one is on its way, perhaps out already
)

#: Where somebody can be written to, for as long as there is a reason to.
addresses = sa.Table(
    "addresses",
    metadata,
    sa.Column("sender_id", sa.String(80), primary_key=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("keep_until", sa.Float, nullable=False, index=True),
)

#: What a channel itself has to remember between two messages: the last menu, the rest of an answer.
threads = sa.Table(
    "threads",
    metadata,
    sa.Column("sender_id", sa.String(80), primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("keep_until", sa.Float, nullable=False, index=True),
)

#: Who wants no texts. Stays until the person sends START.
opt_outs = sa.Table(
    "opt_outs",
    metadata,
    sa.Column("sender_id", sa.String(80), primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
)

#: Reminders of a day that somebody asked for. A row goes when the day is over.
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
    sa.Column("free_at", sa.Float, nullable=False, index=True),  # nobody takes it up before
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("trying", sa.Float),  # since when it is on its way, perhaps out already
    sa.Column("sent_at", sa.Float),
    sa.UniqueConstraint("sender_id", "kind", "day", name="reminder_once"),
)

#: The conversations: Rasa's table (:class:`rasa.core.tracker_store.SQLTrackerStore`), with room for more rows
#: than 32 bits count, and with the indexes that its queries need however many conversations there are.
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
    sa.Index("events_in_order", "sender_id", "id"),  # a conversation, read in one go
    sa.Index("events_by_age", "sender_id", "timestamp"),  # when somebody was last here, without reading the rows
)

#: How often we could not answer, by day, way (`fallback`, `out_of_scope`, `unavailable`) and nearest topic.
insight = sa.Table(
    "insight",
    metadata,
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("topic", sa.String(40), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

#: What was asked and not answered, without names and numbers, where operator and person both allow it.
phrase = sa.Table(
    "phrase",
    metadata,
    sa.Column("seq", _Number, primary_key=True, autoincrement=True),
    sa.Column("sender_id", sa.String(80), nullable=False, index=True),  # so that erasing finds it
    sa.Column("topic", sa.String(40), nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("keep_until", sa.Float, nullable=False, index=True),
)

#: What the jobs did: how often, and when last. No person.
job = sa.Table(
    "job",
    metadata,
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("event", sa.String(16), primary_key=True),  # see `whichpath.store.jobs.EVENTS`
    sa.Column("count", _Number, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)
