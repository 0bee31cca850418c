"""The conversation: from a reading and what is known to what is said. Pure, total, never silent.

Each intent has one handler. :func:`respond` picks it; a typed number or a pressed button goes
through the same door, so every channel behaves alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from actions.pathway.library import Card, Library
from actions.pathway.questions import ALL_QUESTIONS, CRIMINAL, assumed, next_question
from actions.pathway.routes import path_of
from actions.pathway.situation import Situation
from actions.pathway.topics import GOALS, QUESTIONS, TOPICS
from actions.pathway.turn import Dialogue, Message, Reading, Tell, TellState, Turn, Utter, reading_of_payload

MAX_CHOICES = 4
#: How many of the nearest topics are offered where a message was not understood.
NEAREST = 3


@dataclass(frozen=True)
class Talk:
    """One turn in the making: what is known, what was just read."""

    reading: Reading
    situation: Situation
    dialogue: Dialogue
    library: Library

    def done(self, *messages: Message, **dialogue: object) -> Turn:
        """The turn with ``messages``; a turn that was understood clears the count of misses."""
        changes = {"misses": 0, "others": self.others(), **dialogue}
        return Turn(messages, self.situation, self.dialogue.with_(**changes))

    def resumed(self, *messages: Message, **dialogue: object) -> Turn:
        """Like :meth:`done`, with the open question put again at the end."""
        question = self.dialogue.question
        if question:
            others = tuple(f"/{t}" for t in self.others()[:1])
            messages = (*messages, Utter(f"utter_ask_{question}", choices=others))
        return self.done(*messages, **dialogue)

    def others(self) -> tuple[str, ...]:
        """Further topics the person raised and was not answered yet, newest message first."""
        raised = dict.fromkeys((*self.reading.others, *self.dialogue.others))
        return tuple(t for t in raised if t in QUESTIONS and t != self.reading.intent)[:MAX_CHOICES]

    def knowing(self, situation: Situation, **dialogue: object) -> Talk:
        """The same turn with more known."""
        return Talk(self.reading, situation, self.dialogue.with_(**dialogue), self.library)


def respond(reading: Reading, situation: Situation, dialogue: Dialogue, library: Library) -> Turn:
    """What to say to ``reading``. Never raises for any combination, never returns no message."""
    talk = Talk(reading, situation, dialogue, library)
    if reading.choice is not None:
        if not 1 <= reading.choice <= len(dialogue.menu):
            return not_understood(talk)
        chosen = reading_of_payload(dialogue.menu[reading.choice - 1])
        return respond(chosen, situation, dialogue, library)
    return HANDLERS.get(reading.intent, not_understood)(talk)


# --- facts -----------------------------------------------------------------------------------


def _learned(talk: Talk, *, override: bool) -> Talk:
    """``talk`` with the facts of the message taken in.

    A plain question may fill gaps but not turn over what is known ("what if she texts me?" does
    not change who the order is against). Only an answer, a correction or a button overrides.
    """
    reading, known = talk.reading, talk.situation
    changes = {
        name: value
        for name, value in reading.found.items()
        if override or getattr(known, name) is None
    }
    if changes.get("role") in ("protected", "restrained"):
        changes.setdefault("side", None)
    if reading.date and (override or known.hearing_date is None):
        changes["hearing_date"] = reading.date
    flags = known.flags | reading.flags
    chosen = set(talk.dialogue.chosen)
    asked = talk.dialogue.question
    if reading.pressed or reading.intent == "correct" or asked in changes:
        chosen |= set(changes)
    return talk.knowing(known.with_(flags=flags, **changes), chosen=tuple(sorted(chosen)))


# --- path ------------------------------------------------------------------------------------


def goal(talk: Talk) -> Turn:
    """Somebody says what they want done."""
    reading, known = talk.reading, talk.situation
    matter = reading.found.get("matter")
    wants_criminal = matter in CRIMINAL or (reading.intent == "drop_charges" and matter != "civil_order")
    if wants_criminal and known.matter == "civil_order":
        return _second_matter(talk, matter or "criminal_case")
    if known.matter in CRIMINAL and reading.intent != "drop_charges" and matter == "civil_order":
        # The other way round: the order is a second matter beside the case told of first.
        flags = known.flags | {"criminal_alongside"}
        talk = talk.knowing(known.with_(matter="civil_order", stage=None, flags=flags), told=False)
    # A new goal after a told path may be a new story: what the message says counts.
    talk = _learned(talk, override=talk.dialogue.told)
    situation = assumed(talk.situation, reading.intent)
    return _onwards(talk.knowing(situation, goal=reading.intent, told=False))


def inform(talk: Talk) -> Turn:
    """A bare fact: the answer to a question, or something added."""
    reading, known = talk.reading, talk.situation
    if not (reading.found or reading.flags or reading.date):
        return not_understood(talk)
    matter = reading.found.get("matter")
    if matter in CRIMINAL and known.matter == "civil_order" and talk.dialogue.question != "matter":
        return _second_matter(talk, matter)
    asked_state = set(reading.found) == {"state"}
    talk = _learned(talk, override=True)
    if asked_state and talk.dialogue.told:
        return talk.done(TellState(talk.situation.state or ""), *_afterwards(talk), question=None)
    if talk.dialogue.told and talk.situation == known:
        return talk.resumed(Utter("utter_noted"))
    wanted = talk.dialogue.goal or "end_order"
    return _onwards(talk.knowing(assumed(talk.situation, wanted), goal=wanted, told=False))


def correct(talk: Talk) -> Turn:
    """The person says that something was understood wrongly."""
    reading = talk.reading
    if not (reading.found or reading.flags or reading.date):
        return talk.done(Utter("utter_ask_correct"), question="correct")
    matter = reading.found.get("matter")
    if matter in CRIMINAL:
        # Not a second matter but the right name for the first.
        flags = talk.situation.flags - {"criminal_alongside"}
        talk = talk.knowing(talk.situation.with_(flags=flags, stage=None))
    talk = _learned(talk, override=True)
    wanted = talk.dialogue.goal or "end_order"
    skipped = tuple(q for q in talk.dialogue.skipped if q not in reading.found)
    situation = assumed(talk.situation, wanted)
    return _onwards(talk.knowing(situation, goal=wanted, told=False, skipped=skipped), lead=("utter_corrected",))


def _onwards(talk: Talk, lead: tuple[str, ...] = ()) -> Turn:
    """The next question, or the path where nothing more has to be asked."""
    question = next_question(talk.situation, frozenset(talk.dialogue.skipped))
    if question:
        opening: tuple[Message, ...] = tuple(Utter(name) for name in lead)
        if talk.reading.intent == "drop_charges" and (card := _topic_card(talk, "drop_charges")):
            # "Drop the charges" hides several things: say which, then ask which.
            opening = (*opening, Tell(card.id))
        return talk.done(*opening, Utter(f"utter_ask_{question}"), question=question)
    return _tell_path(talk, lead)


def _tell_path(talk: Talk, lead: tuple[str, ...] = ()) -> Turn:
    situation = talk.situation
    if talk.dialogue.goal == "get_order":
        situation = situation.with_(matter="civil_order", stage="none")
    path = path_of(situation, talk.library)
    card = path.cards[0]
    if talk.dialogue.goal == "modify_order" and situation.matter == "civil_order":
        card = _topic_card(talk, "modify_order") or card
    check = _check_line(situation)
    choices = _topic_choices(talk, card.next)
    main = Tell(card.id, path.route, (*lead, *check), ("/correct", *choices) if check else choices)
    extra = tuple(Tell(card.id, path.route) for card in path.cards[1:])
    after: tuple[Message, ...] = ()
    question = None
    if situation.state:
        after = (TellState(situation.state),)
    elif "state" not in talk.dialogue.skipped:
        question, after = "state", (Utter("utter_ask_state"),)
    return talk.done(main, *extra, *after, question=question, route=path.route, told=True)


def _topic_card(talk: Talk, name: str) -> Card | None:
    return talk.library.for_topic(name, talk.situation)


def _check_line(situation: Situation) -> tuple[str, ...]:
    """The response that says back what was understood, where there is something to check."""
    if situation.role is None:
        return ()
    if situation.matter in CRIMINAL:
        return (f"utter_check_{situation.matter}_{situation.role}",)
    return (f"utter_check_{situation.role}_{situation.stage or 'unsure'}",)


def _second_matter(talk: Talk, matter: str) -> Turn:
    """A criminal matter beside the civil order: told of at once, the civil path stays open."""
    known = talk.situation
    beside = known.with_(matter=matter, flags=known.flags | talk.reading.flags)
    path = path_of(beside, talk.library)
    talk = talk.knowing(known.with_(flags=beside.flags | {"criminal_alongside"}))
    return talk.resumed(Tell(path.cards[0].id, path.route, ("utter_second_matter",)))


def _topic_choices(talk: Talk, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Payloads for what else the person asked, then what fits next; no repeats."""
    topics = [t for t in (*talk.others(), *wanted) if t in TOPICS and t != talk.reading.intent]
    return tuple(f"/{topic}" for topic in dict.fromkeys(topics))[: MAX_CHOICES - 1]


def _afterwards(talk: Talk) -> tuple[Message, ...]:
    """What to offer when the path was told and nothing is open."""
    return (Utter("utter_what_else"),)


# --- topics ----------------------------------------------------------------------------------


def topic(talk: Talk) -> Turn:
    """A question on the way: answered, then the open question comes back."""
    talk = _learned(talk, override=False)
    card = _topic_card(talk, talk.reading.intent)
    if card is None:
        return not_understood(talk)
    choices = _topic_choices(talk, card.next)
    if talk.dialogue.question:
        return talk.resumed(Tell(card.id, talk.dialogue.route))
    if not talk.dialogue.told:
        choices = (*choices, "/end_order")
    return talk.done(Tell(card.id, talk.dialogue.route, (), choices))


# --- the open question -----------------------------------------------------------------------


def not_sure(talk: Talk) -> Turn:
    """Help once (how to tell from the paper), then go on without."""
    question = talk.dialogue.question
    if question not in ALL_QUESTIONS:
        return talk.done(Utter("utter_help"), question=None)
    if question in talk.dialogue.helped or question == "state":
        return _skip(talk, question)
    helped = (*talk.dialogue.helped, question)
    return talk.done(Utter(f"utter_explain_{question}"), helped=helped)


def _skip(talk: Talk, question: str) -> Turn:
    talk = talk.knowing(talk.situation, skipped=(*talk.dialogue.skipped, question), question=None)
    if talk.dialogue.told:
        return talk.done(Utter("utter_skipped"), *_afterwards(talk))
    return _onwards(talk, lead=("utter_skipped",))


def ask_why(talk: Talk) -> Turn:
    """Why the open question is asked."""
    question = talk.dialogue.question
    if question not in ALL_QUESTIONS:
        return talk.resumed(Utter("utter_why"))
    return talk.resumed(Utter(f"utter_why_{question}"))


def affirm(talk: Talk) -> Turn:
    """A bare yes: what was said back is right. It cannot answer a question with choices."""
    if talk.reading.found:
        return inform(talk)
    question = talk.dialogue.question
    if question and not (question == "state" and talk.dialogue.told):
        return not_understood(talk)
    return talk.done(Utter("utter_good"), *_afterwards(talk), question=None)


def deny(talk: Talk) -> Turn:
    """A bare no: after a check it means that something was wrong."""
    if talk.reading.found:
        return correct(talk)
    question = talk.dialogue.question
    if talk.dialogue.told and question in (None, "state"):
        return talk.done(Utter("utter_ask_correct"), question="correct")
    if question == "correct":
        return talk.done(Utter("utter_help"), question=None)
    return not_understood(talk) if question else talk.done(Utter("utter_help"))


# --- not understood --------------------------------------------------------------------------


def not_understood(talk: Talk) -> Turn:
    """Never twice in a row the same words: examples, then nearest topics, then a person, and round again."""
    misses = talk.dialogue.misses % 3 + 1
    question = talk.dialogue.question
    near = tuple(f"/{name}" for name in talk.reading.nearest if name in TOPICS)[:NEAREST]
    if misses == 3:
        messages: tuple[Message, ...] = (Utter("utter_refer"),)
        if question:
            return _unanswered(talk, messages)
    elif question and misses == 1:
        messages = (Utter(f"utter_ask_{question}_again"),)
    elif question and question in ALL_QUESTIONS:
        messages = (Utter(f"utter_explain_{question}"),)
    elif misses == 1 and near:
        messages = (Utter("utter_clarify", choices=(*near, "/human")),)
    elif misses == 1:
        messages = (Utter("utter_rephrase"),)
    else:
        messages = (Utter("utter_clarify_again", choices=(*near, "/help", "/human")),)
    return talk.done(*messages, misses=misses)


def out_of_scope(talk: Talk) -> Turn:
    """Refused kindly, without a legal card, and not twice in a row in the same words."""
    misses = talk.dialogue.misses % 3 + 1
    name = {1: "utter_out_of_scope", 2: "utter_out_of_scope_again", 3: "utter_refer"}[misses]
    return talk.resumed(Utter(name), misses=misses)


def _unanswered(talk: Talk, messages: tuple[Message, ...]) -> Turn:
    """Three misses on one question: it is left open, the person is not held up by it."""
    question = talk.dialogue.question or ""
    talk = talk.knowing(talk.situation, skipped=(*talk.dialogue.skipped, question), question=None, misses=0)
    if talk.dialogue.told or talk.dialogue.goal is None:
        return talk.done(*messages)
    turn = _onwards(talk, lead=("utter_skipped",))
    return Turn((*messages, *turn.messages), turn.situation, turn.dialogue)


def after_danger(talk: Talk) -> Turn:
    """Danger help was just given. The legal answer follows where one was asked for too."""
    intent = talk.reading.legal_intent
    if intent in TOPICS:
        reading = Reading(intent, talk.reading.found, talk.reading.flags, talk.reading.date)
        return respond(reading, talk.situation, talk.dialogue, talk.library)
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
