"""The conversation itself: coming back to the open question, and erasing everything."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset, EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import PathwayAction
from whichpath.library.cards import Library
from whichpath.library.situation import Situation
from whichpath.pathway import conversation
from whichpath.pathway.turn import Dialogue, Reading, Turn


class ActionResume(PathwayAction):
    """Puts the open question again after small talk; says nothing where none is open."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_resume"

    def answer(self, reading: Reading, known: Situation, dialogue: Dialogue, cards: Library) -> Turn:
        """Only the open question."""
        return conversation.resume(conversation.Talk(reading, known, dialogue, cards))


class ActionErase(Action):
    """Asks the channel to delete the conversation once this turn is over.

    The tracker is still being written while an action runs, so the action cannot delete it
    itself: it marks its message with ``erase`` and the channel's turn guard deletes the rows.
    """

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_erase"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Says that it is done and empties every slot."""
        dispatcher.utter_message(response="utter_erase", json_message={"data": {"erase": True}})
        return [AllSlotsReset()]
