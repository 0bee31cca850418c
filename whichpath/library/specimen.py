"""A Markdown page for a lawyer's review: all answers of some states in a few situations."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from whichpath.library.entries import STATE_FIELDS, Answers
from whichpath.library.rules import Rule, StateRules
from whichpath.library.situation import Situation
from whichpath.library.states.packs import States

_CIVIL, _NO_CONTACT = "civil_order", "criminal_no_contact_order"
#: Route and situation. A criminal order is shown for both sides.
WHOSE = (
    ("restrained_temporary", Situation(matter=_CIVIL, role="restrained", stage="temporary", order_type="domestic")),
    ("restrained_final", Situation(matter=_CIVIL, role="restrained", stage="final", order_type="domestic")),
    ("protected_final", Situation(matter=_CIVIL, role="protected", stage="final", order_type="domestic")),
    (_NO_CONTACT, Situation(matter=_NO_CONTACT, role="restrained")),
    (_NO_CONTACT, Situation(matter=_NO_CONTACT, role="protected")),
)


def page(count: int, seed: int, states: States, rules: StateRules, answers: Answers, today: dt.date) -> Iterator[str]:
    """The lines for ``count`` states drawn with ``seed``: each path's answer, then every state rule that applies."""
    drawn = sorted(random.Random(seed).sample(sorted(states.packs), count))  # noqa: S311
    yield f"## The answers\n\nThe same in every state; below it stands what {', '.join(drawn)} add."
    for route, known in WHOSE:
        yield f"\n### {_title(route, known)}\n"
        entry = answers[route]
        variant = entry.variants[entry.choices(known)[0]]
        yield variant.answer
        yield from (f"{number}. {step}" for number, step in enumerate(variant.do, 1))
    for code in drawn:
        yield f"\n## {states.name(code)} ({code})"
        for route, known in WHOSE:
            yield f"\n### {_title(route, known)}\n"
            yield from _lines(rules, known.with_(state=code), today)


def _title(route: str, known: Situation) -> str:
    return f"{route.replace('_', ' ')}, for the {known.role} person" if known.matter == _NO_CONTACT else route


def _lines(rules: StateRules, known: Situation, today: dt.date) -> Iterator[str]:
    found = rules.fitting(known, STATE_FIELDS, today, most=len(STATE_FIELDS))
    for rule in found.rules if found else ():
        yield f"- **{rule.field}** {rule.spoken()} *({_source(rule)})*"
    if not found:
        yield "- Nothing of its own."


def _source(rule: Rule) -> str:
    return "; ".join(filter(None, [rule.citation, rule.source, rule.page_date, rule.source_kind]))
