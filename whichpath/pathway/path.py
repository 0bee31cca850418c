"""What the person wants done, tells of their case, and corrects."""

from __future__ import annotations

from whichpath.library.situation import CRIMINAL
from whichpath.pathway.clarify import not_understood
from whichpath.pathway.questions import assumed, next_question
from whichpath.pathway.routes import path_of
from whichpath.pathway.steps import afterwards, onwards
from whichpath.pathway.talk import Talk, learned
from whichpath.pathway.turn import Tell, TellState, Turn, Utter


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
    talk = learned(talk, override=talk.dialogue.told)
    ask_which = reading.two_courts and reading.intent in ("end_order", "modify_order")
    situation = talk.situation if ask_which else assumed(talk.situation, reading.intent)
    return onwards(talk.knowing(situation, goal=reading.intent, told=False))


def inform(talk: Talk) -> Turn:
    """A bare fact: the answer to a question, or something added."""
    reading, known = talk.reading, talk.situation
    if not (reading.found or reading.flags or reading.date):
        return not_understood(talk)
    matter = reading.found.get("matter")
    if matter in CRIMINAL and known.matter == "civil_order" and talk.dialogue.question != "matter":
        return _second_matter(talk, matter)
    late = talk.dialogue.goal is None and "state" in talk.dialogue.skipped
    if _only_state(talk) and (talk.dialogue.told or talk.dialogue.question == "state" or late):
        return _tell_state(learned(talk, override=True))
    talk = learned(talk, override=True)
    if talk.dialogue.told and talk.situation == known:
        return talk.resumed(Utter("utter_noted"))
    wanted = talk.dialogue.goal or "end_order"
    talk = talk.knowing(assumed(talk.situation, wanted), goal=wanted, told=False)
    # Something else than what was asked: taken, and the question put again.
    still = talk.dialogue.question and talk.dialogue.question == next_question(
        talk.situation, frozenset(talk.dialogue.skipped)
    )
    return onwards(talk, lead=("utter_noted",) if still else ())


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
    if _only_state(talk) and talk.wants_no_path and talk.situation.state:
        return _tell_state(learned(talk, override=True), Utter("utter_corrected"))
    talk = learned(talk, override=True)
    wanted = talk.dialogue.goal or "end_order"
    skipped = tuple(q for q in talk.dialogue.skipped if q not in reading.found)
    situation = assumed(talk.situation, wanted)
    return onwards(talk.knowing(situation, goal=wanted, told=False, skipped=skipped), lead=("utter_corrected",))


def _only_state(talk: Talk) -> bool:
    """Whether the message tells the state and nothing else of the case."""
    reading = talk.reading
    return set(reading.found) == {"state"} and not reading.flags and not reading.date


def _tell_state(talk: Talk, *lead: Utter) -> Turn:
    """What is known of the state; the path was told, or nobody asked for one."""
    told = TellState(talk.situation.state or "", talk.dialogue.elsewhere)
    return talk.done(*lead, told, *afterwards(talk), question=None)


def _second_matter(talk: Talk, matter: str) -> Turn:
    """A criminal matter beside the civil order: told of at once, the civil path stays open."""
    known = talk.situation
    beside = known.with_(matter=matter, flags=known.flags | talk.reading.flags)
    path = path_of(beside, talk.library)
    talk = talk.knowing(known.with_(flags=beside.flags | {"criminal_alongside"}))
    return talk.resumed(Tell(path.cards[0].id, path.route, ("utter_second_matter",)))
