"""The conversation: from a reading and the known situation to the response. Pure and total; never empty.

Each intent has one handler. :func:`respond` picks it; a typed number or a pressed button goes through the same
function, so every channel behaves alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from whichpath.library.entries import Answers
from whichpath.library.short_answers import NEXT, short_answer
from whichpath.library.situation import CRIMINAL, Situation
from whichpath.library.topics import GOALS, QUESTIONS
from whichpath.pathway import session
from whichpath.pathway.answer import answer, nearest
from whichpath.pathway.clarify import not_understood, out_of_scope, points_back
from whichpath.pathway.clock import Clock
from whichpath.pathway.hearing import answered, noted
from whichpath.pathway.path import answer_or_path, correct, goal, inform, unclear
from whichpath.pathway.question import CHANGED, affirm, ask_why, deny, not_sure
from whichpath.pathway.ranking import STRONG, certain, heard, wants_answer
from whichpath.pathway.talk import MAX_CHOICES, Talk, learned
from whichpath.pathway.turn import Dialogue, Reading, Turn, Utter, reading_of_payload

#: Intents whose response ends the turn.
_BANNER = ("danger", "self_harm")
#: Most entries that a message resembled which are stored for the next one.
REMEMBERED = 3
#: Words of an answer ("texas", "not final yet"), which leaves what was spoken of as it was.
FEW = 3
#: What is remembered once the hotline was named.
SUPPORT = "support"
#: The entry on what comes next.
NEXT_ENTRY = "what_next"
#: Responses that are redundant beside a question about a day or a place.
_GIVES_WAY = (
    "utter_again_state",
    "utter_ask_state",
    "utter_rephrase",
    "utter_clarify",
    "utter_noted",
    "utter_what_else",
)


def respond(
    reading: Reading, situation: Situation, dialogue: Dialogue, library: Answers, clock: Clock | None = None
) -> Turn:
    """The turn for ``reading``. Never raises, never returns an empty turn."""
    clock = clock or Clock()
    if reading.dates:
        # «Tomorrow» is counted from today's date in the person's state.
        today = clock.today(reading.found.get("state") or situation.state)
        reading = replace(reading, date=reading.dates.get(str(today), reading.date), dates={})
    reading = _in_short(reading, situation, dialogue, library)
    talk = Talk(reading, situation, dialogue, library, clock)
    if reading.choice is not None:
        if not 1 <= reading.choice <= len(dialogue.menu):
            return not_understood(talk)
        chosen = replace(reading_of_payload(dialogue.menu[reading.choice - 1]), channel=reading.channel)
        return respond(chosen, situation, dialogue, library, clock)
    turn = _doubted(talk, _cleared_up(talk, noted(talk, answered(talk) or _handler(talk)(talk))))
    return _remembered(talk, _supported(talk, turn))


def _remembered(talk: Talk, turn: Turn) -> Turn:
    """``turn``, with the entries that the message resembled: the next one may refer to it ("… and then?")."""
    few = talk.reading.words <= FEW and not talk.reading.asks
    if talk.reading.pressed or not talk.reading.questions or few:
        return turn
    heard = {name: round(share, 2) for name, share in talk.reading.questions[:REMEMBERED] if name not in GOALS}
    return replace(turn, dialogue=turn.dialogue.with_(heard=heard))


def names_hotline(support: str | None, role: str | None) -> bool:
    """Whether ``support`` (None, ``likely``, ``sure``) is enough: the accused tell what they are accused of."""
    return support == "sure" or (support == "likely" and role != "restrained")


def _supported(talk: Talk, turn: Turn) -> Turn:
    """``turn``, with the hotline below its answer where violence is told that does not threaten now: once."""
    told = turn.dialogue.helped
    named = names_hotline(talk.reading.support, turn.situation.role)
    if not named or SUPPORT in told or talk.reading.intent in (*_BANNER, "erase", "restart"):
        return turn
    at = 1 if turn.messages and not isinstance(turn.messages[0], Utter) else 0
    messages = (*turn.messages[:at], Utter("utter_support"), *turn.messages[at:])
    return replace(turn, messages=messages, dialogue=turn.dialogue.with_(helped=(*told, SUPPORT)))


def _in_short(reading: Reading, situation: Situation, dialogue: Dialogue, library: Answers) -> Reading:
    """``reading`` of a whole message that is a known answer to the open question, or asks what comes next."""
    if reading.pressed or not reading.text or reading.intent in _BANNER:
        return reading
    # Technical terms for a side or a matter count whatever was asked, while it is unknown.
    open_ = [name for name in ("role", "matter") if getattr(situation, name) is None] if dialogue.goal else []
    names = dict.fromkeys([*([dialogue.question] if dialogue.question else ()), *open_])
    said = {name: value for name in names if (value := short_answer(reading.text, name))}
    if said:
        return replace(reading, intent="inform", found=said, asks=False, questions=(), choice=None)
    if NEXT_ENTRY in library and short_answer(reading.text, NEXT):
        return replace(reading, intent="ask_next", asked=NEXT_ENTRY)
    return reading


def _handler(talk: Talk) -> Callable[[Talk], Turn]:
    """The handler of a reading. What answers the open question is handled as an answer ("Ohio")."""
    reading, question = talk.reading, talk.dialogue.question
    if reading.pressed:
        return HANDLERS.get(reading.intent, not_understood)
    if question == "correct" and reading.found:
        return correct
    if question in reading.found and not (reading.asks and heard(learned(talk))):
        return inform if not talk.corrects else correct
    if reading.vague and reading.intent == "nlu_fallback":
        return not_sure if question else points_back
    return HANDLERS.get(reading.intent, not_understood)


def _doubted(before: Talk, turn: Turn) -> Turn:
    """``turn``, with a question where the message contradicts an earlier fact."""
    doubt = turn.dialogue.doubt
    if not doubt or doubt == before.dialogue.doubt or before.reading.intent in _BANNER:
        return turn
    name, _value = doubt
    old = getattr(turn.situation, name)
    if turn.dialogue.question or old is None:
        return replace(turn, dialogue=turn.dialogue.with_(doubt=()))
    criminal = "_criminal" if name == "role" and turn.situation.matter in CRIMINAL else ""
    asked = Utter(f"utter_ask_changed_{name}_{old}{criminal}")
    return replace(turn, messages=(*turn.messages, asked), dialogue=turn.dialogue.with_(question=CHANGED))


def _cleared_up(before: Talk, turn: Turn) -> Turn:
    """``turn``, with one question where a day or a place is ambiguous or impossible."""
    odd, known = before.reading.odd, turn.situation
    if not odd or before.reading.intent in _BANNER or turn.dialogue.question not in (None, "state"):
        return turn
    wanted = {
        "abroad": known.state is None,
        "ambiguous_place": known.state is None,
        "bad_date": before.reading.date is None,
        "span": not (known.hearing_date or known.stage == "final" or known.outcome or "day" in turn.dialogue.helped),
    }
    name = next((name for name, due in wanted.items() if due and name in odd), None)
    if name is None:
        return turn
    kept = [m for m in turn.messages if not (isinstance(m, Utter) and m.name in _GIVES_WAY)]
    helped = (*turn.dialogue.helped, "day") if name == "span" else turn.dialogue.helped
    dialogue = turn.dialogue.with_(misses=0, helped=helped, question="state" if name == "ambiguous_place" else None)
    return replace(turn, messages=(*kept, Utter(f"utter_odd_{name}", {"value": odd[name]})), dialogue=dialogue)


def question(talk: Talk) -> Turn:
    """A question: stores its facts and answers it."""
    if talk.reading.pressed and not talk.reading.asked:
        return topic_menu(talk)
    known = learned(talk)
    if tells_only(talk) and not heard(known, STRONG):
        return inform(talk)
    return answer_or_path(known)


def tells_only(talk: Talk) -> bool:
    """Whether the message gives facts and asks nothing: "it's the first one, they said come back in two weeks"."""
    return not talk.reading.asks and bool(talk.reading.found or talk.reading.date)


def topic_menu(talk: Talk) -> Turn:
    """A topic was chosen without a question: offers its questions."""
    if talk.reading.intent == "ask_denied" and talk.situation.outcome is None:
        return talk.done(Utter("utter_ask_outcome"), question="outcome")
    fitting = [e for e in talk.library if e.topic == talk.reading.intent and e.choices(talk.situation)]
    choices = tuple(entry.payload for entry in fitting[:MAX_CHOICES])
    return talk.done(Utter("utter_which_question", choices=(*choices, "/something_else")))


def after_danger(talk: Talk) -> Turn:
    """After danger help: answers what was asked beside it, or takes it as the answer to the open question."""
    if talk.reading.found and not talk.reading.asks and (talk.dialogue.goal or talk.dialogue.question):
        return inform(talk)
    talk = learned(talk)
    if heard(talk) or talk.reading.legal_intent in QUESTIONS or wants_answer(talk):
        return answer(talk)
    if talk.reading.legal_intent in GOALS:
        return goal(talk.knowing(talk.situation))
    near = nearest(talk)
    return talk.done(Utter("utter_go_on_near", choices=(*near, "/human")) if near else Utter("utter_go_on"))


def resume(talk: Talk) -> Turn:
    """After small talk: answers a question that is certain beside it; else repeats the open one, if any."""
    if not talk.reading.pressed and certain(known := learned(talk)):
        return answer(known)
    if talk.dialogue.question:
        return talk.resumed()
    return Turn((), talk.situation, talk.dialogue.with_(misses=0))


def small_talk(talk: Talk) -> Turn:
    """Small talk and help reached through a choice; typed, the rules answer it, save help ("what else can I do")."""
    if talk.reading.asks and not talk.reading.pressed and heard(known := learned(talk)):
        return answer(known)
    return talk.resumed(Utter(f"utter_{talk.reading.intent}"))


HANDLERS: dict[str, Callable[[Talk], Turn]] = {
    **dict.fromkeys(GOALS, goal),
    **dict.fromkeys(QUESTIONS, question),
    "inform": inform,
    "correct": correct,
    "not_sure": not_sure,
    "something_else": session.none_of_these,
    "ask_why": ask_why,
    "affirm": affirm,
    "deny": deny,
    "out_of_scope": out_of_scope,
    "nlu_fallback": unclear,
    "danger": after_danger,
    "self_harm": after_danger,
    "misuse": session.misuse,
    "erase": session.erase,
    "restart": session.restart,
    **dict.fromkeys(("help", "human", "ask_privacy", "greet"), small_talk),
}
