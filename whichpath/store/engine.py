"""Connections to the database. Does not import Rasa, which the reminder job does not need."""

from __future__ import annotations

import os
import select
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import DisconnectionError

from whichpath.settings import ROOT, read_settings

DEFAULT_FILE = ROOT / "var" / "whichpath.db"
#: Seconds for a statement, and for a connection to come up.
STATEMENT_SECONDS, CONNECT_SECONDS = 5, 3


def database_url() -> str:
    """Where the conversations are: ``WHICHPATH_DB_URL``, ``DB_URL``, or SQLite in ``var/``."""
    settings = read_settings()
    return settings.db_url or settings.db_url_of_rasa or f"sqlite:///{DEFAULT_FILE}"


def make_engine(url: str) -> Engine:
    """An engine with time-outs that tests connections before use and keeps values out of error messages.

    Raises:
        ConnectionError: no driver for this kind of database is installed.
    """
    parsed = make_url(url)
    arguments: dict[str, Any] = {"hide_parameters": True, "pool_pre_ping": True}
    if parsed.get_backend_name() == "sqlite":
        arguments["connect_args"] = {"timeout": STATEMENT_SECONDS, "check_same_thread": False}
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLAlchemy would open a file anew for each use, and close it by a checkpoint: a tenth of a turn.
            arguments["poolclass"] = sa.pool.QueuePool
            arguments["pool_timeout"] = STATEMENT_SECONDS
    elif parsed.get_backend_name() == "postgresql":
        arguments["connect_args"] = {
            "connect_timeout": CONNECT_SECONDS,
            "options": f"-c statement_timeout={STATEMENT_SECONDS * 1000}",
            "tcp_user_timeout": STATEMENT_SECONDS * 1000,
            "keepalives_idle": 30,
            "keepalives_interval": 5,
            "keepalives_count": 3,
        }
        arguments["pool_size"] = read_settings().pool_size
        arguments["max_overflow"] = read_settings().max_overflow
        arguments["pool_timeout"] = STATEMENT_SECONDS
    try:
        engine = sa.create_engine(parsed, **arguments)
    except ImportError as error:
        # Rasa would take an ImportError for a mistyped class name and continue in memory.
        raise ConnectionError(f"no driver for {parsed.drivername}: {error.name}") from None
    if parsed.get_backend_name() == "sqlite":
        _make_private(engine)
        sa.event.listen(engine, "connect", _set_up_sqlite)
        _watch_file(engine)
        _empty_log_after_deletions(engine)
    elif parsed.get_backend_name() == "postgresql":
        _bound_waiting()
    return engine


def _bound_waiting() -> None:
    """Limits psycopg2's waiting, because a frozen or unreachable server enforces no time-out of its own.

    psycopg2 closes a connection whose waiting raised.
    """
    import psycopg2
    from psycopg2 import extensions

    def wait(connection: Any) -> None:
        end = time.monotonic() + STATEMENT_SECONDS + 1
        while (state := connection.poll()) != extensions.POLL_OK:
            poll = select.poll()
            poll.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
            if not poll.poll(max(0, 1000 * (end - time.monotonic()))):
                raise psycopg2.OperationalError("the server does not answer")

    extensions.set_wait_callback(wait)


def upsert(db: Connection, table: sa.Table, row: dict[str, Any], **changes: Any) -> None:
    """Inserts ``row``, or applies ``changes`` to the existing row (all of ``row`` where none are given).

    In one statement, so that two concurrent processes do not fail.
    """
    kind = sqlite if db.dialect.name == "sqlite" else postgresql
    insert = kind.insert(table).values(**row)
    place = [column.name for column in table.primary_key]
    db.execute(insert.on_conflict_do_update(index_elements=place, set_=changes or row))


def overwritten(db: Connection) -> None:
    """Tells that a statement on ``db`` made text disappear, so that SQLite's write-ahead log is emptied of it too."""
    db.info["overwritten"] = True


def _empty_log_after_deletions(engine: Engine) -> None:
    """Empties the write-ahead log when a connection that deleted rows is given back: they are still in it.

    Where another connection is in the way, the next return of this one tries again.
    """

    def executed(db: Connection, cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("DELETE") and cursor.rowcount:
            overwritten(db)

    def given_back(connection: Any, record: Any) -> None:
        if connection is not None and record.info.get("overwritten"):
            with suppress(sqlite3.Error):
                busy, *_pages = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                record.info["overwritten"] = bool(busy)

    sa.event.listen(engine, "after_cursor_execute", executed)
    sa.event.listen(engine, "checkin", given_back)


def _make_private(engine: Engine) -> None:
    """Creates the file with mode 0600 before SQLite does; SQLite gives its log the same mode."""
    path = engine.url.database
    if not path or path == ":memory:":
        return

    def make(*_given: Any) -> None:
        # If this fails, SQLite reports why; an existing file is left as it is.
        with suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    sa.event.listen(engine, "do_connect", make)


def _watch_file(engine: Engine) -> None:
    """Invalidates connections whose file was deleted or replaced since they were opened."""
    path = engine.url.database
    if not path or path == ":memory:":
        return

    def opened(_connection: Any, record: Any) -> None:
        record.info["file"] = _number(path)

    def used(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info.get("file") != _number(path):
            raise DisconnectionError("the file was deleted or replaced")

    sa.event.listen(engine, "connect", opened)
    sa.event.listen(engine, "checkout", used)


def _number(path: str) -> int | None:
    try:
        return os.stat(path).st_ino
    except OSError:
        return None


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    """WAL, so that readers do not wait for a writer; each commit is on the disk before a message is acknowledged, also
    through a power cut; ``secure_delete`` overwrites deleted text."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
