"""The previous message, which completes a follow-up question ("is that bad").

The turn guard adds its text to the metadata of the message to parse; it is not stored there.
"""

from __future__ import annotations

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

#: Key in the metadata.
BEFORE = "before"
#: Number of words used from the end of the previous message; a message of more than so many words needs none.
MOST_BEFORE, MOST = 30, 40


def before_of(message: Message) -> str | None:
    """The previous message, if any."""
    return (message.get("metadata") or {}).get(BEFORE)


def together(message: Message) -> str | None:
    """The end of the previous message plus this one; ``None`` where there is none, or this one is long enough."""
    before = before_of(message)
    text = message.get(TEXT)
    if not before or not text or text.startswith("/") or len(text.split()) > MOST:
        return None
    return f"{' '.join(str(before).split()[-MOST_BEFORE:])} {text}"
