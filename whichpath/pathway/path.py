"""Handles goals, facts and corrections."""

from __future__ import annotations

from dataclasses import replace

from whichpath.library.situation import CRIMINAL, Situation
from whichpath.library.topics import GOALS, KEEPING
from whichpath.pathway.answer import answer, check_line, fitted, told_state
from whichpath.pathway.clarify import SHORT, not_understood
from whichpath.pathway.questions import assumed, next_question
from whichpath.pathway.ranking import clear, heard, likely, wants_answer
from whichpath.pathway.routes import card_of, path_of
from whichpath.pathway.steps import afterwards, fitting_goal, onwards
from whichpath.pathway.talk import Talk, learned
from whichpath.pathway.turn import FACTS, Tell, Turn, Utter

#: Confidences at which one classifier overrides the other.
SURE_WISH = 0.6
#: Least share of a question in a first message that tells who they are and what they want.
WHOLE = 0.55
#: Least share of the goal that a message resembles most, to be followed where no question is clear.
NEAREST = 0.3


def goal(talk: Talk) -> Turn:
    """The person states a goal, or asks something about it."""
    reading, known = talk.reading, talk.situation
    matter = reading.found.get("matter")
    wants_criminal = matter in CRIMINAL or (reading.intent == "drop_charges" and matter != "civil_order")
    if wants_criminal and known.matter == "civil_order":
        talk = talk.knowing(known.with_(flags=known.flags | {"criminal_alongside"}))
    talk = learned(talk)
    if reading.intent in KEEPING and talk.situation.role is None:
        talk = talk.knowing(assumed(talk.situation, reading.intent))
    if not reading.pressed and wants_answer(talk):
        if talk.dialogue.goal is None:
            talk = talk.knowing(talk.situation, goal=reading.intent)
        return answer_or_path(talk)
    if reading.asked:
        return answer(talk)
    wanted = _wish(talk)
    if wants_criminal and known.matter == "civil_order":
        return _second_matter(talk, matter or "criminal_case")
    ask_which = reading.two_courts and not talk.situation.order_type and wanted in ("end_order", "modify_order")
    situation = talk.situation if ask_which else assumed(talk.situation, wanted)
    talk = talk.knowing(situation, goal=wanted, told=talk.dialogue.told and talk.dialogue.goal == wanted)
    talk = talk.knowing(talk.situation, goal=fitting_goal(talk))
    return onwards(talk)


def answer_or_path(talk: Talk) -> Turn:
    """The answer; the path, if the first message gives the situation but no clear question."""
    known, said = talk.situation, talk.reading.found
    begins = not (talk.dialogue.last or talk.dialogue.told or talk.reading.asked)
    staged = known.stage in ("temporary", "final") or known.matter in CRIMINAL
    placed = known.role == "third_party" or (known.role in ("protected", "restrained") and staged)
    if wished := _nearest_goal(talk):
        talk = replace(talk, reading=replace(talk.reading, intent=wished))
        return onwards(talk.knowing(assumed(known, wished), goal=wished, told=False))
    wish = talk.reading.intent in GOALS and not heard(talk, WHOLE)
    if not begins or not placed or "role" not in said or (clear(talk) and not wish):
        return answer(talk)
    return path_anew(talk)


def path_anew(talk: Talk, lead: tuple[str, ...] = (), **dialogue: object) -> Turn:
    """The path, or the question before it, with the goal that fits what is known now."""
    wanted = fitting_goal(talk)
    return onwards(talk.knowing(assumed(talk.situation, wanted), goal=wanted, told=False, **dialogue), lead=lead)


def _wish(talk: Talk) -> str:
    """The goal: the intent, unless the question classifier is sure of another goal ("get an order off me")."""
    unsure = talk.reading.confidence < SURE_WISH and not talk.reading.pressed
    return (_sure_goal(talk) if unsure else None) or talk.reading.intent


def _sure_goal(talk: Talk) -> str | None:
    """The goal that the question classifier is sure of, if any."""
    goals = {name: share for name, share in talk.reading.questions if name in GOALS}
    best = max(goals, key=goals.__getitem__, default="")
    return best if goals.get(best, 0.0) >= SURE_WISH else None


def _nearest_goal(talk: Talk) -> str | None:
    """The goal that the message resembles more than any question, where it is not clear which question it asks."""
    name, share = max(talk.reading.questions, key=lambda row: row[1], default=("", 0.0))
    return name if name in GOALS and share >= NEAREST and not clear(talk) else None


def _second_matter(talk: Talk, matter: str) -> Turn:
    """A criminal matter beside the civil order is answered at once; the civil path stays."""
    beside = talk.situation.with_(matter=matter, stage=None, outcome=None)
    name, number = card_of(matter, beside, talk.library)
    told = Tell(name, number, matter, ("utter_second_matter",))
    return talk.resumed(told, last=name, repeats=0)


def inform(talk: Talk) -> Turn:
    """A bare fact: the answer to a question, or an addition."""
    reading, known = talk.reading, talk.situation
    if not (reading.found or reading.flags or reading.date):
        talk = learned(talk)
        told = likely(talk) and reading.words > SHORT
        return answer(talk) if told or wants_answer(talk) else not_understood(talk)
    matter = reading.found.get("matter")
    if (
        matter in CRIMINAL
        and known.matter == "civil_order"
        and talk.dialogue.question != "matter"
        and not talk.corrects
    ):
        talk = talk.knowing(known.with_(flags=known.flags | {"criminal_alongside"}))
    asked = talk.dialogue.question
    talk = learned(talk)
    if asked in reading.found:
        talk = talk.knowing(talk.situation, question=None)
    # "It wasn't me who asked for it" has the form of a question, and answers one.
    if reading.asks and (heard(talk) if asked in reading.found else wants_answer(talk)):
        return answer_or_path(talk)
    new = _changed(known, talk.situation)
    if new == {"state"} and (talk.dialogue.last or talk.dialogue.told or asked == "state"):
        return told_state(talk)
    if talk.situation == known and likely(talk):
        return answer(talk)
    if talk.situation == known and (talk.dialogue.told or talk.dialogue.last):
        if talk.dialogue.question:
            return talk.resumed(Utter("utter_noted"))
        return talk.done(Utter("utter_noted"), *afterwards(talk))
    wanted = fitting_goal(talk)
    if talk.dialogue.last and not talk.dialogue.goal and not talk.dialogue.pending and asked not in reading.found:
        # Only questions were asked so far, so a fact does not start a path.
        return fitted(known, talk) or talk.done(*_noted(talk), *afterwards(talk), question=None)
    talk = talk.knowing(assumed(talk.situation, wanted), goal=wanted, told=False)
    left = next_question(talk.situation, frozenset(talk.dialogue.skipped), wanted)
    if (
        left is None
        and not talk.dialogue.pending
        and path_of(talk.situation, wanted, talk.library)[0] == talk.dialogue.last
    ):
        # The path is not shown again; its sections are available on request.
        return talk.done(Utter("utter_noted"), *afterwards(talk), question=None)
    still = asked and asked == left
    return onwards(talk, lead=("utter_noted",) if still else ())


def _noted(talk: Talk) -> tuple[Utter, ...]:
    """What was understood so far, so that a mistake is seen; without a role only that it is noted."""
    return tuple(Utter(name) for name in check_line(talk) or ("utter_noted",))


def unclear(talk: Talk) -> Turn:
    """No topic is certain: a recognised question is answered, a clear wish is followed, facts are stored."""
    known = learned(talk)
    if wants_answer(known) or heard(known, 0.5):
        return answer_or_path(known)
    if wished := _sure_goal(talk):
        return goal(replace(talk, reading=replace(talk.reading, intent=wished)))
    return inform(talk)


def correct(talk: Talk) -> Turn:
    """The person corrects something: facts are replaced and the goal is chosen again."""
    reading = talk.reading
    if not (reading.found or reading.flags or reading.date):
        talk = learned(talk)
        if heard(talk):
            return answer(talk)
        return talk.done(Utter("utter_ask_correct"), question="correct")
    before = talk.situation
    talk = learned(talk, override=True)
    skipped = tuple(q for q in talk.dialogue.skipped if q not in reading.found)
    talk = talk.knowing(talk.situation, skipped=skipped, question=None, repeats=0)
    if reading.asks and wants_answer(talk):
        return answer(talk)
    lead = ("utter_corrected",) if talk.situation != before else ()
    if _only_state(talk) and (talk.dialogue.told or talk.dialogue.last):
        return told_state(talk, *(Utter(name) for name in lead))
    return path_anew(talk, lead, last=None if talk.situation != before else talk.dialogue.last)


def _changed(before: Situation, after: Situation) -> set[str]:
    """The facts that differ, except the day in court, which is confirmed in any case."""
    return {name for name in FACTS if getattr(before, name) != getattr(after, name)} | (
        {"flags"} if before.flags != after.flags else set()
    )


def _only_state(talk: Talk) -> bool:
    """Whether the message gives the state and no other fact."""
    reading = talk.reading
    return set(reading.found) == {"state"} and not reading.flags and not reading.date
