"""The topics: intents with entries or a path; Rasa calls them retrieval intents."""

from __future__ import annotations

#: Goals that lead to the path of the person's role and stage.
PATH_GOALS = ("end_order", "contest_order", "modify_order", "drop_charges", "get_order")
#: Goals of a protected person who wants to keep the order: each has its own path.
KEEPING = ("keep_order", "extend_order", "enforce_order")
#: All goals.
GOALS = PATH_GOALS + KEEPING

#: Topics of questions.
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
