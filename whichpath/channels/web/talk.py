"""The operations on a web conversation, over socket.io or HTTP: ask, erase, end, clean up."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent

from whichpath.channels.guards import danger, turn
from whichpath.channels.guards.inbound import without_names
from whichpath.channels.guards.limits import Limits
from whichpath.channels.guards.payloads import as_issued
from whichpath.channels.output import Message, data_of
from whichpath.channels.web import history
from whichpath.channels.web.sessions import Session, Sessions
from whichpath.channels.web.shared import LEASE, SharedTranscript
from whichpath.channels.web.transcript import Asked, Kept, MemoryTranscript, Transcript, Unreachable
from whichpath.library.phrases import load_phrases
from whichpath.settings import read_settings
from whichpath.store.inbox import IDLE

logger = logging.getLogger(__name__)

#: Minutes after the last open page of a conversation was closed until it is deleted.
IDLE_MINUTES = read_settings().web_idle_minutes
#: Seconds between two searches for such conversations.
TIDY_EVERY = 300.0
#: Seconds after which lines that no page shows are dropped from memory, and between two checks. A reload or a
#: reconnection takes less; later the lines are read from the database.
HELD_SECONDS, PUT_AWAY_EVERY = 120.0, 30.0
#: Seconds of retries for an answer that could not be stored in the transcript.
KEEP_TRYING = 120
#: Sends an event to the pages of a session: event name, session, data.
Tell = Callable[[str, Session, dict[str, Any]], Awaitable[None]]


async def _nobody(_event: str, _session: Session, _data: dict[str, Any]) -> None:
    """A placeholder until the live connection is set up."""


class Talk:
    """The conversations of the web channel."""

    def __init__(
        self, handle: turn.Handler, channel: str, transcript: Transcript | None = None, limits: Limits | None = None
    ) -> None:
        self.handle = handle
        self.channel = channel
        self.transcript: Transcript = transcript or MemoryTranscript()
        self.limits = limits or Limits()
        self.sessions = Sessions(self.transcript)
        self.tell: Tell = _nobody
        self.agent: Agent | None = None
        self._work: set[asyncio.Task[Any]] = set()
        #: Sessions ended here while Redis did not answer.
        self._to_end: set[str] = set()

    async def open(self, token: object) -> tuple[Session, bool]:
        """The session of ``token`` with its transcript; a new one (and ``True``) where the token is invalid.

        Raises:
            Unreachable: the transcript is. All methods raise it.
        """
        session = await self.sessions.by_token(token)
        if session is None or session.sender in self._to_end:
            return self.sessions.new(), True
        if await self._idle(session):
            # Another person may have the device by now, so nothing is shown.
            await self.end(session)
            return self.sessions.new(), True
        if self.agent is not None and await self.transcript.blank(session.sender):
            await history.load(self.transcript, session.sender, self.agent.tracker_store)
        return session, False

    async def _idle(self, session: Session) -> bool:
        """Whether ``session`` has content that no page has shown for longer than a session lasts."""
        moment = time.time() - IDLE
        if session.sockets or session.running or await self.transcript.used_since(session.sender, moment):
            return False
        if not await self.transcript.blank(session.sender):
            return True
        last = await history.last_word(session.sender, self.agent.tracker_store) if self.agent is not None else None
        return last is not None and last < moment

    async def ask(
        self, session: Session, question_id: str, text: str, shown: str, instead: Message | None = None
    ) -> asyncio.Task[list[Message]] | None:
        """Accepts a question and starts its turn; ``None`` for a duplicate.

        ``instead``: an immediate answer, without a turn.
        """
        if question_id in session.running:
            return None
        # Only the title of one of our buttons may be shown instead of what was sent.
        # What was typed is shown, stored and answered without names and numbers.
        if not as_issued(text):
            text = shown = without_names(text).text
        if instead is None and session.lock.locked():
            # A message of danger does not wait for an earlier turn of the same person.
            instead = danger.help_for(text)
        asked = await self.transcript.ask(session.sender, question_id, shown, text)
        return self._begin(session, asked, shown, instead) if asked is not None else None

    def _begin(
        self, session: Session, asked: Asked, shown: str, instead: Message | None = None
    ) -> asyncio.Task[list[Message]]:
        # The turn continues if the page is closed meanwhile: its answer is shown when the page comes back.
        session.running.add(asked.question_id)
        return self._spawn(self._turn(session, asked, shown, instead))

    def _spawn(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    async def _turn(self, session: Session, asked: Asked, shown: str, instead: Message | None) -> list[Message]:
        arrived = asyncio.get_running_loop().time()
        await self.tell("entry", session, {})
        await self.tell("typing", session, {"id": asked.question_id, "on": True})
        try:
            if instead is not None:
                messages = [instead]
            else:
                async with session.lock:
                    messages = await self._answer(asked, arrived)
            if messages:
                messages = await self._keep(session, asked, shown, messages)
        finally:
            session.running.discard(asked.question_id)
        await self.tell("typing", session, {"id": asked.question_id, "on": False})
        return messages

    async def _answer(self, asked: Asked, arrived: float) -> list[Message]:
        try:
            state = await self.transcript.state(asked)
            if state in (Kept.GONE, Kept.TAKEN):
                return []
            return await turn.reply_to(
                self.handle, asked.text, asked.sender, self.channel, asked.question_id, asked.again, arrived
            )
        except Exception as error:
            logger.error("web: a turn failed: %s", type(error).__name__)
            return [load_phrases().unavailable.message()]

    async def _keep(self, session: Session, asked: Asked, shown: str, messages: list[Message]) -> list[Message]:
        erase = any(data_of(message).get("erase") for message in messages)
        try:
            kept = await self.transcript.answer(asked, messages, start_over=erase)
        except Unreachable:
            # The person still gets it on pages that are connected to this process.
            await self.tell("unkept", session, {"id": asked.question_id, "messages": messages})
            self._spawn(self._keep_later(session, asked, shown, messages))
            return messages
        return await self._kept(session, asked, shown, messages, kept)

    async def _kept(
        self, session: Session, asked: Asked, shown: str, messages: list[Message], kept: Kept
    ) -> list[Message]:
        erase = any(data_of(message).get("erase") for message in messages)
        if kept is Kept.GONE:
            await self._delete(asked.sender)  # what this turn stored after the session had ended
            return []
        if kept is Kept.LOST and self.agent is not None:
            lines: list[dict[str, Any]] = [{"who": "me", "id": asked.question_id, "text": shown}]
            lines += [{"who": "bot", "id": asked.question_id, "message": message} for message in messages]
            await self.transcript.forget(asked.sender)
            await history.load(self.transcript, asked.sender, self.agent.tracker_store, () if erase else lines)
        await self.tell("start_over" if erase else "entry", session, {})
        return messages

    async def _keep_later(self, session: Session, asked: Asked, shown: str, messages: list[Message]) -> None:
        end = time.monotonic() + KEEP_TRYING
        while time.monotonic() < end:
            await asyncio.sleep(1)
            try:
                erase = any(data_of(message).get("erase") for message in messages)
                kept = await self.transcript.answer(asked, messages, start_over=erase)
                await self._kept(session, asked, shown, messages, kept)
                return
            except Unreachable:
                continue

    async def erase(self, session: Session) -> bool:
        """Deletes the conversation; the session continues, empty. ``False`` where the database does not answer."""
        async with session.lock:
            if not await self._delete(session.sender):
                return False
            await self.transcript.forget(session.sender)
            await self.tell("start_over", session, {})
        return True

    async def end(self, session: Session) -> None:
        """Deletes the conversation and invalidates the token."""
        try:
            await self.transcript.end(session.sender)
        except Unreachable:
            self._to_end.add(session.sender)
        await self.tell("ended", session, {})
        self.sessions.drop(session)
        await self._delete(session.sender)

    async def _delete(self, sender: str) -> bool:
        return await history.delete(self.agent, sender) if self.agent is not None else False

    # --- background tasks ---

    async def stop(self) -> None:
        """Waits for running turns. Others are taken over by another process, or sent again by the page."""
        if self._work:
            await asyncio.wait(self._work, timeout=5)

    async def watch(self, transcript: SharedTranscript) -> None:
        """Prolongs our leases, and answers questions of dead processes."""
        while True:
            await asyncio.sleep(LEASE / 4)
            try:
                await transcript.prolong([(s.sender, question) for s in self.sessions for question in s.running])
                await self.take_over(transcript)
                for sender in list(self._to_end):
                    await transcript.end(sender)
                    self._to_end.discard(sender)
            except Unreachable:
                continue
            except Exception as error:
                logger.error("web: %s", type(error).__name__)

    async def take_over(self, transcript: SharedTranscript) -> None:
        """Answers questions of dead processes."""
        while self.agent is not None and self.agent.is_ready() and (left := await transcript.take_over()):
            asked = left.asked
            session = self.sessions.of(asked.sender)
            if asked.question_id in session.running:
                continue  # our own question, after this process was suspended
            logger.warning("web: a question of a process that died is answered here")
            if left.hopeless:
                await transcript.answer(asked, [load_phrases().unavailable.message()])
                await self.tell("entry", session, {})
            else:
                self._begin(session, asked, asked.text)

    async def tidy(self) -> None:
        """Deletes conversations that no page has shown for :data:`IDLE_MINUTES`."""
        while True:
            await asyncio.sleep(TIDY_EVERY)
            try:
                await self.tidy_once(time.time() - IDLE_MINUTES * 60)
            except Exception as error:
                logger.error("web conversations not tidied: %s", type(error).__name__)

    async def put_away(self) -> None:
        """Drops lines from memory that no page has shown for :data:`HELD_SECONDS`."""
        while isinstance(self.transcript, MemoryTranscript):
            await asyncio.sleep(PUT_AWAY_EVERY)
            self.put_away_once(time.time() - HELD_SECONDS)

    def put_away_once(self, moment: float) -> None:
        """Drops the lines of conversations that no page has shown since ``moment``."""
        for session in self.sessions:
            if isinstance(self.transcript, MemoryTranscript) and not (
                session.sockets or session.running or session.used >= moment
            ):
                self.transcript.put_away(session.sender)

    async def tidy_once(self, moment: float) -> None:
        """Ends conversations unused since ``moment`` in every process, those from before a restart included."""
        await self.transcript.touch([s.sender for s in self.sessions if s.sockets or s.running])
        for session in self.sessions:
            if not await self._used_since(session.sender, moment):
                await self.end(session)
        if self.agent is None:
            return
        for sender in await history.closed_before(self.agent.tracker_store, moment):
            if not await self._used_since(sender, moment):
                await self._delete(sender)

    async def _used_since(self, sender: str, moment: float) -> bool:
        here = self.sessions.get(sender)
        if here is not None and (here.sockets or here.running or here.used >= moment):
            return True
        return await self.transcript.used_since(sender, moment)
