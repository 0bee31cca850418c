"""Chooses the questions that are needed before a path can be shown: at most four."""

from __future__ import annotations

from whichpath.library.situation import CRIMINAL, Situation
from whichpath.library.topics import KEEPING

#: In the order of asking. ``side`` replaces ``stage`` for somebody who asks for another person, so at most four are
#: asked. ``state`` comes after the path: no route depends on it.
PATH_QUESTIONS = ("matter", "role", "side", "stage")
ALL_QUESTIONS = (*PATH_QUESTIONS, "outcome", "state")


def assumed(situation: Situation, goal: str | None) -> Situation:
    """``situation`` with facts implied by the goal, unless the person said otherwise.

    Contesting implies that the order is against the person, keeping or extending that they asked for it, getting one
    that there is none yet. The path includes a summary, so a wrong assumption is noticed.
    """
    if situation.matter is None and goal not in (None, "drop_charges"):
        situation = situation.with_(matter="civil_order")
    if goal == "contest_order" and situation.role is None:
        situation = situation.with_(role="restrained")
    if goal in KEEPING and situation.role is None:
        situation = situation.with_(role="protected")
    if goal == "get_order" and situation.outcome is None:
        situation = situation.with_(role=situation.role or "protected", stage=situation.stage or "none")
    return situation


def next_question(situation: Situation, skipped: frozenset[str] = frozenset(), goal: str | None = None) -> str | None:
    """The next question by importance, ``None`` if the path is determined (or all were skipped)."""
    for question in PATH_QUESTIONS:
        if getattr(situation, question) is None and question not in skipped and _matters(question, situation, goal):
            return question
    return None


def _matters(question: str, situation: Situation, goal: str | None) -> bool:
    """Whether the answer to ``question`` can change the path."""
    criminal = situation.matter in CRIMINAL
    if question == "matter":
        return situation.outcome is None
    if question == "side":
        return situation.role == "third_party" and not criminal
    if question == "role":
        return not ("mutual_orders" in situation.flags and not criminal)
    # Stage: not in a criminal matter, not for a helper, not where another fact already decides.
    return not (
        criminal
        or situation.outcome
        or goal in KEEPING
        or situation.role == "third_party"
        or {"mutual_orders", "both_want_it_ended"} & situation.flags
    )
