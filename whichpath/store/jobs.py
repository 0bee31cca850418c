"""The table ``job``: what the jobs did, and when last. ``/metrics`` reads it.

In the database and not in memory, because cron may run a job as a short-lived command.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from whichpath.store.schema import job

#: The counted events of each job. ``round``: a complete round without an error.
EVENTS = {"retention": ("round", "deleted", "fault"), "reminders": ("round", "sent", "failed", "fault")}


class Ledger:
    """The rows of one job. ``now`` is the clock; tests move it."""

    def __init__(self, engine: Engine, name: str, now: Callable[[], float] = time.time) -> None:
        self.engine = engine
        self.name = name
        self.now = now
        self._faults = 0

    def fault(self) -> None:
        """Counts a failed round. It is stored with the next successful one, because the database may be what failed."""
        self._faults += 1

    def round(self, **counts: int) -> None:
        """Stores a finished round and its counts (see :data:`EVENTS`).

        Raises:
            SQLAlchemyError: the database does not answer.
        """
        happened = Counter(round=1, fault=self._faults, **counts)
        for event, count in happened.items():
            if count:
                self._add(event, count)
        self._faults = 0

    def _add(self, event: str, count: int) -> None:
        mine = (job.c.name == self.name, job.c.event == event)
        more = sa.update(job).where(*mine).values(count=job.c.count + count, at=self.now())
        with self.engine.begin() as db:
            if db.execute(more).rowcount:
                return
        try:
            with self.engine.begin() as db:
                db.execute(sa.insert(job).values(name=self.name, event=event, count=count, at=self.now()))
        except IntegrityError:  # another process was faster
            with self.engine.begin() as db:
                db.execute(more)
