"""The day in court: confirmed when it is given, asked about when it has passed."""

from __future__ import annotations

from dataclasses import replace

from whichpath.library.situation import CRIMINAL
from whichpath.library.topics import GOALS
from whichpath.pathway import reminders
from whichpath.pathway.answer import tell
from whichpath.pathway.calendar import day_of, has_passed, spoken
from whichpath.pathway.path import inform
from whichpath.pathway.questions import PATH_QUESTIONS
from whichpath.pathway.steps import afterwards, onwards
from whichpath.pathway.talk import Talk, learned
from whichpath.pathway.turn import Message, Tell, TellDay, Turn, Utter
from whichpath.registry import reminding

#: The name of the open question whether a past hearing took place.
QUESTION = "held"
MISSED, MISSED_ENTRY = "ask_missed_hearing", "missed_my_hearing"
_DANGER = ("danger", "self_harm")
#: Responses that are redundant beside the day itself.
_SAID_BY_DAY = ("utter_noted", "utter_what_else")
#: Intents that the classifier may assign to a bare date.
_BARE = ("inform", "correct", "affirm", "deny", "nlu_fallback")


def answered(talk: Talk) -> Turn | None:
    """The turn if the message is about the day or a reminder; else ``None``."""
    reading = talk.reading
    if reading.intent in _DANGER:
        return None
    main = reading.intent in GOALS and (reading.found or reading.flags)
    if reading.reminder and not main:
        return {"yes": reminders.wanted, "safe": reminders.agreed}.get(reading.reminder, reminders.cancelled)(talk)
    bare = day_of(reading.date) and not reading.found and not reading.flags
    if bare and reading.intent in _BARE:
        if talk.dialogue.told or talk.dialogue.question in (QUESTION, reminders.QUESTION):
            return _another_day(talk)
        return None if reading.intent == "correct" else inform(talk)
    if reading.found:
        return None
    if talk.dialogue.question == reminders.QUESTION:
        kinds = {"affirm": reminders.agreed, "deny": reminders.unsafe, "not_sure": reminders.unsafe}
        return kinds[reading.intent](talk) if reading.intent in kinds else None
    if talk.dialogue.question == QUESTION:
        if reading.intent == "affirm":
            return _took_place(talk)
        return _missed(talk) if reading.intent in ("deny", "not_sure", MISSED) else None
    return None


def noted(before: Talk, turn: Turn) -> Turn:
    """``turn`` with a new day confirmed, and with its reminders moved."""
    day = day_of(turn.situation.hearing_date)
    if day is None or turn.dialogue.misses or before.reading.intent in _DANGER:
        return turn
    after = replace(before, situation=turn.situation, dialogue=turn.dialogue)
    followed = reminders.follow(before, after)
    if followed and followed[0].name == "utter_reminder_off":  # type: ignore[union-attr]
        turn = replace(turn, dialogue=turn.dialogue.with_(reminder=None))
    passed = has_passed(day, before.clock.today(turn.situation.state))
    mark = f"passed {day}" if passed else str(day)
    if turn.dialogue.hearing == mark:
        # Confirmed before, but possibly changed in between: the turn must not be empty.
        return _with(turn, followed or (() if turn.messages else (Utter("utter_noted"),)))
    if not passed:
        offer = before.reading.channel in reminding() and turn.dialogue.reminder != "on"
        offer = offer and turn.dialogue.question != reminders.QUESTION
        today = before.clock.today(turn.situation.state)
        alone = not any(isinstance(m, Tell) for m in turn.messages)
        told = TellDay(
            str(day), str(today), turn.dialogue.route, reminders.OFFER if offer and day > today else None, alone
        )
        kept = tuple(m for m in turn.messages if not (isinstance(m, Utter) and m.name in _SAID_BY_DAY))
        turn = replace(turn, messages=kept, dialogue=turn.dialogue.with_(hearing=mark))
        return _with(turn, (told, *followed))
    return _passed(before, _with(turn, followed), mark, spoken(day))


def _passed(before: Talk, turn: Turn, mark: str, date: str) -> Turn:
    """Asks whether the hearing took place, unless that is known or a more basic question is open."""
    if turn.dialogue.question in PATH_QUESTIONS:
        return turn if turn.messages else _with(turn, (Utter("utter_hearing_passed", {"date": date}),))
    dialogue = turn.dialogue.with_(hearing=mark)
    if before.reading.intent == MISSED or turn.situation.stage == "final" or turn.situation.outcome:
        messages = turn.messages or (Utter("utter_noted"),)
        return Turn(messages, turn.situation, dialogue)
    # One question at a time: this one comes before the state.
    kept = turn.messages[:-1] if _asks(turn) else turn.messages
    held = (Utter("utter_hearing_passed", {"date": date}), Utter("utter_ask_held"))
    return Turn((*kept, *held), turn.situation, dialogue.with_(question=QUESTION))


def _with(turn: Turn, messages: tuple[Message, ...]) -> Turn:
    """Inserts ``messages`` into ``turn``; a question stays last."""
    if not messages:
        return turn
    last = 1 if _asks(turn) else 0
    cut = len(turn.messages) - last
    return replace(turn, messages=(*turn.messages[:cut], *messages, *turn.messages[cut:]))


def _asks(turn: Turn) -> bool:
    """Whether the last message asks a question or offers choices."""
    last = turn.messages[-1] if turn.messages else None
    return isinstance(last, Utter) and last.name.startswith(("utter_ask_", "utter_again_", "utter_what_else"))


def _another_day(talk: Talk) -> Turn:
    """A bare date after the path was shown: the path does not change."""
    known = talk.situation.hearing_date
    talk = learned(talk, override=True)
    if talk.dialogue.question in (QUESTION, reminders.QUESTION):
        talk = talk.knowing(talk.situation, question=None)
    if talk.situation.hearing_date == known:
        return talk.resumed(Utter("utter_noted"))
    # The confirmation of the day acknowledges it.
    return talk.resumed()


def _took_place(talk: Talk) -> Turn:
    """The hearing was held: asks what the judge decided."""
    talk = talk.knowing(talk.situation, question=None)
    if talk.situation.matter in CRIMINAL:
        return talk.done(Utter("utter_good"), *afterwards(talk))
    skipped = tuple(q for q in talk.dialogue.skipped if q != "stage")
    return onwards(talk.knowing(talk.situation.with_(stage=None), told=False, skipped=skipped), lead=("utter_held",))


def _missed(talk: Talk) -> Turn:
    """It was missed, or this is unknown: shows what can still be done."""
    talk = talk.knowing(talk.situation, question=None)
    if MISSED_ENTRY not in talk.library:
        return talk.done(Utter("utter_refer"))
    return tell(talk, talk.library[MISSED_ENTRY])
