"""Reminders: only on request, and only if the person says that the phone is safe.

Nothing is sent here. A turn describes the agreement in ``data``; the channel stores it.
"""

from __future__ import annotations

from whichpath.pathway.calendar import day_of, days_left, spoken
from whichpath.pathway.steps import afterwards, onwards
from whichpath.pathway.talk import Talk, learned
from whichpath.pathway.turn import Message, Turn, Utter
from whichpath.registry import reminding

#: The name of the open question whether the phone is safe.
QUESTION = "reminder"
OFFER = "utter_reminder_offer"


def wanted(talk: Talk) -> Turn:
    """A request for reminders; first asks whether the phone is safe."""
    talk = learned(talk, override=True)
    if talk.reading.channel not in reminding():
        return talk.resumed(Utter("utter_reminder_elsewhere"))
    left = _left(talk)
    if left is None or left < 0:
        return talk.resumed(Utter("utter_reminder_no_date"))
    if left == 0:
        return talk.resumed(Utter("utter_reminder_today"))
    return talk.done(Utter(talk.named("ask", QUESTION)), question=QUESTION)


def agreed(talk: Talk) -> Turn:
    """The phone is safe: books the reminders."""
    left = _left(talk)
    if left is None or left < 1 or talk.reading.channel not in reminding():
        return wanted(talk)
    return _back(talk.knowing(talk.situation, reminder="on"), booking(talk, "utter_reminder_set"))


def unsafe(talk: Talk) -> Turn:
    """The phone is not safe, or may not be: nothing is sent to it."""
    return _back(talk, Utter("utter_reminder_unsafe"))


def cancelled(talk: Talk) -> Turn:
    """Cancels the reminders."""
    talk = talk.knowing(talk.situation, reminder=None)
    off = Utter("utter_reminder_off", data={"remind": {"off": True}})
    if talk.dialogue.question == QUESTION:
        return _back(talk, off)
    return talk.resumed(off)


def booking(talk: Talk, response: str) -> Utter:
    """The data for the channel: the day and the time zone."""
    date = talk.situation.hearing_date
    day = day_of(date)
    values = {"date": spoken(day)} if day else {}
    return Utter(response, values, data={"remind": {"date": date, "zone": talk.clock.zone(talk.situation.state)}})


def follow(before: Talk, after: Talk) -> tuple[Message, ...]:
    """Moves booked reminders after a change of the date or the state."""
    if after.dialogue.reminder != "on":
        return ()
    moved = before.situation.hearing_date != after.situation.hearing_date
    left = _left(after)
    if left is None or left < 1:
        # The old day was wrong: reminders of another day have to be requested again.
        return (Utter("utter_reminder_off", data={"remind": {"off": True}}),) if moved else ()
    if moved:
        return (booking(after, "utter_reminder_moved"),)
    if before.situation.state != after.situation.state:
        return (booking(after, "utter_reminder_zone"),)
    return ()


def _left(talk: Talk) -> int | None:
    day = day_of(talk.situation.hearing_date)
    return None if day is None else days_left(day, talk.clock.today(talk.situation.state))


def _back(talk: Talk, *messages: Message) -> Turn:
    """Returns to the conversation after the question about the phone. Asks for the state, for its time zone."""
    talk = talk.knowing(talk.situation, question=None)
    if talk.dialogue.goal and not talk.dialogue.told:
        turn = onwards(talk)
        return Turn((*messages, *turn.messages), turn.situation, turn.dialogue)
    on, skipped = talk.dialogue.reminder == "on", talk.dialogue.skipped
    if on and talk.situation.state is None and "state" not in skipped:
        return talk.done(*messages, Utter("utter_ask_state"), question="state")
    return talk.done(*messages, *afterwards(talk))
