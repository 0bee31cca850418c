"""The SMS side of a conversation: commands, numbered menus, MORE, privacy on the locked screen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from rasa.core.agent import Agent

from whichpath.channels.choices import number_of, pick
from whichpath.channels.guards import turn
from whichpath.channels.guards.inbound import read
from whichpath.channels.outbox import Answer, Change
from whichpath.channels.output import Message, data_of
from whichpath.channels.queued import QueuedConversation
from whichpath.channels.signals import is_wrong_number
from whichpath.channels.sms.render import LIMIT, Part, Renderer
from whichpath.channels.sms.words import load_commands
from whichpath.library.gsm7 import size, to_gsm7
from whichpath.library.organisation import load_organisation_texts
from whichpath.library.phrases import load_phrases
from whichpath.library.wording_sms import CONTACT_LIMIT, load_wording
from whichpath.providers.twilio import Blocked, TwilioApi
from whichpath.providers.twilio_settings import SmsSettings
from whichpath.store.inbox import IDLE, Delivery, Work

Thread = dict[str, Any]
_DANGER = ("danger", "self_harm")


class SmsConversation(QueuedConversation):
    """Answers a text and sends the answer."""

    channel = "sms"

    def __init__(self, settings: SmsSettings, handle: turn.Handler, agent: Callable[[], Agent | None]) -> None:
        super().__init__(handle)
        self.settings = settings
        self.agent = agent
        self.api = TwilioApi(settings)
        self.wording = load_wording()
        self.commands = load_commands()
        self.renderer = Renderer(self.wording)

    # --- what to answer ---

    async def answer(self, work: Work, thread: Thread) -> Answer:
        """The answer to a text. At most one text."""
        if time.time() - thread.get("at", 0) > IDLE:
            thread = {}
        out = await self.opted_out(work)
        text, handled = str(work.message["text"]), work.message.get("handled")
        command = handled or self.commands.of(text, out)
        if command == "stop":
            return await self._stop(work, out, bool(handled))
        if command == "start":
            await self.opt_in(work)
            return Answer([] if handled else _texts(self.wording.start), thread)
        if command == "help":
            return Answer([] if handled else _texts(self._help()), thread)
        if out:
            return await self._to_opted_out(text, command)
        if work.message.get("slow"):
            return Answer(_texts(load_phrases().slow.sms), thread)
        if is_wrong_number(text):
            return await self._wrong_number(work)
        hello = self._hello(work, thread)
        parts, said = await self._parts(work, thread, text, command, hello)
        first = self._greeted(parts[0], hello, urgent=any(data_of(message).get("safety") for message in said))
        if any(data_of(message).get("erase") for message in said):
            return Answer(_texts(first.text), forget=True)
        # The unread rest of the last card stays available through MORE until the next card.
        rest = parts[1:] or ([] if command == "more" else _unread(thread))
        kept: Thread = {"at": time.time(), "menu": first.menu, "rest": [part.kept() for part in rest]}
        return Answer(_texts(first.text), {**kept, "told": thread.get("told") or time.time()})

    async def _stop(self, work: Work, out: bool, handled: bool) -> Answer:
        """One confirmation, the first time only."""
        await self.opt_out(work)
        # Processed again after a crash: the confirmation was not sent yet.
        first = not out or work.attempts > 1
        return Answer(_texts(self.wording.stop) if first and not handled else [], forget=True)

    async def _wrong_number(self, work: Work) -> Answer:
        """The number has a new owner: what is stored for it is deleted, reminders included."""
        agent = self.agent()
        if agent is not None:
            await turn.erase(agent.tracker_store, work.sender_id)
        return Answer(_texts(self.wording.wrong_number), forget=True)

    def _help(self) -> str:
        contact = load_organisation_texts().line("help_sms") or self.settings.contact
        return self.wording.help.format(contact=to_gsm7(contact)[:CONTACT_LIMIT])

    async def _to_opted_out(self, text: str, command: str | None) -> Answer:
        """No answer after an opt-out, except in danger (47 CFR 64.1200: emergency purposes)."""
        words, agent = read(text).text, self.agent()
        if words is None or command is not None or agent is None or not agent.is_ready():
            return Answer([], forget=True)
        parsed = await agent.parse_message(words)
        intent = (parsed.get("intent") or {}).get("name")
        if intent not in _DANGER:
            return Answer([], forget=True)
        response = agent.domain.responses.get(f"utter_{intent}") or [{}]
        help_text = data_of(response[0]).get("sms") or load_phrases().unavailable.sms
        return Answer(_texts(f"{self.wording.first}\n{help_text}"), forget=True)

    async def _parts(
        self, work: Work, thread: Thread, text: str, command: str | None, hello: str
    ) -> tuple[list[Part], Sequence[Message]]:
        """The parts of the answer, and the messages of the turn where one was taken."""
        rest = [Part.again(row) for row in thread.get("rest") or ()]
        # The numbers of the last menu stay valid until another menu is shown.
        menu = tuple((title, payload) for title, payload in thread.get("menu") or ())
        number = number_of(text) if thread else None
        if command == "more" or (number is not None and rest and not menu):
            first, *later = rest or [Part(self.wording.more_done)]
            return [first if first.menu else replace(first, menu=menu), *later], ()
        if number is not None and menu and not 1 <= number <= len(menu):
            # Choices that did not fit into the text are unknown to the person, so Rasa must not accept them.
            return [Part(self.wording.no_choice, menu), *rest], ()
        if work.message.get("media") and read(text).text is None:
            return [Part(self.wording.picture, menu), *rest], ()
        messages = await self.take_turn(work, pick(text, menu) or text)
        if work.message.get("media"):
            messages = [*messages, _note(self.wording.picture_too)]
        return self.renderer.parts(messages, hello), messages

    def _hello(self, work: Work, thread: Thread) -> str:
        """The beginning of a text: a warning, once; nothing revealing until it can have been read."""
        told = thread.get("told")
        if not told:
            return self.wording.first
        return "" if work.received > told else self.wording.hello

    def _greeted(self, part: Part, hello: str, *, urgent: bool) -> Part:
        """``part`` after ``hello``, and the rest of the first text if it fits.

        Help in danger comes at once.
        """
        body = part.text.removeprefix(hello).lstrip("\n")
        more = f"{hello} {self.wording.first_more}" if hello == self.wording.first and not urgent else hello
        for start in (more, hello):
            text = f"{start}\n{body}".lstrip("\n")
            if size(text) <= LIMIT:
                return replace(part, text=text)
        return part

    # --- sending ---

    async def deliver(self, work: Work, delivery: Delivery, began: float | None) -> Change | None:
        """Sends one text."""
        try:
            await self.api.send(work.address, delivery["body"], began)
        except Blocked:
            await self.opt_out(work)
            raise
        return None

    async def send(self, address: str, message: Message) -> None:
        """One text."""
        await self.api.send(address, self.worded(message), None)

    async def close(self) -> None:
        """See :class:`QueuedConversation`."""
        await self.api.close()

    def worded(self, message: Message) -> str:
        """A message as a text. It may be the first one, so nothing revealing is at its beginning."""
        return f"{self.wording.hello}\n{data_of(message)['sms']}"


def _unread(thread: Thread) -> list[Part]:
    return [part for part in map(Part.again, thread.get("rest") or ()) if part.full]


def _texts(body: str) -> list[Delivery]:
    return [{"body": body}]


def _note(text: str) -> Message:
    return {"text": text, "custom": {"data": {"guard": True, "sms": text}}}
