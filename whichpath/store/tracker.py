"""Conversations in an SQL database: SQLite in ``var/`` by default, PostgreSQL by ``WHICHPATH_DB_URL``.

Unlike Rasa's own store it never loses data silently: without a database the start fails, and later the turn, which the
turn guard reports to the person. It works in a thread, so that a slow database does not block others, and its errors
contain no parameters (ids, messages).
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Query, Session

from whichpath.store.engine import database_url, make_engine
from whichpath.store.mend import Lacking, well
from whichpath.store.migrate import upgrade
from whichpath.store.schema import metadata, phrase

__all__ = ["ConversationStore", "database_url", "make_engine"]

T = TypeVar("T")


class ConversationStore(SQLTrackerStore):
    """Rasa's SQL tracker store (same table), with the engine of :func:`make_engine`."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        **kwargs: Any,
    ) -> None:
        """``host`` is the ``url`` of ``endpoints.yml``; :func:`database_url` without one.

        Raises:
            OperationalError: the database cannot be reached.
            ConnectionError: there is no driver for it.
        """
        self.engine = make_engine(host or database_url())
        upgrade(self.engine)
        metadata.create_all(self.engine)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="store")
        TrackerStore.__init__(self, domain, event_broker, **kwargs)

    async def _in_thread(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    async def ping(self) -> None:
        """Raises an error where the database does not work. A missing table or file is created for the next call."""
        if not await self._in_thread(well, self.engine):
            raise Lacking

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        def rows() -> list[str]:
            with self.session_scope() as session:
                query = self._event_query(session, sender_id, fetch_events_from_all_sessions)
                return [row.data for row in query.all()]

        events = [json.loads(row) for row in await self._in_thread(rows)]
        if not events or not self.domain:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        tracker.stored = len(events)
        return tracker

    def _event_query(self, session: Session, sender_id: str, fetch_events_from_all_sessions: bool) -> Query:
        """The events in order, which also decides where a session begins.

        Rasa's own query compares time stamps, and the clocks of two machines differ.
        """
        event = self.SQLEvent
        query = session.query(event).filter(event.sender_id == sender_id)
        if not fetch_events_from_all_sessions:
            begun = session.query(sa.func.max(event.id)).filter(
                event.sender_id == sender_id, event.type_name == SessionStarted.type_name
            )
            query = query.filter(event.id >= sa.func.coalesce(begun.scalar_subquery(), 0))
        return query.order_by(event.id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Appends the events that are not stored yet, all or none.

        If another turn of this person was stored meanwhile (this one lost its lock by taking too long), Rasa would
        count the other's events as this one's, and omit as many.

        Raises:
            SQLAlchemyError: they could not be stored.
        """
        await self.stream_events(tracker)
        events = list(tracker.events)
        if not events:  # a new conversation, before its first message
            tracker.stored = 0
            return

        def write() -> None:
            with self.session_scope() as session:
                stored = getattr(tracker, "stored", None)
                if stored is None:
                    stored = self._event_query(session, tracker.sender_id, False).count()
                session.add_all(self._row(tracker.sender_id, e) for e in itertools.islice(events, stored, None))
                session.commit()

        await self._in_thread(write)
        tracker.stored = len(events)

    def _row(self, sender_id: str, event: Event) -> Any:
        data = event.as_dict()
        return self.SQLEvent(
            sender_id=sender_id,
            type_name=event.type_name,
            timestamp=data.get("timestamp"),
            intent_name=((data.get("parse_data") or {}).get("intent") or {}).get("name"),
            action_name=data.get("name"),
            data=json.dumps(data),
        )

    async def erase(self, sender_id: str) -> None:
        """Deletes everything kept under ``sender_id``."""

        def delete() -> None:
            with self.session_scope() as session:
                session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete()
                session.execute(sa.delete(phrase).where(phrase.c.sender_id == sender_id))
                session.commit()

        await self._in_thread(delete)
