"""What can be done with a web conversation, whichever door it comes through: ask, erase, end, tidy up."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent

from channels.guards import turn
from channels.guards.inbound import without_names
from channels.guards.payloads import as_issued
from channels.output import Message, data_of
from channels.web import history
from channels.web.sessions import Entry, Session, Sessions

logger = logging.getLogger(__name__)

#: Minutes after the last open page of a conversation was closed until it is deleted.
IDLE_MINUTES = float(os.environ.get("WHICHPATH_WEB_IDLE_MINUTES") or 60)
#: Seconds between two looks for such conversations.
TIDY_EVERY = 300.0
#: How an event reaches the pages of a session: event name, session, data.
Tell = Callable[[str, Session, dict[str, Any]], Awaitable[None]]


async def _nobody(_event: str, _session: Session, _data: dict[str, Any]) -> None:
    """Until the live line is there."""


class Talk:
    """The conversations of the web channel."""

    def __init__(self, handle: turn.Handler, channel: str) -> None:
        self.handle = handle
        self.channel = channel
        self.sessions = Sessions()
        self.tell: Tell = _nobody
        self.agent: Agent | None = None
        self._work: set[asyncio.Task[Any]] = set()

    async def open(self, token: object) -> tuple[Session, bool]:
        """The session of ``token``, with what was said; a new one (and ``True``) where the token is not good."""
        session = self.sessions.by_token(token)
        if session is None:
            return self.sessions.new(), True
        if self.agent is not None:
            await history.load(session, self.agent.tracker_store)
        return session, False

    def ask(self, session: Session, question_id: str, text: str, shown: str) -> asyncio.Task[list[Message]] | None:
        """Takes a question in and lets it be answered; ``None`` where it was taken in before."""
        if not session.first_time(question_id):
            return None
        # Only the words on a button of ours may stand for something else than what was typed.
        # And what was typed is shown, waits and is answered without names and numbers: nothing keeps them.
        if not as_issued(text):
            text = shown = without_names(text).text
        entry = session.note("me", question_id, text=shown)
        session.open.append(question_id)
        # The turn goes on where the page is closed meanwhile: its answer waits for the page to come back.
        task = asyncio.ensure_future(self._turn(session, entry, text))
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    async def _turn(self, session: Session, entry: Entry, text: str) -> list[Message]:
        question_id = entry["id"]
        await self.tell("entry", session, entry)
        await self.tell("typing", session, {"id": question_id, "on": True})
        messages: list[Message] = []
        async with session.lock:
            if not session.ended:
                messages = await turn.reply_to(self.handle, text, session.sender, self.channel, question_id)
        if session.ended:
            await self._delete(session.sender)  # what this turn has stored after the end
            return []
        if any(data_of(message).get("erase") for message in messages):
            await self._start_over(session)
        for message in messages:
            await self.tell("entry", session, session.note("bot", question_id, message=message))
        if question_id in session.open:
            session.open.remove(question_id)
        await self.tell("typing", session, {"id": question_id, "on": False})
        return messages

    async def _start_over(self, session: Session) -> None:
        session.forget()
        # `erased`: the page is not to send again what it still waits for.
        await self.tell("session", session, {**self.info(session, "", 0), "open": [], "erased": True})

    @staticmethod
    def info(session: Session, epoch: str, last: int) -> dict[str, Any]:
        """What a page needs to be in step."""
        reset, entries = session.after(epoch, last)
        facts = {"session": session.token, "epoch": session.epoch, "reset": reset}
        return {**facts, "entries": entries, "open": list(session.open)}

    async def erase(self, session: Session) -> bool:
        """Deletes what was said; the session goes on, empty. ``False`` where the database does not answer."""
        async with session.lock:
            if not await self._delete(session.sender):
                return False
            await self._start_over(session)
        return True

    async def end(self, session: Session) -> None:
        """Deletes what was said and makes the token worthless."""
        sockets = set(session.sockets)
        self.sessions.end(session)
        session.sockets = sockets
        await self.tell("ended", session, {})
        await self._delete(session.sender)

    async def _delete(self, sender: str) -> bool:
        agent = self.agent
        if agent is None:
            return False
        try:
            # Behind a turn that is running: it would write again what was just deleted.
            async with agent.lock_store.lock(sender):
                await turn.erase(agent.tracker_store, sender)
        except Exception as error:
            logger.error("conversation not deleted: %s", type(error).__name__)
            return False
        return True

    async def tidy(self) -> None:
        """For as long as the server runs: deletes conversations that no page has shown for :data:`IDLE_MINUTES`."""
        while True:
            await asyncio.sleep(TIDY_EVERY)
            try:
                await self.tidy_once(time.time() - IDLE_MINUTES * 60)
            except Exception as error:
                logger.error("web conversations not tidied: %s", type(error).__name__)

    async def tidy_once(self, moment: float) -> None:
        """Ends what nobody has used since ``moment``, also what is left from before a restart."""
        used = set()
        for session in self.sessions:
            if session.sockets or session.open or session.used >= moment:
                used.add(session.sender)
            else:
                await self.end(session)
        if self.agent is None:
            return
        for sender in await history.closed_before(self.agent.tracker_store, moment):
            if sender not in used:
                await self._delete(sender)
