"""Not understood, or not ours: never the same words twice in a row, then a person."""

from __future__ import annotations

from whichpath.library.topics import TOPICS
from whichpath.pathway.questions import ALL_QUESTIONS
from whichpath.pathway.steps import onwards
from whichpath.pathway.talk import Talk
from whichpath.pathway.turn import Message, Turn, Utter

#: How many of the nearest topics are offered where a message was not understood.
NEAREST = 3
SHORT = 3


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
        messages = (Utter(talk.named("again", question)),)
    elif question and question in ALL_QUESTIONS:
        messages = (Utter(talk.named("explain", question)),)
    elif misses == 1 and near:
        messages = (Utter("utter_clarify", choices=(*near, "/human")),)
    elif misses == 1:
        messages = (Utter("utter_rephrase"),)
    else:
        messages = (Utter("utter_clarify_again", choices=(*near, "/help", "/human")),)
    return talk.done(*messages, misses=misses)


def points_back(talk: Talk) -> Turn:
    """«What about the other thing?»: what was offered last is likelier meant than what the words resemble."""
    raised = (*talk.dialogue.menu, *(f"/{name}" for name in talk.dialogue.others))
    offered = tuple(dict.fromkeys(payload for payload in raised if payload.strip("/") in TOPICS))[:NEAREST]
    if not offered or talk.dialogue.misses:
        return not_understood(talk)
    return talk.done(Utter("utter_vague", choices=(*offered, "/human")), misses=1)


def out_of_scope(talk: Talk) -> Turn:
    """Refused kindly, without a legal card, and not twice in a row in the same words."""
    if talk.dialogue.question and talk.reading.words <= SHORT:
        # A word or two after a question is an answer that was not caught ("Portland"), not a new subject.
        return not_understood(talk)
    misses = talk.dialogue.misses % 3 + 1
    name = {1: "utter_out_of_scope", 2: "utter_out_of_scope_again", 3: "utter_refer"}[misses]
    return talk.resumed(Utter(name), misses=misses)


def _unanswered(talk: Talk, messages: tuple[Message, ...]) -> Turn:
    """Three misses on one question: it is left open, the person is not held up by it."""
    question = talk.dialogue.question or ""
    talk = talk.knowing(talk.situation, skipped=(*talk.dialogue.skipped, question), question=None, misses=0)
    if talk.dialogue.told or talk.dialogue.goal is None:
        return talk.done(*messages)
    turn = onwards(talk, lead=("utter_skipped",))
    return Turn((*messages, *turn.messages), turn.situation, turn.dialogue)
