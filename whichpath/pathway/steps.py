"""What comes next: the question that decides most, or the path where nothing more has to be asked."""

from __future__ import annotations

from whichpath.library.situation import CRIMINAL, Situation
from whichpath.pathway.questions import next_question
from whichpath.pathway.routes import path_of
from whichpath.pathway.talk import Talk, topic_card, topic_choices
from whichpath.pathway.turn import Message, Tell, TellState, Turn, Utter


def onwards(talk: Talk, lead: tuple[str, ...] = ()) -> Turn:
    """The next question, or the path where nothing more has to be asked."""
    question = next_question(talk.situation, frozenset(talk.dialogue.skipped))
    if question:
        opening: tuple[Message, ...] = tuple(Utter(name) for name in lead)
        if talk.reading.intent == "drop_charges" and (card := topic_card(talk, "drop_charges")):
            # "Drop the charges" hides several things: say which, then ask which.
            opening = (*opening, Tell(card.id))
        return talk.done(*opening, Utter(talk.named("ask", question)), question=question)
    return _tell_path(talk, lead)


def _tell_path(talk: Talk, lead: tuple[str, ...] = ()) -> Turn:
    situation = talk.situation
    if talk.dialogue.goal == "get_order":
        situation = situation.with_(matter="civil_order", stage="none")
    path = path_of(situation, talk.library)
    card = path.cards[0]
    if talk.dialogue.goal == "modify_order" and situation.matter == "civil_order":
        card = topic_card(talk, "modify_order") or card
    check = _check_line(situation)
    choices = topic_choices(talk, card.next)
    main = Tell(card.id, path.route, (*lead, *check), ("/correct", *choices) if check else choices)
    extra = tuple(Tell(card.id, path.route) for card in path.cards[1:])
    after: tuple[Message, ...] = ()
    question = None
    if situation.state:
        after = (TellState(situation.state, talk.dialogue.elsewhere),)
    elif "state" not in talk.dialogue.skipped:
        question, after = "state", (Utter("utter_ask_state"),)
    return talk.done(main, *extra, *after, question=question, route=path.route, told=True)


def _check_line(situation: Situation) -> tuple[str, ...]:
    """The response that says back what was understood, where there is something to check."""
    if situation.role is None:
        return ()
    if situation.matter in CRIMINAL:
        return (f"utter_check_{situation.matter}_{situation.role}",)
    return (f"utter_check_{situation.role}_{situation.stage or 'unsure'}",)


def afterwards(talk: Talk) -> tuple[Message, ...]:
    """What to offer when the path was told and nothing is open."""
    return (Utter("utter_what_else"),)
