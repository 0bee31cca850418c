"""The topics a person may ask about: the contract's intents that an answer card can answer."""

from __future__ import annotations

#: What somebody wants done. These lead to a path.
GOALS = ("end_order", "contest_order", "modify_order", "drop_charges", "get_order")

#: Questions on the way. These are answered, then the open question comes back.
QUESTIONS = (
    "ask_who_can_end",
    "ask_motion",
    "ask_missed_hearing",
    "ask_hearing",
    "ask_lawyer",
    "ask_contact",
    "ask_violation",
    "ask_service",
    "ask_evidence",
    "ask_forms",
    "ask_guns",
    "ask_custody",
    "ask_immigration",
    "ask_record",
    "ask_interstate",
    "ask_appeal",
    "ask_duration",
    "ask_glossary",
)

TOPICS = GOALS + QUESTIONS
