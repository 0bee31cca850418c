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

#: Questions whose answer differs by state, with the fields of a state pack that tell how.
#: Where the state is not known, one question for it follows the answer.
BY_STATE: dict[str, tuple[str, ...]] = {
    "ask_who_can_end": ("end_or_modify_route",),
    "ask_motion": ("end_or_modify_route", "end_or_modify_forms"),
    "ask_missed_hearing": ("hearing_days", "end_or_modify_route"),
    "ask_hearing": ("hearing_days", "court_self_help_url"),
    "ask_forms": ("end_or_modify_forms", "court_self_help_url"),
    "ask_duration": ("max_length",),
    "ask_interstate": ("dv_order_names", "hearing_days", "end_or_modify_route", "end_or_modify_forms"),
    "ask_lawyer": (),  # the state's own ways to a lawyer are in the referral
}

#: «Served three days ago»: where a hearing is held only if somebody asks, the time for that is running.
DEADLINE_TOO = ("ask_service",)
