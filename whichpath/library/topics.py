"""The topics: the intents that a question entry or a path can answer. In Rasa's terms, retrieval intents."""

from __future__ import annotations

#: Goals that lead to the path of somebody's role and stage.
PATH_GOALS = ("end_order", "contest_order", "modify_order", "drop_charges", "get_order")
#: Goals of somebody who has an order and wants it to stay: each has a path of its own.
KEEPING = ("keep_order", "extend_order", "enforce_order")
#: What somebody wants done.
GOALS = PATH_GOALS + KEEPING

#: Questions on the way.
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
    "ask_next",
    "ask_belongings",
    "ask_charges",
    "ask_testify",
    "ask_order_types",
    "ask_denied",
    "ask_helping",
    "ask_pressure",
)

TOPICS = GOALS + QUESTIONS
