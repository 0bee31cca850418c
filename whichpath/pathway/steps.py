"""The next step towards a path: the next question, or the path itself."""

from __future__ import annotations

from whichpath.library.topics import GOALS, KEEPING
from whichpath.pathway.answer import check_line, follow_ups, kind_line, tell, understood
from whichpath.pathway.questions import next_question
from whichpath.pathway.routes import ADD_ONS, CHARGES, OVERVIEW, card_of, entry_of_kind, path_of, route_of
from whichpath.pathway.talk import MAX_CHOICES, Talk
from whichpath.pathway.turn import Message, Tell, Turn, Utter
from whichpath.registry import short


def onwards(talk: Talk, lead: tuple[str, ...] = ()) -> Turn:
    """The next question, or the pending entry, or the path."""
    pending = talk.dialogue.pending
    if pending in talk.library:
        talk = talk.knowing(talk.situation, pending=None, question=None)
        return tell(talk, talk.library[pending], lead)
    question = next_question(talk.situation, frozenset(talk.dialogue.skipped), talk.dialogue.goal)
    if question == "stage" and entry_of_kind(talk.situation, talk.dialogue.goal, talk.library):
        question = None
    if question:
        first = _in_general(talk, question)
        asked = Utter(talk.named("ask", question))
        if first is None:
            return talk.done(*(Utter(name) for name in lead), asked, question=question)
        told = Tell(
            *card_of(first, talk.situation, talk.library),
            lead=(*lead, *understood(talk), *kind_line(talk, talk.library[first])),
        )
        return talk.done(told, asked, question=question, last=told.entry, repeats=0)
    return tell_path(talk, lead)


def _in_general(talk: Talk, question: str) -> str | None:
    """A general answer before ``question`` is answered: once, for a new goal."""
    wish = talk.reading.intent
    if talk.dialogue.told or talk.dialogue.last in (CHARGES, OVERVIEW):
        return None
    if wish == "drop_charges":
        # "Drop the charges" has several meanings: explain them, then ask which.
        return CHARGES
    if talk.reading.pressed or talk.reading.channel in short():
        return None  # after a button the next question comes at once; in a text of 160 characters this would not fit
    return OVERVIEW if wish in ("end_order", "contest_order") and question in ("role", "stage") else None


def tell_path(talk: Talk, lead: tuple[str, ...] = ()) -> Turn:
    """The entry of the route; if it was shown last, its sections, then further offers."""
    route = route_of(talk.situation, talk.dialogue.goal)
    name, number = path_of(talk.situation, talk.dialogue.goal, talk.library)
    entry = talk.library[name]
    variant = entry.variants[number]
    again = talk.dialogue.last == name and not lead
    if again and (talk.dialogue.repeats or not variant.more):
        return talk.done(Utter("utter_nothing_more", choices=(*follow_ups(talk, entry)[:2], "/human")), question=None)
    asks = talk.situation.state is None and not {"state"} & {*talk.dialogue.skipped, *talk.dialogue.helped}
    beside = tuple(talk.library[flag].payload for flag in ADD_ONS if flag in talk.situation.flags)
    choices = () if asks else (*beside, *follow_ups(talk, entry))[:MAX_CHOICES]
    told = Tell(
        name, number, route, (*lead, *check_line(talk), *kind_line(talk, entry)), choices, "more" if again else "answer"
    )
    after: tuple[Message, ...] = (Utter("utter_ask_state"),) if asks else ()
    changes = {"route": route, "told": True, "last": name, "repeats": int(again)}
    return talk.done(told, *after, question="state" if asks else None, **changes)


def fitting_goal(talk: Talk) -> str:
    """The goal that fits what is known now: after a correction any goal may no longer fit."""
    goal, known = talk.dialogue.goal or "end_order", talk.situation
    wrong = (
        (goal == "get_order" and (known.stage in ("temporary", "final") or known.outcome))
        or (goal == "contest_order" and known.role == "protected")
        or (goal in KEEPING and known.role == "restrained")
        or (goal == "drop_charges" and known.matter == "civil_order")
    )
    return "end_order" if wrong or goal not in GOALS else goal


def afterwards(talk: Talk) -> tuple[Message, ...]:
    """What to offer when the path was shown and nothing is open."""
    return (Utter("utter_what_else"),)
