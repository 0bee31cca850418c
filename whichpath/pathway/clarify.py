"""Handles messages not understood or out of scope: never the same words twice in a row, then a person."""

from __future__ import annotations

from whichpath.pathway.answer import answer, nearest, offer
from whichpath.pathway.questions import ALL_QUESTIONS
from whichpath.pathway.ranking import certain, heard, ranked
from whichpath.pathway.steps import onwards
from whichpath.pathway.talk import MAX_CHOICES, Talk, learned
from whichpath.pathway.turn import Message, Turn, Utter

#: Least share of a question that is offered when a message was not understood.
NEAR = 0.05
SHORT = 3
#: Least confidence of "out of scope" against a question that was recognised.
REFUSE = 0.5
#: Least share of a question that is answered when the case is known, even if "out of scope" is likelier.
LIKELY = 0.4
#: ... from which the nearest questions are offered instead of a refusal.
OFFERED = 0.2


def not_understood(talk: Talk) -> Turn:
    """Never twice in a row the same words: examples, then nearest questions, then a person, and round again."""
    misses = talk.dialogue.misses % 3 + 1
    question = talk.dialogue.question
    near = nearest(talk, NEAR)
    if misses == 3:
        messages: tuple[Message, ...] = (Utter("utter_refer"),)
        if question:
            return _unanswered(talk, messages)
    elif question and misses == 1:
        messages = (Utter(talk.named("again", question)),)
    elif question and question in ALL_QUESTIONS:
        messages = (Utter(talk.named("explain", question)),)
    elif misses == 1 and near:
        messages = (Utter("utter_clarify", choices=(*near, "/human")),)
    elif misses == 1:
        messages = (Utter("utter_rephrase"),)
    else:
        messages = (Utter("utter_clarify_again", choices=(*near[:1], "/help", "/human")),)
    return talk.done(*messages, misses=misses)


def points_back(talk: Talk) -> Turn:
    """«What about the other thing?»: the last offer is likelier meant than what the words resemble."""
    offered = tuple(payload for payload in talk.dialogue.menu if '"question"' in payload)[:MAX_CHOICES]
    if not offered or talk.dialogue.misses:
        return not_understood(talk)
    return talk.done(Utter("utter_vague", choices=(*offered, "/human")), misses=1)


def out_of_scope(talk: Talk) -> Turn:
    """A polite refusal without a legal answer, not twice in a row in the same words."""
    known = learned(talk)
    if talk.reading.confidence < REFUSE and heard(known):
        return answer(known)
    if certain(known) and (known.situation.role or known.situation.matter):
        return answer(known)
    if _ours(known) and talk.reading.asks and (found := ranked(known)).best >= OFFERED:
        # With a known case, a question that an entry answers is in scope.
        return answer(known) if found.best >= LIKELY else offer(known, found)
    if talk.dialogue.question and talk.reading.words <= SHORT:
        # One or two words after a question are an unrecognised answer ("Portland"), not a new subject.
        return not_understood(talk)
    misses = talk.dialogue.misses % 3 + 1
    name = {1: "utter_out_of_scope", 2: "utter_out_of_scope_again", 3: "utter_refer"}[misses]
    return talk.done(Utter(name), misses=misses)


def _ours(talk: Talk) -> bool:
    """Whether an order or a case is known."""
    return talk.situation.role is not None and talk.situation.matter is not None


def _unanswered(talk: Talk, messages: tuple[Message, ...]) -> Turn:
    """After three misses on a question it is skipped, so that it does not block the person."""
    question = talk.dialogue.question or ""
    skipped = (*talk.dialogue.skipped, question)
    talk = talk.knowing(talk.situation, skipped=skipped, question=None, pending=None, misses=0)
    if talk.wants_no_path:
        return talk.done(*messages)
    turn = onwards(talk, lead=("utter_skipped",))
    return Turn((*messages, *turn.messages), turn.situation, turn.dialogue)
