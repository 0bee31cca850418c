"""What all actions share: from a Rasa tracker to the pure conversation and back."""

from __future__ import annotations

import datetime as dt
import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import slots
from whichpath.library.entries import Answers, load_answers
from whichpath.library.files import CONTENT, read_yaml
from whichpath.library.situation import Situation
from whichpath.library.states.packs import load_states
from whichpath.pathway import conversation
from whichpath.pathway.brief import DAY_WORDS, WORDS
from whichpath.pathway.clock import Clock
from whichpath.pathway.compose import Composer
from whichpath.pathway.rendered import DayWords, Rendered
from whichpath.pathway.routes import route_of
from whichpath.pathway.turn import Dialogue, Message, Reading, Tell, TellDay, TellState, Turn, Utter, reading_of
from whichpath.settings import ROOT
from whichpath.store import calendar_link

logger = logging.getLogger(__name__)
Buttons = list[dict[str, str]]


@lru_cache(maxsize=1)
def library() -> Answers:
    """The answers, read once a process."""
    return load_answers()


@lru_cache(maxsize=1)
def composer() -> Composer:
    """The one place that turns answers into messages, made once a process."""
    return Composer(load_states())


@lru_cache(maxsize=1)
def clock() -> Clock:
    """What day it is in each state."""
    return Clock({code: pack.timezone for code, pack in composer().states.packs.items()})


@lru_cache(maxsize=1)
def responses() -> dict[str, list[dict[str, Any]]]:
    """The responses of ``domain.yml``, which Rasa does not send (``enable_selective_domain`` in ``endpoints.yml``)."""
    return read_yaml(ROOT / "domain.yml")["responses"]


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """Intent -> the words on its choice button (``content/topics.yml``)."""
    return read_yaml(CONTENT / "topics.yml")


def title_of(payload: str) -> str:
    """The words on the button of ``payload``: an entry's own question, or the title of an intent."""
    intent, _, entities = payload.strip("/").partition("{")
    if '"question"' in entities:
        return library()[entities.split('"')[3]].question
    return titles()[intent]


def situation_of(tracker: Tracker) -> Situation:
    """The situation kept in the slots."""
    values = {name: tracker.get_slot(name) for name in slots.SITUATION}
    return Situation(**values, flags=frozenset(tracker.get_slot(slots.FLAGS) or ()))


def slot_events(turn: Turn, tracker: Tracker) -> list[EventType]:
    """Only the slots that changed."""
    now = {name: getattr(turn.situation, name) for name in slots.SITUATION}
    now[slots.FLAGS] = sorted(turn.situation.flags) or None
    now[slots.DIALOGUE] = turn.dialogue.to_slot() or None
    now[slots.OPEN_QUESTION] = turn.dialogue.question
    return [SlotSet(name, value) for name, value in now.items() if value != tracker.get_slot(name)]


def _menu_just_shown(tracker: Tracker) -> tuple[str, ...]:
    """The payloads of the last message the bot sent, for the responses that rules send by themselves."""
    shown = tracker.get_last_event_for("bot") or {}
    return tuple(b["payload"] for b in (shown.get("data") or {}).get("buttons") or ())


class Voice:
    """Says messages of the conversation through a Rasa dispatcher, and keeps the last menu."""

    def __init__(
        self,
        dispatcher: CollectingDispatcher,
        domain: dict[str, Any],
        situation: Situation,
        language: str | None = None,
    ) -> None:
        self.dispatcher = dispatcher
        self.spanish = composer().spanish if language == "es" else None
        self.responses = domain.get("responses") or responses()
        self.situation = situation
        self.menu: tuple[str, ...] = ()
        #: Words before the folds of an answer.
        self.room = WORDS

    def say_all(self, messages: Sequence[Message]) -> None:
        """Sends the messages of a turn. The day in court that follows an answer takes room in it."""
        if any(isinstance(message, TellDay) and not message.alone for message in messages):
            self.room = WORDS - DAY_WORDS
        for message in messages:
            self.say(message)

    def say(self, message: Message) -> None:
        """Sends one message."""
        if isinstance(message, Utter):
            buttons = self._own_buttons(message.name) + self._choices(message.choices)
            lang = "es" if self._translated(message.name) else "en"
            self._send(self.words(message.name, message.values), buttons, self._custom(message), lang)
        elif isinstance(message, TellDay):
            self._tell_day(message)
        elif isinstance(message, TellState):
            route = route_of(self.situation)
            known = self.situation.of_kind(message.order_type)
            told = composer().state(known, message.fields, route, message.elsewhere)
            told = composer().state_in_spanish(told, self.situation.state) if self.spanish else told
            self._card(told, message.choices)
        else:
            self._tell(message)

    def words(self, name: str, values: Any = None) -> str:
        """The words of response ``name``. A missing one is a fault of the release, never silence."""
        variants = self._plain(name)
        if not variants:
            raise KeyError(f"domain.yml has no response {name}")
        text = self._translated(name) or variants[0].get("text") or ""
        return text.format(**values) if values else text

    def _translated(self, name: str) -> str | None:
        return self.spanish.said(name) if self.spanish else None

    def _plain(self, name: str) -> list[dict[str, Any]]:
        """The variants of a response that hold in any language: Spanish words stand in ``content/spanish.yml``."""
        return [variant for variant in self.responses.get(name) or () if not variant.get("condition")]

    def _tell(self, message: Tell) -> None:
        lead = " ".join(self.words(name) for name in message.lead)
        entry = library()[message.entry]
        told = composer().entry(entry, message.variant, self.situation, message.route, lead, message.form, self.room)
        self._card(composer().in_spanish(told, entry) if self.spanish else told, message.choices)

    def _tell_day(self, message: TellDay) -> None:
        day, link = dt.date.fromisoformat(message.day), calendar_link.address(message.day)
        more = self.words("utter_hearing_calendar", {"link": link}) if link else ""
        words = DayWords(
            day=day,
            today=dt.date.fromisoformat(message.today),
            title=self.words("utter_hearing_title"),
            more=more,
            check_sms=self.words("utter_hearing_check"),
            link_sms=calendar_link.short_address(message.day) or "",
        )
        rendered = composer().day(words, self.situation, message.route, message.alone)
        data = {**rendered.data, "calendar": link} if link else rendered.data
        self._send(rendered.text, self._own_buttons(message.offer) if message.offer else [], {"data": data})

    def _card(self, rendered: Rendered, choices: tuple[str, ...]) -> None:
        self._send(rendered.text, self._choices(choices), {"data": rendered.data})

    def _send(self, text: str, buttons: Buttons, custom: dict[str, Any] | None, lang: str = "en") -> None:
        """``lang``: of ``text``, where ``custom`` does not say so itself."""
        self.menu = tuple(b["payload"] for b in buttons)
        data = {"lang": lang, **((custom or {}).get("data") or {}), "known": self._known()}
        if self.spanish:
            buttons = [{**b, "title": self.spanish.title(b["payload"], b["title"]) or b["title"]} for b in buttons]
        self.dispatcher.utter_message(text=text, buttons=buttons or None, json_message={"data": data})

    def _known(self) -> dict[str, str]:
        """What is understood of the person, for the channel to show: only what is known."""
        values = {name: getattr(self.situation, name) for name in slots.SITUATION}
        return {name: value for name, value in values.items() if value}

    def _own_buttons(self, name: str) -> Buttons:
        variants = self._plain(name) or [{}]
        return list(variants[0].get("buttons") or ())

    def _custom(self, message: Utter) -> dict[str, Any] | None:
        variants = self._plain(message.name) or [{}]
        custom = variants[0].get("custom")
        return {"data": {**((custom or {}).get("data") or {}), **message.data}} if message.data else custom

    @staticmethod
    def _choices(payloads: tuple[str, ...]) -> Buttons:
        return [{"title": title_of(p), "payload": p} for p in payloads]


class PathwayAction(Action, ABC):
    """Base of the actions: reads the tracker, asks :meth:`answer`, says what comes back.

    An exception never leaves with its text: the SDK would answer with the whole tracker in it.
    """

    @abstractmethod
    def name(self) -> str:
        """As in ``domain.yml``. Abstract here, so that the SDK does not register the base itself."""

    def answer(self, reading: Reading, known: Situation, dialogue: Dialogue, answers: Answers) -> Turn:
        """The turn for ``reading``; most actions leave the choice to the conversation itself."""
        return conversation.respond(reading, known, dialogue, answers, clock())

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One turn. Returns the slots that changed."""
        known = situation_of(tracker)
        dialogue = Dialogue.from_slot(tracker.get_slot(slots.DIALOGUE))
        try:
            heard = reading_of(tracker.latest_message)
            reading = replace(heard, channel=tracker.get_latest_input_channel())
            turn = self.answer(reading, known, dialogue, library())
            voice = Voice(dispatcher, domain, turn.situation, tracker.get_slot(slots.LANGUAGE))
            voice.say_all(turn.messages)
        except Exception as error:
            # The type alone: a message may hold what the person wrote.
            logger.error("%s failed: %s", self.name(), type(error).__name__)
            logger.debug("traceback", exc_info=True)
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_unavailable")
            return []
        menu = voice.menu if turn.messages else _menu_just_shown(tracker)
        turn = Turn(turn.messages, turn.situation, turn.dialogue.with_(menu=menu))
        if any(isinstance(m, Utter) and {"erase", "restart"} & set(m.data) for m in turn.messages):
            return [AllSlotsReset()]
        return slot_events(turn, tracker)
