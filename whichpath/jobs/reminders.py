"""Sends the reminders that are due: ``python -m whichpath.jobs.reminders``.

Started and supervised by whichpath/server/run.py. Each reminder is claimed in the database before it is sent, so
several workers may run at once; after a crash a claim expires with its lease.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import Counter
from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from whichpath import logs
from whichpath.console import fail
from whichpath.jobs.senders import Sender, senders
from whichpath.library.wording_reminders import Wording, load_wording
from whichpath.providers.faults import Blocked, Later, MaybeSent, Undeliverable
from whichpath.registry import channels
from whichpath.store.encryption import Cipher
from whichpath.store.engine import database_url, make_engine
from whichpath.store.identity import key, key_before
from whichpath.store.inbox import SESSION, Inbox
from whichpath.store.jobs import Ledger
from whichpath.store.migrate import upgrade
from whichpath.store.private import keep_private
from whichpath.store.reminders import Job, Reminders

logger = logging.getLogger(__name__)
#: Seconds between two polls.
TICK = 15.0


class Reminding:
    """One worker."""

    def __init__(
        self, reminders: Reminders, inbox: Inbox, by_channel: Mapping[str, Sender], wording: Wording | None = None
    ) -> None:
        self.reminders = reminders
        self.inbox = inbox
        self.senders = by_channel
        self.wording = wording or load_wording()
        self.ledger = Ledger(reminders.engine, "reminders", reminders.now)
        #: Counts of this round, and of an earlier one that was interrupted.
        self._counts: Counter[str] = Counter()

    async def round(self) -> int:
        """Sends all due reminders, deletes expired ones; returns the number sent.

        Raises:
            SQLAlchemyError: the database does not answer.
        """
        self.reminders.purge()
        out = 0
        while job := self.reminders.claim(tuple(self.senders)):
            sent = await self._send(job)
            self._counts["sent"] += sent
            out += sent
        self.ledger.round(**self._counts)
        self._counts.clear()
        return out

    async def _send(self, job: Job) -> bool:
        address = self.inbox.address(job.sender_id)
        if address is None:
            self._give_up(job)
            return False
        # A last check: the person may have erased it or opted out a moment ago.
        if not self.reminders.begin(job):
            return False
        text = self.wording.text(job.kind, job.channel)
        sender = self.senders[job.channel]
        try:
            number = await sender.send(address, text, job.trying)
        except Later as later:
            # An earlier uncertain attempt stays uncertain.
            self._again(job, later.seconds, unsure=sender.later_is_doubtful or job.trying is not None)
        except MaybeSent:
            logger.warning("%s: a reminder may or may not be out; it is not sent again", job.channel)
            self._give_up(job)
        except Undeliverable as fault:
            self._undeliverable(job, fault)
        except Exception as error:
            # The type only: the message may contain the address.
            logger.error("%s: a reminder failed: %s", job.channel, type(error).__name__)
            self._again(job, None, unsure=True)
        else:
            if self.reminders.sent(job):
                self._remember(job, number)
            return True
        return False

    def _again(self, job: Job, seconds: float | None, unsure: bool) -> None:
        if not self.reminders.again(job, seconds, unsure):
            self._counts["failed"] += 1
            logger.error("%s: a reminder could not be sent and was given up", job.channel)

    def _give_up(self, job: Job) -> None:
        self._counts["failed"] += 1
        self.reminders.give_up(job)

    def _undeliverable(self, job: Job, fault: Undeliverable) -> None:
        logger.warning("%s: a reminder can not be delivered", job.channel)
        self._give_up(job)
        if fault.gone:
            if isinstance(fault, Blocked):
                self.inbox.opt_out(job.sender_id)
            self.inbox.forget(job.sender_id)

    def _remember(self, job: Job, number: int | None) -> None:
        """Stores the message's number, so that /erase on Telegram deletes it too."""
        if number is not None:
            thread = self.inbox.thread(job.sender_id)
            if thread.get("at", 0) < self.reminders.now() - SESSION:
                thread = {"ids": thread.get("ids")}  # the rest of the thread has expired
            ids = [*(thread.get("ids") or []), [number, self.reminders.now()]]
            self.inbox.keep_thread(job.sender_id, {**thread, "ids": ids})


async def work(worker: Reminding, stop: asyncio.Event, tick: float = TICK) -> None:
    """Rounds until ``stop``. Waits while the database is away."""
    ready = False
    while not stop.is_set():
        try:
            if not ready:
                upgrade(worker.reminders.engine)
                ready = True
            await worker.round()
        except (SQLAlchemyError, OSError) as error:
            worker.ledger.fault()
            logger.error("reminders: the database does not answer: %s", type(error).__name__)
        try:
            await asyncio.wait_for(stop.wait(), tick)
        except asyncio.TimeoutError:
            continue


async def _run() -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    engine = make_engine(database_url())
    worker = Reminding(Reminders(engine), Inbox(engine, Cipher(key(), key_before())), senders())
    await work(worker, stop)
    for sender in worker.senders.values():
        await sender.close()


def main() -> None:
    """Runs until a signal."""
    logs.configure()
    keep_private()
    if not senders():
        able = " nor ".join(channel.title for channel in channels() if channel.sender)
        fail(f"Neither {able} is configured: there is nothing to remind anybody by.")
    asyncio.run(_run())


if __name__ == "__main__":
    main()
