"""The reminder table: due times, claims, and sending each reminder once.

All calls block. The channels write the rows, :mod:`whichpath.jobs.reminders` sends them, erase and STOP delete them
(:meth:`whichpath.store.inbox.Inbox.forget`, :meth:`~whichpath.store.inbox.Inbox.opt_out`).
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from whichpath.store.inbox import SESSION
from whichpath.store.schema import addresses, opt_outs, reminder

#: The time zone for an unknown state: early enough for New York, and not at night elsewhere.
NO_STATE = "America/Chicago"
#: Local time from which a reminder is sent, and until when its text is right and the hour acceptable.
DAY_BEFORE, EVENING = dt.time(17), dt.time(21)
MORNING, NOON = dt.time(7), dt.time(12)
#: The lease in seconds: longer than all attempts of a client together.
LEASE = 90.0
#: Attempts, and seconds between them, growing.
ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE = 8, 30.0, 900.0


@dataclass(frozen=True)
class Moment:
    """One reminder of a day: when it is due, when it is too late, and when the day is over."""

    kind: str
    due: float
    until: float
    ends: float


@dataclass(frozen=True)
class Job:
    """A claimed reminder. ``trying``: when an earlier, uncertain attempt was made."""

    seq: int
    sender_id: str
    channel: str
    kind: str
    attempts: int
    free_at: float
    trying: float | None


def moments(day: dt.date, zone: str | None, now: float) -> list[Moment]:
    """The future reminders of ``day``; empty if it is too late for any."""
    place = ZoneInfo(zone or NO_STATE)

    def at(date: dt.date, hour: dt.time) -> float:
        return dt.datetime.combine(date, hour, place).timestamp()

    before, ends = day - dt.timedelta(days=1), at(day + dt.timedelta(days=1), dt.time())
    both = (
        Moment("day_before", at(before, DAY_BEFORE), at(before, EVENING), ends),
        Moment("morning", at(day, MORNING), at(day, NOON), ends),
    )
    return [moment for moment in both if moment.due > now]


class Reminders:
    """The table ``reminder``. ``now`` is the clock; tests move it."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.time) -> None:
        self.engine = engine
        self.now = now

    def schedule(self, sender_id: str, channel: str, day: dt.date, zone: str | None) -> int:
        """Replaces all reminders of this person by those of ``day``; returns the number of future ones.

        Booked again for the same day, reminders that were sent stay recorded and are not sent again.
        """
        wanted = moments(day, zone, self.now())
        mine, this = reminder.c.sender_id == sender_id, reminder.c.day == day.isoformat()
        with self.engine.begin() as db:
            db.execute(sa.delete(reminder).where(mine, ~this))
            known = {row.kind for row in db.execute(sa.select(reminder.c.kind).where(mine, this))}
            for moment in wanted:
                times = {**vars(moment), "free_at": moment.due}
                if moment.kind in known:
                    # A due reminder may be on its way at this moment, so it is not changed.
                    ahead = (mine, this, reminder.c.kind == moment.kind, reminder.c.due > self.now())
                    db.execute(sa.update(reminder).where(*ahead).values(**times))
                else:
                    row = {"sender_id": sender_id, "channel": channel, "day": day.isoformat(), **times}
                    db.execute(sa.insert(reminder).values(**row, state="waiting", attempts=0))
            if wanted:
                # The address is needed until then, and no longer.
                ours = (addresses.c.sender_id == sender_id, addresses.c.keep_until < wanted[0].ends)
                db.execute(sa.update(addresses).where(*ours).values(keep_until=wanted[0].ends))
        return len(wanted)

    def cancel(self, sender_id: str) -> None:
        """Deletes the person's reminders."""
        with self.engine.begin() as db:
            db.execute(sa.delete(reminder).where(reminder.c.sender_id == sender_id))
            db.execute(
                sa.update(addresses)
                .where(addresses.c.sender_id == sender_id, addresses.c.keep_until > self.now() + SESSION)
                .values(keep_until=self.now() + SESSION)
            )

    # --- sending ---

    def claim(self, channels: tuple[str, ...]) -> Job | None:
        """Claims a due reminder; ``None`` where there is none."""
        now = self.now()
        ready = (
            reminder.c.state == "waiting",
            reminder.c.free_at <= now,
            reminder.c.until > now,
            reminder.c.channel.in_(channels),
            ~self._opted_out(),
        )
        with self.engine.begin() as db:
            for row in db.execute(sa.select(reminder).where(*ready).order_by(reminder.c.due).limit(10)).all():
                # Of two workers with the same row only one can change it.
                free = (reminder.c.seq == row.seq, reminder.c.state == "waiting", reminder.c.free_at == row.free_at)
                until, attempts = now + LEASE, row.attempts + 1
                taken = sa.update(reminder).where(*free).values(free_at=until, attempts=attempts)
                if db.execute(taken).rowcount == 1:
                    return Job(row.seq, row.sender_id, row.channel, row.kind, attempts, until, row.trying)
        return None

    def begin(self, job: Job) -> bool:
        """Records that sending begins. ``False`` where it must not: erased, opted out, moved, or claimed by another."""
        now = self.now()
        allowed = (*self._mine(job), reminder.c.until > now, ~self._opted_out())
        with self.engine.begin() as db:
            done = db.execute(sa.update(reminder).where(*allowed).values(trying=job.trying or now))
            return done.rowcount == 1

    def sent(self, job: Job) -> bool:
        """Records that it was sent. ``False`` where the person erased it meanwhile: then nothing is recorded."""
        return self._change(job, state="sent", sent_at=self.now(), trying=None)

    def give_up(self, job: Job) -> None:
        """Closes it: it cannot be sent, or may have been sent already."""
        self._change(job, state="over")

    def again(self, job: Job, seconds: float | None, unsure: bool) -> bool:
        """Postpones it. ``unsure``: it may have been sent. ``False`` where that was the last attempt."""
        if job.attempts >= ATTEMPTS:
            self.give_up(job)
            return False
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (job.attempts - 1)) if seconds is None else seconds
        more = {} if unsure else {"trying": None}
        return self._change(job, free_at=self.now() + pause, **more)

    def purge(self) -> None:
        """Deletes the rows of days that are over."""
        with self.engine.begin() as db:
            db.execute(sa.delete(reminder).where(reminder.c.ends < self.now()))

    def _change(self, job: Job, **values: object) -> bool:
        with self.engine.begin() as db:
            return db.execute(sa.update(reminder).where(*self._mine(job)).values(**values)).rowcount == 1

    @staticmethod
    def _mine(job: Job) -> tuple[sa.sql.ColumnElement, ...]:
        """The row, as long as this worker's claim is valid."""
        return (reminder.c.seq == job.seq, reminder.c.state == "waiting", reminder.c.free_at == job.free_at)

    @staticmethod
    def _opted_out() -> sa.sql.ColumnElement:
        return sa.exists().where(opt_outs.c.sender_id == reminder.c.sender_id)
