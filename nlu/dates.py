"""Entity ``date``: the day of the hearing, ISO 8601."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu import date_spans

logger = logging.getLogger(__name__)


def today() -> dt.date:
    """The day that "tomorrow" counts from; of its own, so that tests can stop the clock."""
    return dt.date.today()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DateExtractor(GraphComponent, EntityExtractorMixin):
    """Adds the days a message names for court. Nothing to train, never raises."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DateExtractor:
        """Loads the parser's data now, so that the first person does not wait for it."""
        date_spans.warm_up()
        return cls()

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
            days = date_spans.find(text, today())
        except Exception as error:
            # A message must never be lost over a day. The type alone: a message may stand in the text.
            logger.error("dates: %s", type(error).__name__)
            return []
        return [
            {
                "entity": "date",
                "value": day.date.isoformat(),
                "start": day.start,
                "end": day.end,
                "confidence": 1.0,
                "extractor": type(self).__name__,
            }
            for day in days
        ]
