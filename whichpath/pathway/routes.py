"""Chooses the path: a total function from situation and goal to a route and its entry."""

from __future__ import annotations

from whichpath.library.entries import Answers
from whichpath.library.situation import CRIMINAL, ROUTES, Situation
from whichpath.library.topics import KEEPING

#: Shown while role or stage is unknown.
OVERVIEW = "overview"
#: Entries offered beside a path, by flag of the situation.
ADD_ONS = ("criminal_alongside", "custody_alongside")
#: Shown where "drop the charges" may mean any of three things.
CHARGES = "drop_charges_three"
#: Entries on ending orders of other kinds than those between partners, by kind.
ENDED_OTHERWISE = {
    "emergency": "emergency_order_drop",
    "red_flag": "red_flag_fight_or_end",
    "military": "military_order",
    "tribal": "tribal_order",
}
#: Entries on contesting temporary orders of other kinds, for the restrained person.
FOUGHT_OTHERWISE = {
    "workplace": "workplace_order_against_me",
    "elder": "elder_order_against_me",
    "harassment_stalking": "harassment_order_against_me",
}
PATHS = (*ROUTES, OVERVIEW, CHARGES, *ADD_ONS)


def route_of(situation: Situation, goal: str | None = None) -> str | None:
    """The route id; ``None`` where only an overview of both sides is correct.

    In order of priority: a criminal matter (no civil motion ends it), the outcome of the order, the goal, mutual
    orders, the role.
    """
    if situation.matter in CRIMINAL:
        return situation.matter
    if situation.outcome:
        return {"ended": "order_ended"}.get(situation.outcome, situation.outcome)
    if goal in KEEPING and situation.role != "restrained":
        return goal
    if situation.stage == "none":
        return "no_order_yet"
    if "mutual_orders" in situation.flags:
        return "mutual_orders"
    if "both_want_it_ended" in situation.flags:
        return "both_want_it_ended"
    if situation.role == "third_party":
        return "third_party"
    if situation.role and situation.stage:
        return f"{situation.role}_{situation.stage}"
    return None


def card_of(route: str | None, situation: Situation, answers: Answers) -> tuple[str, int]:
    """The entry of a route and the variant for a situation. Total: never raises."""
    entry = answers[route or OVERVIEW]
    choices = entry.choices(situation)
    return entry.id, choices[0] if choices else 0


def entry_of_kind(situation: Situation, goal: str | None, answers: Answers) -> str | None:
    """The entry that replaces the path for ending or contesting an order of another kind."""
    if situation.matter != "civil_order" or situation.outcome or goal not in ("end_order", "contest_order"):
        return None
    kind = situation.order_type or ""
    fights = situation.role == "restrained" and situation.stage != "final"
    name = ENDED_OTHERWISE.get(kind) or (FOUGHT_OTHERWISE.get(kind) if fights else None)
    return name if name in answers else None


def path_of(situation: Situation, goal: str | None, answers: Answers) -> tuple[str, int]:
    """The entry of the path and its variant: by kind of order, else by route."""
    return card_of(entry_of_kind(situation, goal, answers) or route_of(situation, goal), situation, answers)


def check_paths(answers: Answers) -> list[str]:
    """The routes without an entry that fits everybody, one line each."""
    lacks = [f"no path card '{name}'" for name in PATHS if name not in answers]
    others = (*ENDED_OTHERWISE.values(), *FOUGHT_OTHERWISE.values())
    lacks += [f"no entry '{name}' for its kind of order" for name in others if name not in answers]
    for name in PATHS:
        if name in answers and not any(not v.fits for v in answers[name].variants):
            lacks.append(f"path card '{name}' has no variant for everybody")
    return lacks
