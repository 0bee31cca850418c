"""Entity ``state``: the US states in a message, as two-letter codes; ``lives``: somebody only lives there.

Where there is no state: ``ambiguous_place`` (a name in several states) and ``abroad`` (the country).
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from whichpath.nlu.places import names as place_names
from whichpath.nlu.text.component import Listed

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceExtractor(Listed):
    """Adds one entity per state, the one that made the order first. Needs no training, never raises."""

    @classmethod
    def prepare(cls) -> None:
        """Builds the spaCy pipeline."""
        place_names.pipeline()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities to each message."""
        for message in messages:
            text = message.get(TEXT)
            if text and not text.startswith("/"):
                found = self._entities(text)
                message.set(ENTITIES, [*(message.get(ENTITIES) or []), *found], add_to_output=True)
        return messages

    def _entities(self, text: str) -> list[dict[str, Any]]:
        try:
            read = place_names.read(text)
        except Exception as error:
            # A failure here must not lose the message. Only the type is logged: the error may quote the message.
            logger.error("places: %s", type(error).__name__)
            return []
        rows = [
            {
                "entity": "state",
                "value": place.code,
                "start": place.start,
                "end": place.end,
                "confidence": 1.0,
                "extractor": type(self).__name__,
                **({"lives": True} if place.made < 0 else {}),
            }
            for place in read.places
        ]
        others = [("ambiguous_place", other) for other in read.ambiguous[:1]]
        others += [("abroad", other) for other in read.abroad[:1]]
        return rows + [
            {
                "entity": entity,
                "value": other.value,
                "start": other.start,
                "end": other.end,
                "confidence": 1.0,
                "extractor": type(self).__name__,
            }
            for entity, other in others
        ]
