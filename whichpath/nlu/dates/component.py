"""Entity ``date``: the hearing date, ISO 8601; ``by_day`` maps each current date in the US to the date read then.

Where there is no date: ``bad_date`` (not in the calendar) and ``span`` (a length of time, "in 2 weeks"), as written.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from whichpath.nlu.dates import spans as date_spans
from whichpath.nlu.text.component import Listed

logger = logging.getLogger(__name__)


#: The earliest and the latest time zone of the United States, and the most populous.
_ZONES = tuple(ZoneInfo(name) for name in ("Pacific/Guam", "America/New_York", "Pacific/Pago_Pago"))


def now() -> dt.datetime:
    """The current time in this machine's zone; a function, so that tests can replace it."""
    return dt.datetime.now().astimezone()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DateExtractor(Listed):
    """Adds the hearing dates that a message names. Needs no training, never raises."""

    @classmethod
    def prepare(cls) -> None:
        """Compiles the patterns."""
        date_spans.warm_up()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities to each message."""
        for message in messages:
            text = message.get(TEXT)
            if text and not text.startswith("/"):
                found = self._entities(text)
                message.set(ENTITIES, [*(message.get(ENTITIES) or []), *found], add_to_output=True)
        return messages

    def _entities(self, text: str) -> list[dict[str, Any]]:
        moment = now()
        today = moment.date()
        try:
            read = date_spans.read(text, today)
            days = read.days
            # The date here may differ from the date where the person is. The conversation knows the state
            # and uses the reading for its current date.
            others = {moment.astimezone(zone).date() for zone in _ZONES} if days else ()
            found = {day: date_spans.find(text, day) for day in sorted(others)}
        except Exception as error:
            # A failure here must not lose the message. Only the type is logged: the error may quote the message.
            logger.error("dates: %s", type(error).__name__)
            return []
        rows = [
            {
                "entity": "date",
                "value": day.date.isoformat(),
                "by_day": {str(on): str(same.date) for on, all_ in found.items() for same in all_ if _same(same, day)},
                **self._where(day),
            }
            for day in days
        ]
        rest = [("bad_date", part) for part in read.bad[:1]] + [("span", part) for part in read.spans[:1]]
        return rows + [{"entity": entity, "value": part.text, **self._where(part)} for entity, part in rest]

    def _where(self, found: date_spans.Day | date_spans.Part) -> dict[str, Any]:
        return {"start": found.start, "end": found.end, "confidence": 1.0, "extractor": type(self).__name__}


def _same(one: date_spans.Day, other: date_spans.Day) -> bool:
    return (one.start, one.end) == (other.start, other.end)
