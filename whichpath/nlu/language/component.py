"""Attribute and entity ``language``: the language that a message is written in, or asks for by name.

``es`` or ``en``; not set where it is unclear ("no", "ok", "1", a name), so that a short answer never changes the
language of a conversation.
"""

from __future__ import annotations

import logging

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from whichpath.nlu.language.recognise import recognise, words
from whichpath.nlu.text.component import Listed

logger = logging.getLogger(__name__)
LANGUAGE = "language"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageDetector(Listed):
    """Sets the language of each message. Needs no training, never raises."""

    @classmethod
    def prepare(cls) -> None:
        """Reads the word lists."""
        words()

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets attribute and entity."""
        for message in messages:
            text = message.get(TEXT)
            if text and not text.startswith("/"):
                self._set(message, text)
        return messages

    def _set(self, message: Message, text: str) -> None:
        try:
            found = recognise(text)
        except Exception as error:
            # A failure here must not lose the message. Only the type is logged: the error may quote the message.
            logger.error("language: %s", type(error).__name__)
            return
        if found.code is None:
            return
        message.set(LANGUAGE, found.code, add_to_output=True)
        entity = {
            "entity": LANGUAGE,
            "value": found.code,
            "start": 0,
            "end": len(text),
            "confidence": 1.0,
            "extractor": type(self).__name__,
            **({"asked": True} if found.asked else {}),
        }
        message.set(ENTITIES, [*(message.get(ENTITIES) or []), entity], add_to_output=True)
