"""The conversation of the toy channel: STOP, START, choices by number."""

from __future__ import annotations

from typing import Any

from whichpath.channels.choices import pick
from whichpath.channels.guards import turn
from whichpath.channels.outbox import Answer, Change
from whichpath.channels.output import Message, data_of
from whichpath.channels.queued import QueuedConversation
from whichpath.library.phrases import load_phrases
from whichpath.store.inbox import Delivery, Work

from .provider import ToyApi


def load_wording() -> dict[str, str]:
    """The channel's texts."""
    return {"stop": "You will get no more messages.", "start": "Welcome back."}


class ToyConversation(QueuedConversation):
    """See :class:`QueuedConversation`."""

    channel = "toy"

    def __init__(self, handle: turn.Handler) -> None:
        super().__init__(handle)
        self.api = ToyApi()
        self.wording = load_wording()

    async def answer(self, work: Work, thread: dict[str, Any]) -> Answer:
        """See :class:`QueuedConversation`."""
        text = str(work.message["text"])
        if text == "STOP":
            await self.opt_out(work)
            return Answer([{"text": self.wording["stop"]}], forget=True)
        if text == "START":
            await self.opt_in(work)
            return Answer([{"text": self.wording["start"]}])
        if await self.opted_out(work):
            return Answer([], forget=True)
        if work.message["slow"]:
            return Answer([{"text": load_phrases().slow.text}], thread)
        messages = await self.take_turn(work, pick(text, thread.get("menu") or []) or text)
        menu = [[b["title"], b["payload"]] for m in messages for b in m.get("buttons") or ()]
        deliveries = [{"text": m["text"]} for m in messages if m.get("text")]
        return Answer(deliveries, {"menu": menu}, forget=any(data_of(m).get("erase") for m in messages))

    async def deliver(self, work: Work, delivery: Delivery, began: float | None) -> Change | None:
        """See :class:`QueuedConversation`."""
        await self.api.send(work.address, delivery["text"], began)
        return None

    async def send(self, address: str, message: Message) -> None:
        """See :class:`QueuedConversation`."""
        await self.api.send(address, message["text"])

    async def close(self) -> None:
        """See :class:`QueuedConversation`."""
        await self.api.close()
