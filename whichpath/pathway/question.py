"""About the open question: not sure, why do you ask, a bare yes, a bare no."""

from __future__ import annotations

from whichpath.pathway.clarify import not_understood
from whichpath.pathway.path import correct, inform
from whichpath.pathway.questions import ALL_QUESTIONS
from whichpath.pathway.steps import afterwards, onwards
from whichpath.pathway.talk import Talk
from whichpath.pathway.turn import Turn, Utter


def not_sure(talk: Talk) -> Turn:
    """Help once (how to tell from the paper), then go on without."""
    question = talk.dialogue.question
    if question not in ALL_QUESTIONS:
        return talk.done(Utter("utter_help"), question=None)
    if question in talk.dialogue.helped or question == "state":
        return _skip(talk, question)
    helped = (*talk.dialogue.helped, question)
    return talk.done(Utter(talk.named("explain", question)), helped=helped)


def _skip(talk: Talk, question: str) -> Turn:
    talk = talk.knowing(talk.situation, skipped=(*talk.dialogue.skipped, question), question=None)
    if talk.wants_no_path:
        return talk.done(Utter("utter_skipped"), *afterwards(talk))
    return onwards(talk, lead=("utter_skipped",))


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
    if question and not (question == "state" and talk.wants_no_path):
        return not_understood(talk)
    if question and question not in talk.dialogue.helped:
        # The yes was for what was said back. The state is worth asking for once more: it brings the local rules.
        return talk.resumed(Utter("utter_good"), helped=(*talk.dialogue.helped, question))
    return talk.done(Utter("utter_good"), *afterwards(talk), question=None)


def deny(talk: Talk) -> Turn:
    """A bare no: after a check it means that something was wrong."""
    if talk.reading.found:
        return correct(talk)
    question = talk.dialogue.question
    if question == "state" and not talk.dialogue.told:
        return _skip(talk, question)
    if talk.dialogue.told and question in (None, "state"):
        return talk.done(Utter("utter_ask_correct"), question="correct")
    if question == "correct":
        return talk.done(Utter("utter_help"), question=None)
    return not_understood(talk) if question else talk.done(Utter("utter_help"))
