"""Connections to the database. Without Rasa: what only sends reminders need not load it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.engine.url import make_url

DEFAULT_FILE = Path(__file__).resolve().parents[1] / "var" / "whichpath.db"
#: Seconds for a statement, and for a connection to come up.
STATEMENT_SECONDS, CONNECT_SECONDS = 5, 3


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
