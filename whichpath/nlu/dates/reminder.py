"""Entity ``reminder``: ``yes`` where a message asks for a reminder of the hearing, ``no`` where it declines one."""

from __future__ import annotations

import re

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from whichpath.nlu.text.component import Listed

#: A date or a reference to one. "Remind me what a motion is" is not a request for a reminder.
_DATE = (
    r"(?:(?:of|about|before|on|for|when)\s+)?(?:(?:my|the|this|that|our|it|court|hearing|day|date|night|morning|week"
    r"|appointment|trial|time|a|an|hour|few|couple|days?|before|of|is|comes?|up)\b[\s,]*)*"
)
_REMIND = rf"(?:remind|text|message|ping|alert)\s+me\b\s*(?:(?:please|again|too|also|then)\s+)?{_DATE}"
#: What must follow a request, or the end of the text.
_END = (
    r"(?=\s*(?:$|[.,;!?)]|please|pls|plz|thanks|thx|ok|and\b|so\b|because\b|since\b|in case\b|if\b|bc\b|i\b"
    r"|court\b|on\b|tomorrow\b|\d))"
)
_NOUN = (
    r"\b(?:send|set|get|want|need|give|make|schedule|put|add|have|like|do|use|text|message)\b[^.?!]{0,25}\breminders?\b"
    r"|^\W*(?:a\s+)?reminders?(?:\s+please|\s+pls)?\W*$"
)
_NO = (
    r"\b(?:no|stop|cancel|end|delete|remove|without|off|turn off|quit|(?:don'?t|do not) (?:send|want|need|set))"
    r"\b[^.?!]{0,20}\bremind(?:ers?|ing)\b|\b(?:don'?t|do not|stop|quit|never)\s+remind(?:ing)?\s+me\b"
)
NO = re.compile(_NO, re.IGNORECASE)
YES = re.compile(
    rf"(?:^|(?<!he )(?<!she )(?<!they )(?<!to )\b)(?P<ask>remind\s+me\b\s*{_DATE}){_END}"
    rf"|\b(?:can|could|will|would|please|to)\s+(?:you\s+)?(?:please\s+)?(?:also\s+)?{_REMIND}{_END}|{_NOUN}",
    re.IGNORECASE,
)
#: Statements with another subject: "he keeps reminding me", "she reminds me of".
OTHERS = re.compile(
    r"\b(?:he|she|they|that|it|who|which|always|just|keeps?)\s+remind(?:s|ed|ing)?\s+me\b", re.IGNORECASE
)


def find(text: str) -> tuple[str, int, int] | None:
    """(``yes`` or ``no``, start, end) of a request about reminders in ``text``, or ``None``."""
    plain = text.replace("’", "'")
    if match := NO.search(plain):
        return "no", match.start(), match.end()
    if OTHERS.search(plain) or "remind" not in plain.casefold():
        return None
    match = YES.search(plain)
    return ("yes", match.start(), match.end()) if match else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ReminderExtractor(Listed):
    """Adds the entity. Needs no training."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entity to each message."""
        for message in messages:
            text = message.get(TEXT)
            found = find(text) if text and not text.startswith("/") else None
            if found:
                value, start, end = found
                row = {"entity": "reminder", "value": value, "start": start, "end": end, "confidence": 1.0}
                row["extractor"] = type(self).__name__
                message.set(ENTITIES, [*(message.get(ENTITIES) or []), row], add_to_output=True)
        return messages
