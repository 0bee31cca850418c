"""About the open question: not sure, why do you ask, a bare yes, a bare no."""

from __future__ import annotations

from whichpath.pathway.answer import answer, heard, tell, wants_answer
from whichpath.pathway.clarify import not_understood
from whichpath.pathway.path import correct, inform
from whichpath.pathway.questions import ALL_QUESTIONS, assumed
from whichpath.pathway.steps import afterwards, fitting_goal, onwards
from whichpath.pathway.talk import Talk, learned
from whichpath.pathway.turn import Turn, Utter

#: The open question whether something said before has changed.
CHANGED = "changed"


def not_sure(talk: Talk) -> Turn:
    """Help once (how to tell from the paper), then go on without."""
    question = talk.dialogue.question
    known = learned(talk)
    if talk.reading.asks and wants_answer(known) and not talk.reading.pressed:
        return answer(known)
    if question not in ALL_QUESTIONS:
        return talk.done(Utter("utter_help"), question=None)
    if question in talk.dialogue.helped or question == "state":
        return skip(talk, question)
    return talk.done(Utter(talk.named("explain", question)), helped=(*talk.dialogue.helped, question))


def skip(talk: Talk, question: str) -> Turn:
    """The question is left open; what waited for it is told as far as it can be."""
    talk = talk.knowing(talk.situation, skipped=(*talk.dialogue.skipped, question), question=None)
    if talk.dialogue.pending in talk.library:
        return tell(talk, talk.library[talk.dialogue.pending])
    if talk.wants_no_path or question == "state":
        return talk.done(Utter("utter_skipped"), *afterwards(talk))
    return onwards(talk, lead=("utter_skipped",))


def ask_why(talk: Talk) -> Turn:
    """Why the open question is asked."""
    question = talk.dialogue.question
    if question not in ALL_QUESTIONS:
        talk = learned(talk)
        return answer(talk) if heard(talk) else talk.resumed(Utter("utter_why"))
    return talk.resumed(Utter(f"utter_why_{question}"))


def affirm(talk: Talk) -> Turn:
    """A yes, with what comes behind it: what was said back is right, or something has changed."""
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
        # The yes was for what was said back. The state is worth asking for once more: it brings the local rules.
        return talk.resumed(Utter("utter_good"), helped=(*talk.dialogue.helped, question))
    return talk.done(Utter("utter_good"), *afterwards(talk), question=None)


def deny(talk: Talk) -> Turn:
    """A no, with what comes behind it: after a check it means that something was wrong."""
    question = talk.dialogue.question
    if question == CHANGED and not talk.reading.found:
        return unchanged(talk)
    if talk.reading.found or talk.reading.date:
        return correct(talk)
    if wants_answer(learned(talk)) and talk.reading.words > 2:
        return answer(learned(talk))
    # "That is not right" is about what was said, a bare "no" about the question.
    wrong = talk.reading.words > 2
    if question == "state" and not wrong:
        return skip(talk, question)
    if talk.dialogue.told and question in (None, "state"):
        return talk.done(Utter("utter_ask_correct"), question="correct")
    if question == "correct":
        return talk.done(Utter("utter_help"), question=None)
    return not_understood(talk) if question else talk.done(Utter("utter_help"))


def changed(talk: Talk) -> Turn:
    """What was said before has changed: the doubt becomes what is known."""
    name, value = talk.dialogue.doubt or (None, None)
    talk = talk.knowing(talk.situation, question=None, doubt=(), last=None, repeats=0)
    if name is None:
        return talk.done(Utter("utter_noted"), *afterwards(talk))
    talk = talk.knowing(talk.situation.with_(**{name: value}))
    wanted = fitting_goal(talk)
    return onwards(talk.knowing(assumed(talk.situation, wanted), goal=wanted, told=False), lead=("utter_corrected",))


def unchanged(talk: Talk) -> Turn:
    """What was said before holds."""
    return talk.done(Utter("utter_unchanged"), *afterwards(talk), question=None, doubt=())
