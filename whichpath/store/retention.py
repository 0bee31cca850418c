"""Deletes expired conversations; the retention times by channel.

Several processes may do it at once, also while turns are taken. A running turn loses nothing: after an idle time longer
than a session (``domain.yml``) it starts a new session, whose rows are all new.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.sql import ColumnElement

from whichpath.registry import channels
from whichpath.settings import read_settings
from whichpath.store.inbox import IDLE, SESSION, Inbox
from whichpath.store.insights import Insights
from whichpath.store.reminders import Reminders
from whichpath.store.schema import events, inbox

#: Conversations that are deleted in one batch.
BATCH = 200


def keep_seconds(environment: Mapping[str, str] = os.environ) -> dict[str, float]:
    """Seconds after the last word for which a conversation is kept, by the prefix of its id; ``""``: all others.

    Never less than a session, because a turn might be running.
    """
    settings = read_settings(environment)
    own = {f"{channel.name}:": channel.kept(settings) for channel in channels() if channel.kept}
    return {**{prefix: max(IDLE, seconds) for prefix, seconds in own.items()}, "": SESSION}


class Retention:
    """Deletes by age. ``now`` is the clock; tests move it."""

    def __init__(self, engine: Engine, keep: Mapping[str, float] | None = None, now: Callable[[], float] = time.time):
        self.engine = engine
        self.keep = keep or keep_seconds()
        self.now = now

    def conversations(self) -> int:
        """Deletes expired conversations, and of the others all sessions but the last; returns the number of rows.

        Raises:
            SQLAlchemyError: the database does not answer.
        """
        gone = 0
        named = [prefix for prefix in self.keep if prefix]
        for prefix, seconds in self.keep.items():
            of_channel = (
                [events.c.sender_id.startswith(prefix, autoescape=True)]
                if prefix
                else [~events.c.sender_id.startswith(other, autoescape=True) for other in named]
            )
            moment = self.now() - seconds
            for senders in self._batches(of_channel, moment):
                gone += self._delete(senders, moment)
        return gone

    def _batches(self, of_channel: list[ColumnElement], moment: float) -> Iterator[list[str]]:
        """Batches of conversations that may be old enough, in the order of their ids."""
        after = ""
        while True:
            rows = (
                sa.select(events.c.sender_id)
                .where(*of_channel, events.c.timestamp < moment, events.c.sender_id > after)
                .group_by(events.c.sender_id)
                .order_by(events.c.sender_id)
                .limit(BATCH)
            )
            with self.engine.connect() as db:
                senders = [row.sender_id for row in db.execute(rows)]
            if not senders:
                return
            yield senders
            after = senders[-1]

    def _delete(self, senders: list[str], moment: float) -> int:
        # Checked again in the deleting statement: a person may have come back a moment ago.
        last, newer = events.alias(), events.alias()
        begun = (
            sa.select(sa.func.max(last.c.id))
            .where(last.c.sender_id == events.c.sender_id, last.c.type_name == "session_started")
            .scalar_subquery()
        )
        recent = sa.exists().where(newer.c.sender_id == events.c.sender_id, newer.c.timestamp >= moment)
        # A waiting message may be processed again after a crash and then needs the conversation.
        waits = sa.exists().where(inbox.c.sender_id == events.c.sender_id)
        over = sa.or_(~recent, sa.and_(events.c.timestamp < moment, events.c.id < begun))
        with self.engine.begin() as db:
            ours = events.c.sender_id.in_(senders)
            ids = [row.id for row in db.execute(sa.select(events.c.id).where(ours, over, ~waits))]
            for at in range(0, len(ids), 500):
                db.execute(sa.delete(events).where(events.c.id.in_(ids[at : at + 500])))
        return len(ids)


def everything(retention: Retention, box: Inbox) -> int:
    """One round over all tables; returns the number of deleted conversation rows.

    Raises:
        SQLAlchemyError: the database does not answer.
    """
    box.purge()
    Reminders(retention.engine, retention.now).purge()
    Insights(retention.engine, box.cipher, retention.now).purge()
    return retention.conversations()
