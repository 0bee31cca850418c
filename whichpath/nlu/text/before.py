"""The message before: together with it, a follow-up ("is that bad") is a whole question.

The turn guard puts its words into the metadata of the message that is parsed; they are not stored with it.
"""

from __future__ import annotations

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

#: The key of the metadata.
BEFORE = "before"
#: Words at the end of the message before that count; a message of more than so many words stands alone.
MOST_BEFORE, MOST = 30, 40


def together(message: Message) -> str | None:
    """The end of the message before and this one; ``None`` where there is none, or this one needs none."""
    before = (message.get("metadata") or {}).get(BEFORE)
    text = message.get(TEXT)
    if not before or not text or text.startswith("/") or len(text.split()) > MOST:
        return None
    return f"{' '.join(str(before).split()[-MOST_BEFORE:])} {text}"
