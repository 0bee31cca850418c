"""Whether the database can do its work: it is asked for every table, and written to. What is missing is made again.

A file of SQLite that was deleted stays open in who had it open: writes go on into a file that nobody will find again,
and who opens it anew finds an empty one. Both are noticed here.
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
    """A table or the file is missing."""


def check(engine: Engine) -> None:
    """Returns where every table is there and can be written to.

    Raises:
        Lacking: one is not there: :func:`mend` helps.
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
    """Makes what is missing. What stood in it is gone: docs/operations.md says how to bring a copy back."""
    logger.error("database: tables are missing and are made again")
    engine.dispose()
    upgrade(engine)
    metadata.create_all(engine)  # where the version says that all is there


def well(engine: Engine) -> bool:
    """Whether the database can do its work; where something is missing it is made, and the next look finds it.

    Raises:
        SQLAlchemyError: it does not answer.
    """
    try:
        check(engine)
    except Lacking:
        mend(engine)
        return False
    return True
