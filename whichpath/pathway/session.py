"""Erasing, starting again and refusing: only on a certain reading, because mistakes are costly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from whichpath.library.topics import GOALS, QUESTIONS
from whichpath.pathway.answer import answer
from whichpath.pathway.ranking import NEAR, certain, heard, ranked
from whichpath.pathway.talk import Talk, learned
from whichpath.pathway.turn import Turn, Utter

#: Least confidence of a refusal; higher where the order protects the person, or for helpers.
REFUSE, REFUSE_PROTECTED = 0.6, 0.85
#: Least share of a question that is answered instead of refused: "how do i keep my address secret from him".
MEANT = 0.9
ERASE_DATA = {"erase": True}
RESTART_DATA = {"restart": True}


def erase(talk: Talk) -> Turn:
    """Erases on a button or an unambiguous request; otherwise asks back, or answers."""
    return _if_sure(talk, "erase", ERASE_DATA)


def restart(talk: Talk) -> Turn:
    """Starts again on a button or an unambiguous request; otherwise asks back, or answers."""
    return _if_sure(talk, "restart", RESTART_DATA)


def _if_sure(talk: Talk, request: str, data: Mapping[str, Any]) -> Turn:
    """Does what ``request`` names where it is certain; otherwise answers a question, or asks back."""
    if talk.reading.pressed or talk.reading.plain == request:
        return talk.done(Utter(f"utter_{request}", data=data))
    talk = learned(talk)
    return answer(talk) if heard(talk, 0.3) else talk.done(Utter(f"utter_ask_{request}"))


def misuse(talk: Talk) -> Turn:
    """Refuses help to find, contact or pressure somebody, only on a certain reading."""
    known = learned(talk)
    least = REFUSE if known.situation.role in (None, "restrained") else REFUSE_PROTECTED
    if talk.reading.confidence < least and heard(known, 0.25):
        return answer(known)
    asks_to_know = known.situation.role in ("protected", "third_party") and certain(known)
    if asks_to_know or (talk.reading.confidence < REFUSE_PROTECTED and ranked(known).best >= MEANT):
        return answer(known)
    near = any(name in (*QUESTIONS, *GOALS) for name in talk.reading.nearest[1:2])
    if talk.reading.confidence < REFUSE and near and ranked(known).best >= NEAR:
        return answer(known)
    return talk.done(Utter("utter_misuse"))


def none_of_these(talk: Talk) -> Turn:
    """«None of these»: asks the person to rephrase."""
    return talk.done(Utter("utter_say_it"), question=talk.dialogue.question)
