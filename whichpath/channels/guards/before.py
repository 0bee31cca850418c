"""What was said before a message is read with it: a follow-up may be a question only together with that."""

from __future__ import annotations

import copy
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import Restarted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from whichpath.library.asks import asks
from whichpath.nlu.text.before import BEFORE
from whichpath.nlu.topic.component import OFF_TOPIC
from whichpath.patched import written_for
from whichpath.pathway.conversation import FEW


def said_before(tracker: DialogueStateTracker | None) -> str | None:
    """The last message in words of this conversation that was no short answer; nothing where that was off topic."""
    for event in reversed(tracker.events if tracker is not None else ()):
        if isinstance(event, Restarted | SessionStarted):
            return None
        if not isinstance(event, UserUttered) or not event.text or event.text.startswith("/"):
            continue
        if len(event.text.split()) > FEW or asks(event.text):
            return None if event.intent_name == OFF_TOPIC else str(event.text)
    return None


async def _parse_message(
    self: MessageProcessor,
    message: UserMessage,
    tracker: DialogueStateTracker | None = None,
    only_output_properties: bool = True,
) -> dict[str, Any]:
    """As :meth:`rasa.core.processor.MessageProcessor.parse_message`; the message that is stored stays as it is."""
    before = said_before(tracker)
    if before:
        message = copy.copy(message)
        message.metadata = {**(message.metadata or {}), BEFORE: before}
    return await _original(self, message, tracker, only_output_properties)


_original = MessageProcessor.parse_message


def install() -> None:
    """Patches Rasa; idempotent."""
    written_for("rasa")
    MessageProcessor.parse_message = _parse_message  # type: ignore[method-assign]
