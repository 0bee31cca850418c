"""The transcript that several processes share in Redis, and the notifications between them.

No text is stored or sent in the clear: lines are encrypted (:mod:`whichpath.store.encryption`), and a notification says
no more than "there is a new line in that conversation".
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from whichpath.channels.output import Message
from whichpath.channels.web import scripts
from whichpath.channels.web.transcript import LINES, QUESTIONS, Asked, Entry, Kept, Unreachable
from whichpath.settings import read_settings
from whichpath.store.encryption import Cipher, Unreadable
from whichpath.store.identity import SESSION_SECONDS
from whichpath.store.shared import PREFIX, connect_to_listen

logger = logging.getLogger(__name__)
#: Lease in seconds: then another process answers the question of a process that was killed.
LEASE = 6.0
#: Most attempts for a question: it may be what crashes the processes.
TIMES = 3
#: Time to live in Redis after the last use: longer than pages may stay closed (`talk.IDLE_MINUTES`).
TIME_TO_LIVE = int(60 * read_settings().web_idle_minutes) + 1800


@dataclass(frozen=True)
class Left:
    """A question whose process died. ``hopeless``: it has had all its attempts."""

    asked: Asked
    hopeless: bool


class SharedTranscript:
    """See :class:`whichpath.channels.web.transcript.Transcript`."""

    def __init__(self, redis: Redis, cipher: Cipher) -> None:
        self.redis = redis
        self.cipher = cipher
        #: The id of this process.
        self.me = secrets.token_hex(6)
        self._root = f"{PREFIX}web:"
        names = ("ASK", "ANSWER", "STATE", "FILL", "AFTER", "FORGET", "END", "PROLONG", "TAKE_OVER", "TOUCH")
        self._scripts = {name: redis.register_script(scripts.whole(getattr(scripts, name))) for name in names}

    async def _run(self, name: str, sender: str, *arguments: Any) -> Any:
        return await self._reach(self._scripts[name](keys=[self._root], args=[sender, TIME_TO_LIVE, *arguments]))

    @staticmethod
    async def _reach(call: Awaitable[Any]) -> Any:
        try:
            return await call
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            logger.error("redis: %s", type(error).__name__)
            raise Unreachable from None

    async def ask(self, sender: str, question_id: str, shown: str, text: str) -> Asked | None:
        """The first process to store a question owns it."""
        line = self.cipher.encrypt({"who": "me", "id": question_id, "text": shown})
        encrypted = (self.cipher.encrypt(text), line)
        sizes = (LINES, QUESTIONS, LEASE)
        epoch = await self._run("ASK", sender, question_id, self.me, _epoch(), *encrypted, *sizes)
        return Asked(sender, question_id, text, epoch.decode(), self.me) if epoch else None

    async def state(self, asked: Asked) -> Kept:
        return Kept((await self._run("STATE", asked.sender, asked.question_id, asked.owner, asked.epoch)).decode())

    async def answer(self, asked: Asked, messages: Sequence[Message], start_over: bool = False) -> Kept:
        """All lines of an answer and the end of its question, in one step."""
        lines = [
            self.cipher.encrypt({"who": "bot", "id": asked.question_id, "message": message}) for message in messages
        ]
        whose = (asked.question_id, asked.owner, asked.epoch)
        how = (int(start_over), _epoch(), LINES, QUESTIONS)
        return Kept((await self._run("ANSWER", asked.sender, *whose, *how, *lines)).decode())

    async def note(self, sender: str, message: Message) -> None:
        line = self.cipher.encrypt({"who": "bot", "id": "", "message": message})
        await self._run("FILL", sender, _epoch(), LINES, QUESTIONS, 0, "", line)

    async def seen(self, sender: str, question_id: str) -> bool:
        return await self._reach(self.redis.zscore(f"{self._root}{sender}:seen", question_id)) is not None

    async def after(self, sender: str, epoch: str, last: int) -> dict[str, Any]:
        now, known, first, lines, ids = await self._run("AFTER", sender, _epoch(), epoch, last)
        try:
            entries = [{"seq": first + at, **self.cipher.decrypt(line.decode())} for at, line in enumerate(lines)]
        except Unreadable:
            entries = []  # encrypted with an old key
        open_ids = [question_id.decode() for question_id in ids]
        return {"epoch": now.decode(), "reset": not known, "entries": entries, "open": open_ids}

    async def blank(self, sender: str) -> bool:
        base = f"{self._root}{sender}"
        return not await self._reach(self.redis.exists(f"{base}:lines", f"{base}:open", f"{base}:ended"))

    async def fill(self, sender: str, lines: Sequence[Entry]) -> None:
        pairs = [("" if line["who"] == "bot" else line["id"], self.cipher.encrypt(line)) for line in lines]
        if pairs:
            await self._run("FILL", sender, _epoch(), LINES, QUESTIONS, 1, *(part for pair in pairs for part in pair))

    async def forget(self, sender: str) -> None:
        await self._run("FORGET", sender, _epoch())

    async def end(self, sender: str) -> None:
        await self._run("END", sender, SESSION_SECONDS)

    async def ended(self, sender: str) -> bool:
        return bool(await self._reach(self.redis.exists(f"{self._root}{sender}:ended")))

    async def touch(self, senders: Sequence[str]) -> None:
        if senders:
            await self._run("TOUCH", "", *senders)

    async def used_since(self, sender: str, moment: float) -> bool:
        if await self._reach(self.redis.exists(f"{self._root}{sender}:open")):
            return True
        used = await self._reach(self.redis.zscore(f"{self._root}used", sender))
        return used is not None and float(used) >= moment

    async def keep_form(self, question_id: str, token: str) -> str:
        encrypted = self.cipher.encrypt(token)
        await self._reach(self.redis.set(self._form(question_id), encrypted, ex=SESSION_SECONDS, nx=True))
        return await self.form(question_id) or token

    async def form(self, question_id: str) -> str | None:
        encrypted = await self._reach(self.redis.get(self._form(question_id)))
        try:
            return str(self.cipher.decrypt(encrypted.decode())) if encrypted else None
        except Unreadable:
            return None

    def _form(self, question_id: str) -> str:
        return f"{PREFIX}form:{self.cipher.digest(question_id)[:32]}"

    # --- questions of dead processes ---

    async def prolong(self, questions: Sequence[tuple[str, str]]) -> None:
        """Prolongs the leases of questions that this process is answering (conversation, question id)."""
        if questions:
            await self._run("PROLONG", "", LEASE, *(part for question in questions for part in question))

    async def take_over(self) -> Left | None:
        """Takes over a question whose lease of :data:`LEASE` seconds has expired."""
        found = await self._run("TAKE_OVER", "", self.me, LEASE)
        if not found:
            return None
        sender, question_id, epoch, times, encrypted = found
        try:
            text = self.cipher.decrypt(encrypted.decode())
        except Unreadable:
            times, text = TIMES + 1, ""
        asked = Asked(sender.decode(), question_id.decode(), text, (epoch or b"").decode(), self.me, again=True)
        return Left(asked, hopeless=times > TIMES)


def _epoch() -> str:
    return secrets.token_hex(6)


Hear = Callable[[str, str, dict[str, Any]], Awaitable[None]]


class Bus:
    """Notifies all processes: event name, conversation, and numbers or ids, but no text."""

    def __init__(self, redis: Redis, url: str, hear: Hear, catch_up: Callable[[], Awaitable[None]]) -> None:
        """``hear`` handles a notification; ``catch_up`` is called where some may have been missed."""
        self.redis = redis
        self.hear = hear
        self.catch_up = catch_up
        self.me = secrets.token_hex(6)
        self._channel = f"{PREFIX}web"
        self._url = url

    async def tell(self, event: str, sender: str, data: dict[str, Any]) -> None:
        """Notifies the others. Lost notifications are caught up with."""
        with suppress(RedisError, OSError, asyncio.TimeoutError):
            await self.redis.publish(self._channel, json.dumps([self.me, event, sender, data]))

    async def listen(self) -> None:
        """Receives notifications as long as the server runs."""
        line = connect_to_listen(self._url).pubsub(ignore_subscribe_messages=True)
        while True:
            try:
                await line.subscribe(self._channel)
                await self.catch_up()
                async for message in line.listen():
                    await self._heard(message["data"])
            except (RedisError, OSError, asyncio.TimeoutError) as error:
                logger.error("redis: %s", type(error).__name__)
                with suppress(RedisError, OSError):
                    await line.reset()
            await asyncio.sleep(1)

    async def _heard(self, raw: bytes) -> None:
        try:
            who, event, sender, data = json.loads(raw)
            if who != self.me:
                await self.hear(event, sender, data)
        except Exception as error:
            logger.error("web: %s", type(error).__name__)
