"""The conversation: from a reading and what is known to what is said. Pure, total, never silent.

Each intent has one handler. :func:`respond` picks it; a typed number or a pressed button goes
through the same door, so every channel behaves alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from whichpath.library.cards import Library
from whichpath.library.situation import Situation
from whichpath.library.topics import GOALS, QUESTIONS, TOPICS
from whichpath.pathway.clarify import not_understood, out_of_scope, points_back
from whichpath.pathway.clock import Clock
from whichpath.pathway.hearing import answered, noted
from whichpath.pathway.path import correct, goal, inform
from whichpath.pathway.question import affirm, ask_why, deny, not_sure
from whichpath.pathway.talk import Talk, asks_state, learned, topic_card, topic_choices
from whichpath.pathway.turn import Dialogue, Reading, Tell, Turn, Utter, reading_of_payload

_GOALS_CHOSEN = frozenset(f"/{goal}" for goal in GOALS)


def respond(
    reading: Reading, situation: Situation, dialogue: Dialogue, library: Library, clock: Clock | None = None
) -> Turn:
    """What to say to ``reading``. Never raises for any combination, never returns no message."""
    clock = clock or Clock()
    if reading.dates:
        # «Tomorrow» is counted from the day it is in the person's state.
        today = clock.today(reading.found.get("state") or situation.state)
        reading = replace(reading, date=reading.dates.get(str(today), reading.date), dates={})
    talk = Talk(reading, situation, dialogue, library, clock)
    if reading.choice is not None:
        if not 1 <= reading.choice <= len(dialogue.menu):
            return not_understood(talk)
        chosen = replace(reading_of_payload(dialogue.menu[reading.choice - 1]), channel=reading.channel)
        return respond(chosen, situation, dialogue, library, clock)
    return noted(talk, answered(talk) or _handler(talk)(talk))


def _handler(talk: Talk) -> Callable[[Talk], Turn]:
    """Whose turn it is. What answers the open question is an answer, whatever else it looks like ("Ohio")."""
    reading = talk.reading
    if reading.intent in ("out_of_scope", "nlu_fallback") and talk.dialogue.question in reading.found:
        return inform
    if reading.vague and reading.intent == "nlu_fallback":
        return not_sure if talk.dialogue.question else points_back
    return HANDLERS.get(reading.intent, not_understood)


def topic(talk: Talk) -> Turn:
    """A question on the way: answered, then the open question comes back."""
    talk = learned(talk, override=False)
    card = topic_card(talk, talk.reading.intent)
    if card is None:
        return not_understood(talk)
    choices = topic_choices(talk, card.next)
    if talk.dialogue.question == "state":
        talk = _asked_enough(talk)
    if talk.dialogue.question:
        return talk.resumed(Tell(card.id, talk.dialogue.route))
    if not talk.dialogue.told:
        choices = choices if set(choices) & _GOALS_CHOSEN else (*choices, "/end_order")
    if asks_state(talk):
        # The answer differs by state: one question, and what is known there follows.
        told = Tell(card.id, talk.dialogue.route, (), choices)
        return talk.done(told, Utter("utter_ask_state"), question="state")
    return talk.done(Tell(card.id, talk.dialogue.route, (), choices))


def _asked_enough(talk: Talk) -> Talk:
    """The state is asked for twice at most: who asks on instead of answering is not held up by it."""
    if "state" not in talk.dialogue.helped:
        return talk.knowing(talk.situation, helped=(*talk.dialogue.helped, "state"))
    return talk.knowing(talk.situation, question=None, skipped=(*talk.dialogue.skipped, "state"))


def after_danger(talk: Talk) -> Turn:
    """Danger help was just given. The legal answer follows where one was asked for too."""
    intent = talk.reading.legal_intent
    if intent in TOPICS:
        reading = Reading(intent, talk.reading.found, talk.reading.flags, talk.reading.date)
        return respond(reading, talk.situation, talk.dialogue, talk.library, talk.clock)
    return talk.resumed(Utter("utter_go_on"))


def session(talk: Talk) -> Turn:
    """Small talk and help reached through a choice; typed, the rules answer it."""
    return talk.resumed(Utter(f"utter_{talk.reading.intent}"))


def resume(talk: Talk) -> Turn:
    """Something else was answered: the open question comes back, else nothing more is said."""
    if talk.dialogue.question:
        return talk.resumed()
    return Turn((), talk.situation, talk.dialogue.with_(misses=0))


HANDLERS: dict[str, Callable[[Talk], Turn]] = {
    **dict.fromkeys(GOALS, goal),
    **dict.fromkeys(QUESTIONS, topic),
    "inform": inform,
    "correct": correct,
    "not_sure": not_sure,
    "ask_why": ask_why,
    "affirm": affirm,
    "deny": deny,
    "out_of_scope": out_of_scope,
    "danger": after_danger,
    "self_harm": after_danger,
    **dict.fromkeys(("help", "human", "ask_privacy", "greet"), session),
}
