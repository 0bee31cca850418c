"""Checks that the database works: reads every table and writes. Creates missing tables again.

A deleted SQLite file stays open in the processes that use it: they write to a lost file, and new connections find an
empty one. Both cases are detected here.
"""

from __future__ import annotations

import logging
import time

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from whichpath.store.engine import upsert
from whichpath.store.migrate import upgrade
from whichpath.store.schema import job, metadata

logger = logging.getLogger(__name__)
_PROBE = {"name": "health", "event": "probe"}


class Lacking(Exception):
    """A table or the database file is missing."""


def check(engine: Engine) -> None:
    """Returns if every table exists and the database is writable.

    Raises:
        Lacking: one is missing; :func:`mend` creates it.
        SQLAlchemyError: it does not answer, or is full or locked.
    """
    with engine.begin() as db:
        for table in metadata.sorted_tables:
            try:
                db.execute(sa.select(sa.literal(1)).select_from(table).limit(1))
            except (OperationalError, ProgrammingError) as error:
                if _is_missing(error):
                    raise Lacking(table.name) from None
                raise
        upsert(db, job, {**_PROBE, "count": 1, "at": time.time()}, at=time.time())


def _is_missing(error: Exception) -> bool:
    original = getattr(error, "orig", None)
    # SQLite has no codes for it; PostgreSQL: undefined_table.
    return "no such table" in str(original) or getattr(original, "pgcode", None) == "42P01"


def mend(engine: Engine) -> None:
    """Creates what is missing. Its rows are lost: docs/operations.md says how to restore a backup."""
    logger.error("database: tables are missing and are made again")
    engine.dispose()
    upgrade(engine)
    metadata.create_all(engine)  # where the recorded version says that all tables exist


def well(engine: Engine) -> bool:
    """Whether the database works; creates what is missing, so that the next check succeeds.

    Raises:
        SQLAlchemyError: it does not answer.
    """
    try:
        check(engine)
    except Lacking:
        mend(engine)
        return False
    return True
