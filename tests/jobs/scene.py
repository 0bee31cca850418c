"""A person, a clock and a reminder worker, shared by the tests of the reminders."""

import datetime as dt
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from whichpath.jobs.reminders import Reminding
from whichpath.jobs.senders import senders
from whichpath.store.reminders import Reminders
from whichpath.store.schema import addresses, reminder

SECRET = "a secret for the tests alone"
DAY = dt.date(2027, 3, 17)


def local(zone, day, hour, minute=0):
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).timestamp()


class Clock:
    """A clock that a test sets."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


class Scene:
    """A person with an address, a clock, a worker."""

    def __init__(self, inbox, provider, clock):
        self.inbox, self.provider, self.clock = inbox, provider, clock
        self.reminders = Reminders(inbox.engine, clock)

    def person(self, name="ann", channel="sms"):
        sender = f"{channel}:{name}"
        address = "+15551230001" if channel == "sms" else "5000000001"
        self.inbox.accept(channel, f"SM{name}{channel}", sender, address, {"text": "hi"})
        with self.inbox.engine.begin() as db:
            db.execute(sa.update(addresses).values(keep_until=self.clock() + 3600))
        return sender

    def schedule(self, sender, zone="America/New_York", day=DAY):
        return self.reminders.schedule(sender, sender.partition(":")[0], day, zone)

    async def round(self):
        by_channel = senders(self.provider.environment)
        worker = Reminding(self.reminders, self.inbox, by_channel)
        try:
            return await worker.round()
        finally:
            for sender in by_channel.values():
                await sender.close()

    async def at(self, zone, day, hour, minute=0):
        """Sets the clock, runs a worker once, and returns all texts sent so far."""
        self.clock.at = local(zone, day, hour, minute)
        await self.round()
        return [text for _to, text, _at in self.provider.sent]

    def rows(self):
        with self.inbox.engine.begin() as db:
            return db.execute(sa.select(reminder)).all()
