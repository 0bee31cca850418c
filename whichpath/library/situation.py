"""The situation: the facts about a person that decide a path."""

from __future__ import annotations

from dataclasses import dataclass, replace

MATTERS = ("civil_order", "criminal_case", "criminal_no_contact_order")
CRIMINAL = ("criminal_case", "criminal_no_contact_order")
ROLES = ("protected", "restrained", "third_party")
STAGES = ("none", "temporary", "final")
OUTCOMES = ("petition_denied", "motion_denied", "ended")
ORDER_TYPES = (
    "domestic",
    "harassment_stalking",
    "workplace",
    "elder",
    "emergency",
    "red_flag",
    "criminal",
    "military",
    "tribal",
    "other",
)
SIDES = ("protected", "restrained")
FLAGS = ("both_want_it_ended", "mutual_orders", "criminal_alongside", "custody_alongside")

ROUTES = (
    "protected_temporary",
    "protected_final",
    "restrained_temporary",
    "restrained_final",
    "criminal_case",
    "criminal_no_contact_order",
    "both_want_it_ended",
    "mutual_orders",
    "third_party",
    "no_order_yet",
    "motion_denied",
    "petition_denied",
    "order_ended",
    "keep_order",
    "extend_order",
    "enforce_order",
)


@dataclass(frozen=True)
class Situation:
    """The known facts of a person's case. ``None``: not known (not asked yet, or skipped)."""

    matter: str | None = None
    role: str | None = None
    stage: str | None = None
    outcome: str | None = None
    order_type: str | None = None
    side: str | None = None
    state: str | None = None
    hearing_date: str | None = None
    flags: frozenset[str] = frozenset()

    def of_kind(self, order_type: str | None) -> Situation:
        """A copy with the order type that a question names, so that only rules on this type are shown."""
        if order_type == "criminal":
            return self if self.matter in CRIMINAL else self.with_(matter="criminal_no_contact_order")
        return self.with_(order_type=order_type) if order_type else self

    def with_(self, **changes: object) -> Situation:
        """A copy with ``changes`` applied."""
        return replace(self, **changes)  # type: ignore[arg-type]
