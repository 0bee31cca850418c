"""Conversations in an SQL database: SQLite in ``var/`` by default, PostgreSQL by ``WHICHPATH_DB_URL``.

Unlike Rasa's own store this one never forgets silently: a database that cannot be reached stops the
start, and later fails the turn, which the turn guard tells the person. It works in a thread, so that a
slow database does not hold up everybody else, and its errors carry no parameters (ids, messages).
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Engine
from sqlalchemy.engine.url import make_url

DEFAULT_FILE = Path(__file__).resolve().parents[1] / "var" / "whichpath.db"
#: Seconds for a statement, and for a connection to come up.
STATEMENT_SECONDS, CONNECT_SECONDS = 5, 3
T = TypeVar("T")


def database_url() -> str:
    """Where the conversations are: ``WHICHPATH_DB_URL``, ``DB_URL``, or SQLite in ``var/``."""
    return os.environ.get("WHICHPATH_DB_URL") or os.environ.get("DB_URL") or f"sqlite:///{DEFAULT_FILE}"


def make_engine(url: str) -> Engine:
    """An engine with time-outs, that checks a connection before it uses it and keeps values out of its errors.

    Raises:
        ConnectionError: no driver for this kind of database is installed.
    """
    parsed = make_url(url)
    arguments: dict[str, Any] = {"hide_parameters": True, "pool_pre_ping": True}
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        arguments["connect_args"] = {"timeout": STATEMENT_SECONDS, "check_same_thread": False}
    elif parsed.get_backend_name() == "postgresql":
        arguments["connect_args"] = {
            "connect_timeout": CONNECT_SECONDS,
            "options": f"-c statement_timeout={STATEMENT_SECONDS * 1000}",
            "tcp_user_timeout": STATEMENT_SECONDS * 1000,
            "keepalives_idle": 30,
        }
        arguments["pool_size"] = int(os.environ.get("SQL_POOL_SIZE") or 10)
        arguments["max_overflow"] = int(os.environ.get("SQL_MAX_OVERFLOW") or 20)
        arguments["pool_timeout"] = STATEMENT_SECONDS
    try:
        engine = sa.create_engine(parsed, **arguments)
    except ImportError as error:
        # Rasa takes an ImportError here for a mistyped class name and goes on in memory.
        raise ConnectionError(f"no driver for {parsed.drivername}: {error.name}") from None
    if parsed.get_backend_name() == "sqlite":
        sa.event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    """Readers do not wait for a writer; deleted text is overwritten, not merely unlinked."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


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
        self.Base.metadata.create_all(self.engine)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="store")
        TrackerStore.__init__(self, domain, event_broker, **kwargs)

    async def _in_thread(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    async def ping(self) -> None:
        """Raises where the database does not answer."""

        def probe() -> None:
            with self.engine.connect() as connection:
                connection.execute(sa.text("SELECT 1"))

        await self._in_thread(probe)

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        def rows() -> list[str]:
            with self.session_scope() as session:
                query = self._event_query(session, sender_id, fetch_events_from_all_sessions)
                return [row.data for row in query.all()]

        events = [json.loads(row) for row in await self._in_thread(rows)]
        if not events or not self.domain:
            return None
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Appends the events that are not stored yet, all or none.

        Raises:
            SQLAlchemyError: they could not be stored.
        """
        await self.stream_events(tracker)
        events = list(tracker.events)

        def write() -> None:
            with self.session_scope() as session:
                stored = self._event_query(session, tracker.sender_id, False).count()
                session.add_all(self._row(tracker.sender_id, e) for e in itertools.islice(events, stored, None))
                session.commit()

        await self._in_thread(write)

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
                session.commit()
            if self.engine.dialect.name == "sqlite":
                # The write-ahead log still holds what was written: fold it in and cut it to nothing.
                with self.engine.connect() as connection:
                    connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))

        await self._in_thread(delete)
