"""The alarms that fire now, as far as the database shows: for the page of ``whichpath insights``.

The names and limits are those of ``deploy/prometheus/alarms.yml``, for operators without Prometheus. An alarm on a
metric of a process (``PeopleAreTurnedAway``) is not included; its daily counts are on the same page.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from whichpath.store.schema import inbox, job, reminder

#: Seconds: since the last round of the retention job, since a fault of a job, of a late reminder, of a waiting text.
DELETED, FAULT, LATE, WAITS = 7200, 3600, 900, 60


def ringing(engine: Engine, now: float | None = None) -> Iterator[tuple[str, str]]:
    """Name and reason of each alarm that fires."""
    moment = time.time() if now is None else now
    try:
        with engine.connect() as db:
            jobs = {(row.name, row.event): row.at for row in db.execute(sa.select(job))}
            due = (reminder.c.state == "waiting", reminder.c.due <= moment, reminder.c.until > moment)
            late = db.execute(sa.select(sa.func.min(reminder.c.due)).where(*due)).scalar()
            oldest = db.execute(sa.select(sa.func.min(inbox.c.received))).scalar()
    except SQLAlchemyError as error:
        yield "NothingCanBeTold", f"The database does not answer: {type(error).__name__}."
        return
    yield from _of_jobs(jobs, moment)
    if late is not None and moment - late > LATE:
        yield "RemindersDoNotGoOut", f"The oldest has been due for {_minutes(moment - late)}."
    if oldest is not None and moment - oldest > WAITS:
        yield "TextsWait", f"The oldest has waited for {_minutes(moment - oldest)}."


def _of_jobs(jobs: dict[tuple[str, str], float], moment: float) -> Iterator[tuple[str, str]]:
    last = jobs.get(("retention", "round"))
    if last is None:
        yield "NothingIsDeleted", "The retention job has never run."
    elif moment - last > DELETED:
        yield "NothingIsDeleted", f"The retention job ran last {_minutes(moment - last)} ago."
    for (name, event), at in sorted(jobs.items()):
        if event in ("fault", "failed") and moment - at <= FAULT:
            yield "JobsFail", f"{name}: {event}, {_minutes(moment - at)} ago."


def _minutes(seconds: float) -> str:
    minutes = int(seconds // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
