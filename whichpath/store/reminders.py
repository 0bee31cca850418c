"""Reminders that people asked for: when they are due, who takes one up, and that none goes out twice.

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

#: Where the state is not known: early enough for a morning in New York, no text in the night elsewhere.
NO_STATE = "America/Chicago"
#: Local time from which a reminder goes out, and until when its words are still right and it wakes nobody.
DAY_BEFORE, EVENING = dt.time(17), dt.time(21)
MORNING, NOON = dt.time(7), dt.time(12)
#: Seconds that whoever took a reminder up has it for itself. Longer than all attempts of a client together.
LEASE = 90.0
#: Attempts, and seconds between them, growing.
ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE = 8, 30.0, 900.0


@dataclass(frozen=True)
class Moment:
    """One reminder of a day: when it goes out, when it is too late for it, and when the day is over."""

    kind: str
    due: float
    until: float
    ends: float


@dataclass(frozen=True)
class Job:
    """A reminder that was taken up. ``trying``: an earlier attempt may have reached the provider then."""

    seq: int
    sender_id: str
    channel: str
    kind: str
    attempts: int
    free_at: float
    trying: float | None


def moments(day: dt.date, zone: str | None, now: float) -> list[Moment]:
    """The reminders of ``day`` that still lie ahead; empty where it is too late for any."""
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
        """Puts the reminders of ``day`` in the place of all others of this person; returns how many lie ahead.

        Booked again for the same day, what went out already stays noted and does not go out again.
        """
        wanted = moments(day, zone, self.now())
        mine, this = reminder.c.sender_id == sender_id, reminder.c.day == day.isoformat()
        with self.engine.begin() as db:
            db.execute(sa.delete(reminder).where(mine, ~this))
            known = {row.kind for row in db.execute(sa.select(reminder.c.kind).where(mine, this))}
            for moment in wanted:
                times = {**vars(moment), "free_at": moment.due}
                if moment.kind in known:
                    # What is due already may be on its way at this moment: it stays as it is.
                    ahead = (mine, this, reminder.c.kind == moment.kind, reminder.c.due > self.now())
                    db.execute(sa.update(reminder).where(*ahead).values(**times))
                else:
                    row = {"sender_id": sender_id, "channel": channel, "day": day.isoformat(), **times}
                    db.execute(sa.insert(reminder).values(**row, state="waiting", attempts=0))
            if wanted:
                # The address is needed for as long, and no longer.
                ours = (addresses.c.sender_id == sender_id, addresses.c.keep_until < wanted[0].ends)
                db.execute(sa.update(addresses).where(*ours).values(keep_until=wanted[0].ends))
        return len(wanted)

    def cancel(self, sender_id: str) -> None:
        """The person wants none."""
        with self.engine.begin() as db:
            db.execute(sa.delete(reminder).where(reminder.c.sender_id == sender_id))
            db.execute(
                sa.update(addresses)
                .where(addresses.c.sender_id == sender_id, addresses.c.keep_until > self.now() + SESSION)
                .values(keep_until=self.now() + SESSION)
            )

    # --- sending ---

    def claim(self, channels: tuple[str, ...]) -> Job | None:
        """Takes up one that is due and that nobody else has; ``None`` where there is none."""
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
                # Of two workers that saw the same row one changes it, the other finds it changed.
                free = (reminder.c.seq == row.seq, reminder.c.state == "waiting", reminder.c.free_at == row.free_at)
                until, attempts = now + LEASE, row.attempts + 1
                taken = sa.update(reminder).where(*free).values(free_at=until, attempts=attempts)
                if db.execute(taken).rowcount == 1:
                    return Job(row.seq, row.sender_id, row.channel, row.kind, attempts, until, row.trying)
        return None

    def begin(self, job: Job) -> bool:
        """It is about to go out. ``False`` where it must not: erased, opted out, moved, or taken by another."""
        now = self.now()
        allowed = (*self._mine(job), reminder.c.until > now, ~self._opted_out())
        with self.engine.begin() as db:
            done = db.execute(sa.update(reminder).where(*allowed).values(trying=job.trying or now))
            return done.rowcount == 1

    def sent(self, job: Job) -> bool:
        """It is out. ``False`` where the person erased it meanwhile: then nothing is noted."""
        return self._change(job, state="sent", sent_at=self.now(), trying=None)

    def give_up(self, job: Job) -> None:
        """It cannot go out, or may be out and must not go twice."""
        self._change(job, state="over")

    def again(self, job: Job, seconds: float | None, unsure: bool) -> bool:
        """Later. ``unsure``: it may be out. ``False`` where that was the last attempt."""
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
        """The row, for as long as this worker has it."""
        return (reminder.c.seq == job.seq, reminder.c.state == "waiting", reminder.c.free_at == job.free_at)

    @staticmethod
    def _opted_out() -> sa.sql.ColumnElement:
        return sa.exists().where(opt_outs.c.sender_id == reminder.c.sender_id)
