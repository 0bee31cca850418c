"""Collects all messages of a turn and delivers them together at its end.

A message is a plain dict with ``text`` (str), ``buttons`` (list of ``{"title", "payload"}``), ``custom`` (dict, most
often ``{"data": {...}}``), ``image`` and ``attachment`` (str); only the keys that apply. Text is never split: an answer
card with its notice stays one message.
"""

from __future__ import annotations

import copy
from typing import Any

from rasa.core.channels.channel import OutputChannel

from whichpath.library.organisation import load_organisation_texts

Message = dict[str, Any]
_PARTS = ("text", "image", "attachment", "custom")


def data_of(message: Message) -> dict[str, Any]:
    """The ``data`` of a message's ``custom`` payload, empty where it has none."""
    custom = message.get("custom")
    data = custom.get("data") if isinstance(custom, dict) else None
    return data if isinstance(data, dict) else {}


def with_organisation(message: Message, response: str) -> Message:
    """``message`` with the additions of the organisation that runs the bot: see ``content/organisation.yml``."""
    texts = load_organisation_texts()
    added: tuple[str | None, str | None] = (None, None)
    if response == "utter_human":
        added = texts.human() or added
    elif response in ("utter_greet", "utter_feedback"):
        added = (texts.line(response.removeprefix("utter_").replace("greet", "hello")), None)
    long, short = added
    # The reachable contact comes first.
    first = response == "utter_human"
    if long and message.get("text"):
        message = {**message, "text": f"{long}\n{message['text']}" if first else f"{message['text']}\n{long}"}
    data = data_of(message)
    if short and data.get("sms"):
        message = {**message, "custom": {"data": {**data, "sms": f"{short} {data['sms']}"}}}
    return message


class TurnOutput(OutputChannel):
    """Collects the messages of one turn.

    ``failed`` is set by the turn guard when the sentence of :data:`whichpath.library.phrases` has been said;
    ``deadline`` is the loop time by which the turn's actions have to be done; ``again`` says that another process may
    have taken this turn before.
    """

    def __init__(self, channel: str, again: bool = False) -> None:
        self.channel = channel
        self.again = again
        self.messages: list[Message] = []
        self.failed = False
        self.deadline: float | None = None

    def name(self) -> str:  # type: ignore[override]
        """The input channel's name, so that responses written for one channel are found."""
        return self.channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps ``message`` as one message. ``recipient_id`` is known to the channel already."""
        # The event that Rasa stores shares its parts with `message`.
        kept: Message = {key: copy.deepcopy(message[key]) for key in _PARTS if message.get(key)}
        buttons = message.get("buttons") or message.get("quick_replies")
        if buttons:
            kept["buttons"] = [{"title": b.get("title", ""), "payload": b.get("payload", "")} for b in buttons]
        if kept:
            self.messages.append(with_organisation(kept, str(message.get("utter_action") or "")))

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """For custom actions that send text directly (Rasa itself does not)."""
        await self.send_response(recipient_id, {**kwargs, "text": text})

    @property
    def safe(self) -> bool:
        """Whether danger help has been given in this turn."""
        return any(data_of(m).get("safety") for m in self.messages)

    @property
    def erase(self) -> bool:
        """Whether the conversation is to be deleted when the turn is over (``actions/session.py``)."""
        return any(data_of(m).get("erase") for m in self.messages)
