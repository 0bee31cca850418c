"""Handles replies about the open question: not sure, why do you ask, yes, no."""

from __future__ import annotations

from whichpath.pathway.answer import answer, tell
from whichpath.pathway.clarify import not_understood
from whichpath.pathway.path import correct, inform, path_anew
from whichpath.pathway.questions import ALL_QUESTIONS
from whichpath.pathway.ranking import heard, wants_answer
from whichpath.pathway.steps import afterwards, onwards
from whichpath.pathway.talk import Talk, learned
from whichpath.pathway.turn import Turn, Utter

#: The name of the open question whether an earlier fact has changed.
CHANGED = "changed"


def not_sure(talk: Talk) -> Turn:
    """Explains once how to find out, then skips the question."""
    question = talk.dialogue.question
    known = learned(talk)
    if talk.reading.asks and wants_answer(known) and not talk.reading.pressed:
        return answer(known)
    if talk.reading.found and not talk.reading.pressed:
        return inform(talk)
    if question not in ALL_QUESTIONS:
        return talk.done(Utter("utter_help"), question=None)
    if question in talk.dialogue.helped or question == "state":
        return skip(talk, question)
    return talk.done(Utter(talk.named("explain", question)), helped=(*talk.dialogue.helped, question))


def skip(talk: Talk, question: str) -> Turn:
    """Skips the question and answers what is possible without it."""
    talk = talk.knowing(talk.situation, skipped=(*talk.dialogue.skipped, question), question=None)
    if talk.dialogue.pending in talk.library:
        return tell(talk, talk.library[talk.dialogue.pending])
    if talk.wants_no_path or question == "state":
        return talk.done(Utter("utter_skipped"), *afterwards(talk))
    return onwards(talk, lead=("utter_skipped",))


def ask_why(talk: Talk) -> Turn:
    """Explains why the open question is asked."""
    question = talk.dialogue.question
    if question not in ALL_QUESTIONS:
        talk = learned(talk)
        return answer(talk) if heard(talk) else talk.resumed(Utter("utter_why"))
    return talk.resumed(Utter(f"utter_why_{question}"))


def affirm(talk: Talk) -> Turn:
    """A yes, with any facts after it: a summary is right, or something has changed."""
    question = talk.dialogue.question
    if question == CHANGED:
        return changed(talk)
    if talk.reading.found or talk.reading.date:
        return inform(talk)
    if talk.reading.asks and wants_answer(learned(talk)):
        return answer(learned(talk))
    if question and not (question == "state" and talk.wants_no_path):
        return not_understood(talk)
    if question and question not in talk.dialogue.helped:
        # The yes confirmed the summary. The state is asked for once more, because it adds local rules.
        return talk.resumed(Utter("utter_good"), helped=(*talk.dialogue.helped, question))
    return talk.done(Utter("utter_good"), *afterwards(talk), question=None)


def deny(talk: Talk) -> Turn:
    """A no, with any facts after it: after a summary it means that something was wrong."""
    question = talk.dialogue.question
    if question == CHANGED and not talk.reading.found:
        return unchanged(talk)
    if talk.reading.found or talk.reading.date:
        return correct(talk)
    if wants_answer(learned(talk)) and talk.reading.words > 2:
        return answer(learned(talk))
    # "That is not right" is about the summary, a bare "no" about the question.
    wrong = talk.reading.words > 2
    if question == "state" and not wrong:
        return skip(talk, question)
    if talk.dialogue.told and question in (None, "state"):
        return talk.done(Utter("utter_ask_correct"), question="correct")
    if question == "correct":
        return talk.done(Utter("utter_help"), question=None)
    return not_understood(talk) if question else talk.done(Utter("utter_help"))


def changed(talk: Talk) -> Turn:
    """The fact has changed: the new value is stored."""
    name, value = talk.dialogue.doubt or (None, None)
    talk = talk.knowing(talk.situation, question=None, doubt=(), last=None, repeats=0)
    if name is None:
        return talk.done(Utter("utter_noted"), *afterwards(talk))
    talk = talk.knowing(talk.situation.with_(**{name: value}))
    return path_anew(talk, ("utter_corrected",))


def unchanged(talk: Talk) -> Turn:
    """The earlier value stays."""
    return talk.done(Utter("utter_unchanged"), *afterwards(talk), question=None, doubt=())
