"""Which path is whose: a total function from the situation to a route and its cards."""

from __future__ import annotations

from dataclasses import dataclass

from whichpath.library.cards import Card, Library
from whichpath.library.situation import Situation

#: Cards that are named in code because role, stage and matter alone cannot tell them apart.
OVERVIEW_ROLE = "overview_unsure_role"
OVERVIEW_STAGE = {
    "protected": "overview_unsure_stage_protected",
    "restrained": "overview_unsure_stage_restrained",
}
THIRD_PARTY = {"protected": "third_party_for_protected", "restrained": "third_party_for_restrained"}
ADD_ONS = ("criminal_alongside", "custody_alongside")
NAMED_CARDS = (OVERVIEW_ROLE, *OVERVIEW_STAGE.values(), *THIRD_PARTY.values(), *ADD_ONS)


@dataclass(frozen=True)
class Path:
    """A route (``None`` while role or stage is unknown) and the cards that tell it, main card first."""

    route: str | None
    cards: tuple[Card, ...]


def route_of(situation: Situation) -> str | None:
    """The route id of ``situation``; ``None`` where only an overview of both sides is honest.

    A criminal matter comes first because no civil motion ends it. Then what changes the question
    itself (no order, orders both ways, a motion already denied), then who is asking.
    """
    if situation.matter in ("criminal_case", "criminal_no_contact_order"):
        return situation.matter
    if situation.stage == "none":
        return "no_order_yet"
    if "mutual_orders" in situation.flags:
        return "mutual_orders"
    if situation.stage == "denied":
        return "motion_denied"
    if "both_want_it_ended" in situation.flags:
        return "both_want_it_ended"
    if situation.role == "third_party":
        return "third_party"
    if situation.role and situation.stage:
        return f"{situation.role}_{situation.stage}"
    return None


def path_of(situation: Situation, library: Library) -> Path:
    """The path for ``situation``: never empty, never raises for any combination of values."""
    route = route_of(situation)
    if route is None:
        main = library[OVERVIEW_STAGE.get(situation.role or "", OVERVIEW_ROLE)]
    elif route == "third_party" and situation.side in THIRD_PARTY:
        main = library[THIRD_PARTY[situation.side]]
    else:
        main = library.for_route(route, situation)
    # An add-on repeats nothing where the matter itself is the criminal one.
    civil = situation.matter in (None, "civil_order")
    extra = tuple(library[flag] for flag in ADD_ONS if civil and flag in situation.flags)
    return Path(route, (main, *extra))


def check_library(library: Library) -> list[str]:
    """What the library lacks to be total: one line each, empty where nothing does."""
    from whichpath.library.situation import ROUTES
    from whichpath.library.topics import QUESTIONS

    nobody = Situation()
    lacks = [f"no card '{name}'" for name in NAMED_CARDS if name not in library.cards]
    lacks += [f"no card of route '{r}' that fits everybody" for r in ROUTES if not _general(library, "route", r)]
    lacks += [f"no card on '{t}' that fits everybody" for t in QUESTIONS if library.for_topic(t, nobody) is None]
    return lacks


def _general(library: Library, field: str, value: str) -> bool:
    """Whether some card of a route fits all who can be on it.

    The four role-and-stage routes are reached only with that role and stage, so a card that asks
    for just these two is general enough.
    """
    role, _, stage = value.rpartition("_")
    situation = Situation(role=role, stage=stage) if role in ("protected", "restrained") else Situation()
    return library.for_route(value, situation) is not None
