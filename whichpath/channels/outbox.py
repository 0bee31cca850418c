"""The outbox: processes messages of SMS and Telegram after the acknowledgement, once each, in order.

A channel is a :class:`Conversation`: it decides what to answer and how to send it. The outbox stores a message before
it is acknowledged, processes it again after a crash, and sends each answer once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from whichpath.providers.faults import Later, Undeliverable
from whichpath.store.encryption import Cipher
from whichpath.store.engine import database_url, make_engine
from whichpath.store.identity import key, key_before, pseudonym_before
from whichpath.store.inbox import LEASE, Delivery, Inbox, Lost, Work
from whichpath.store.migrate import upgrade

logger = logging.getLogger(__name__)
T = TypeVar("T")
#: Changes what a channel remembers, after a delivery.
Change = Callable[[dict[str, Any]], None]

#: Seconds between two polls, where nothing wakes the worker earlier.
TICK = 1.0
#: Seconds after which an answer that cannot be delivered is dropped.
GIVE_UP = 6 * 3600.0
#: Seconds before the next attempt, growing.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
AT_ONCE = 8
#: Seconds for storing a message: a database that hangs can run through several time-outs of its own.
WRITE_WITHIN = 6.0
#: Seconds for a database query that an emergency text waits for.
AT_ONCE_WITHIN = 1.0
#: Least seconds between two messages to one person that something does not work.
SORRY_EVERY = 60.0
PURGE_EVERY = 900


@dataclass
class Answer:
    """What a channel answers. ``thread`` is what it wants to remember; ``forget``: the person wants nothing kept."""

    deliveries: list[Delivery]
    thread: dict[str, Any] = field(default_factory=dict)
    forget: bool = False


class Conversation(Protocol):
    """The interface of a channel."""

    channel: str

    async def answer(self, work: Work, thread: dict[str, Any]) -> Answer:
        """Runs the turn."""

    async def deliver(self, work: Work, delivery: Delivery, began: float | None) -> Change | None:
        """Sends one delivery. ``began``: an earlier attempt may have reached the provider then.

        Returns how to change the thread after it was sent, if at all.

        Raises:
            Later: not now.
            Undeliverable: never.
        """

    async def apologise(self, address: str) -> None:
        """Says that nothing can be looked up now, without the database and without a second attempt."""


@lru_cache(maxsize=1)
def shared_inbox() -> Inbox:
    """The inbox of this process, made at first use."""
    return Inbox(make_engine(database_url()), Cipher(key(), key_before()))


class Outbox:
    """Works on the messages of one channel."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.open = False
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix=f"outbox-{conversation.channel}")
        self._wake = asyncio.Event()
        self._busy: set[asyncio.Task[None]] = set()
        self._mine: set[int] = set()
        self._sorry: dict[str, float] = {}
        self._main: asyncio.Task[None] | None = None

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Runs a blocking call of the inbox."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    async def accept(
        self, provider_id: str, sender_id: str, address: str, message: dict[str, Any], hold: float = 0.0
    ) -> bool:
        """Stores a message. ``False`` for a duplicate. ``hold``: seconds that it waits for further parts.

        Raises:
            Crowded: too many messages of this person wait.
            SQLAlchemyError, OSError: it could not be stored: the provider has to send it again.
        """
        writing = self.in_thread(self._accept, provider_id, sender_id, address, message, hold)
        try:
            new = await asyncio.wait_for(writing, WRITE_WITHIN)
        except asyncio.TimeoutError:
            # It may still be stored, and is answered then, once.
            raise TimeoutError("the database hangs") from None
        self._wake.set()
        return new

    def _accept(self, provider_id: str, sender_id: str, address: str, message: dict[str, Any], hold: float) -> bool:
        before = pseudonym_before(self.conversation.channel, address)
        if before:
            # After a change of the key, what is stored under the old pseudonym moves to the new one.
            shared_inbox().rename(before, sender_id)
        return shared_inbox().accept(self.conversation.channel, provider_id, sender_id, address, message, hold)

    async def first(self, provider_id: str) -> bool:
        """Whether a message that is answered at once, without waiting here, comes for the first time.

        Without a database: yes. Two answers are better than none.
        """
        try:
            seeing = self.in_thread(shared_inbox().see, self.conversation.channel, provider_id)
            return await asyncio.wait_for(seeing, AT_ONCE_WITHIN)
        except (SQLAlchemyError, OSError, asyncio.TimeoutError) as error:
            logger.warning("%s: the inbox does not answer: %s", self.conversation.channel, type(error).__name__)
            return True

    async def waiting(self) -> int:
        """How many messages of this channel wait for their answer, if the database answers soon; else 0."""
        try:
            return await asyncio.wait_for(
                self.in_thread(shared_inbox().waiting, self.conversation.channel), AT_ONCE_WITHIN
            )
        except (SQLAlchemyError, OSError, asyncio.TimeoutError):
            return 0

    def start(self) -> None:
        """Starts, with the messages that an earlier process left."""
        self._main = asyncio.ensure_future(self._run())

    async def stop(self) -> None:
        """Claims nothing more and waits for running turns."""
        if self._main is not None:
            self._main.cancel()
        if self._busy:
            await asyncio.wait(self._busy, timeout=5)

    async def _run(self) -> None:
        purge_at = 0.0
        while True:
            try:
                if not self.open:
                    await self.in_thread(self._unlock)
                    self.open = True
                if time.monotonic() >= purge_at:
                    await self.in_thread(shared_inbox().purge)
                    purge_at = time.monotonic() + PURGE_EVERY
                self._wake.clear()  # before the poll: a message that comes meanwhile sets it again
                await self._take_up()
            except (SQLAlchemyError, OSError) as error:
                logger.error("%s: the inbox does not answer: %s", self.conversation.channel, type(error).__name__)
            except Exception as error:
                logger.error("%s: %s", self.conversation.channel, type(error).__name__)
            try:
                await asyncio.wait_for(self._wake.wait(), TICK)
            except asyncio.TimeoutError:
                continue

    def _unlock(self) -> None:
        upgrade(shared_inbox().engine)
        shared_inbox().take_over(self.conversation.channel)

    async def _take_up(self) -> None:
        while len(self._busy) < AT_ONCE:
            work = await self.in_thread(shared_inbox().claim, self.conversation.channel)
            if work is None or work.seq in self._mine:
                return  # nothing is due, or our own turn takes longer than its lease
            self._mine.add(work.seq)
            task = asyncio.ensure_future(self._work(work))
            self._busy.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._wake.set()

    async def _work(self, work: Work) -> None:
        alive = asyncio.ensure_future(self._prolong(work))
        try:
            await self._try(work)
        finally:
            alive.cancel()
            self._mine.discard(work.seq)

    async def _prolong(self, work: Work) -> None:
        while True:
            await asyncio.sleep(LEASE / 3)
            try:
                await self.in_thread(shared_inbox().keep, work)
            except Lost:
                return
            except SQLAlchemyError as error:
                logger.warning("%s: %s", self.conversation.channel, type(error).__name__)

    async def _try(self, work: Work) -> None:
        try:
            await self._answer_and_send(work)
        except Later as later:
            await self._again(work, later.seconds)
        except Undeliverable as fault:
            await self.in_thread(self._drop, work, fault.gone)
        except Lost:
            logger.warning("%s: another process has a message that took us too long", self.conversation.channel)
        except Exception as error:
            # Type alone: its text may hold what the person wrote, or the address.
            logger.error("%s: a message failed: %s", self.conversation.channel, type(error).__name__)
            # The answer comes when things work again; until then the person is told once.
            await self.apologise(work.sender_id, work.address)
            await self._again(work, None)

    async def apologise(self, sender_id: str, address: str) -> None:
        """Tells the person, once a minute at most, that something does not work."""
        now = time.monotonic()
        self._sorry = {sender: at for sender, at in self._sorry.items() if now - at < SORRY_EVERY}
        if sender_id in self._sorry:
            return
        self._sorry[sender_id] = now
        try:
            await self.conversation.apologise(address)
        except Exception as error:
            logger.warning("%s: nobody could be told: %s", self.conversation.channel, type(error).__name__)

    @staticmethod
    def _drop(work: Work, gone: bool) -> None:
        if gone:
            shared_inbox().forget(work.sender_id)
        shared_inbox().finish(work)

    async def _again(self, work: Work, seconds: float | None) -> None:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(work.attempts - 1, 12)) if seconds is None else seconds
        try:
            if time.time() - work.received + pause > GIVE_UP:
                logger.error("%s: an answer could not be sent in time and was given up", self.conversation.channel)
                await self.in_thread(shared_inbox().finish, work)
            else:
                await self.in_thread(shared_inbox().postpone, work, pause)
        except (SQLAlchemyError, Lost) as error:
            logger.error("%s: %s", self.conversation.channel, type(error).__name__)  # its lease runs out by itself

    async def _answer_and_send(self, work: Work) -> None:
        inbox, deliveries = shared_inbox(), work.deliveries
        if deliveries is None:
            answer = await self.conversation.answer(work, await self.in_thread(inbox.thread, work.sender_id))
            deliveries = answer.deliveries
            await self.in_thread(inbox.keep_answer, work, deliveries, answer.thread, answer.forget)
        for number in range(work.sent, len(deliveries)):
            began = work.trying if number == work.sent else None
            await self.in_thread(inbox.begin, work, number)
            change = await self.conversation.deliver(work, deliveries[number], began)
            thread = None
            if change is not None:
                thread = await self.in_thread(inbox.thread, work.sender_id)
                change(thread)
            await self.in_thread(inbox.sent, work, number + 1, thread)
        await self.in_thread(inbox.finish, work)
