"""Markdown tables of the library's coverage: state rules by order type, answers by role and matter, reading grades."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from whichpath.library.entries import STATE_FIELDS, Answers, Entry
from whichpath.library.gate.words import grade_of
from whichpath.library.rules import Rule, StateRules
from whichpath.library.situation import MATTERS, ROLES, Situation
from whichpath.library.states.pack import FIELDS as LINK_FIELDS
from whichpath.library.states.packs import States

#: A letter for each order type, in display order; ``*`` means any civil order.
LETTERS = {
    "domestic": "D", "harassment_stalking": "H", "workplace": "W", "elder": "E", "emergency": "M", "red_flag": "R",
    "criminal": "C", "military": "Y", "tribal": "T", "other": "O",
}  # fmt: skip
_LINKS = {name: name.removesuffix("_url").replace("_", " ") for name in LINK_FIELDS}


def tables(states: States, rules: StateRules, answers: Answers, today: dt.date) -> Iterator[str]:
    """The lines of all tables: states by field, questions by topic, role and matter, reading grades."""
    legend = ", ".join(f"{letter} {kind}" for kind, letter in LETTERS.items())
    yield f"## States by field\n\nA letter: there is a rule for that kind of order ({legend}, * any civil order).\n"
    yield from of_states(states, rules, today)
    yield "\n## Questions by topic, role and matter\n\nEntries that answer somebody so placed; in brackets:"
    yield "those with words for that role or matter alone.\n"
    yield from of_questions(answers)


def of_states(states: States, rules: StateRules, today: dt.date) -> Iterator[str]:
    """One row per jurisdiction, then the number of jurisdictions with each field and of lines in all."""
    rows = {code: _fresh(rules.rules.get(code, ()), today) for code in sorted(states.packs)}
    yield from _head("", [*STATE_FIELDS, *_LINKS.values()])
    for code, own in rows.items():
        links = ["x" if states.facts(code, field, today) else "" for field in _LINKS]
        yield _row(code, [*(_letters(rule for rule in own if rule.field == f) for f in STATE_FIELDS), *links])
    have = [sum(any(r.field == f for r in own) for own in rows.values()) for f in STATE_FIELDS]
    linked = [sum(bool(states.facts(code, field, today)) for code in rows) for field in _LINKS]
    yield _row("**of 56**", map(str, [*have, *linked]))
    lines = [sum(r.field == f for own in rows.values() for r in own) for f in STATE_FIELDS]
    yield _row("**lines**", [*map(str, lines), *("" for _ in linked)])
    yield f"\n{sum(lines)} lines; {sum(have)} of {len(rows) * len(STATE_FIELDS)} fields filled."


def of_questions(answers: Answers) -> Iterator[str]:
    """One row per topic: the number of entries with an answer for each role and matter."""
    whose = [Situation(role=role, side="restrained", matter=matter) for matter in MATTERS for role in ROLES]
    yield from _head("topic", ["entries", *(f"{known.matter}: {known.role}" for known in whose)])
    questions = answers.questions()
    topics = sorted({entry.topic for entry in questions})
    for topic in (*topics, None):
        entries = [entry for entry in questions if topic in (entry.topic, None)]
        yield _row(topic or "**all**", [str(len(entries)), *(_answered(entries, known) for known in whose)])


def grades(answers: Answers) -> Iterator[str]:
    """Reading grades of answers with their steps, computed as in the content gate: median and maximum by topic."""
    yield from _head("topic", ["answers", "median", "max", "hardest to read"])
    found: dict[str, list[tuple[float, str]]] = {}
    for entry in answers:
        for number, variant in enumerate(entry.variants, 1):
            found.setdefault(entry.topic, []).append((grade_of(variant), f"{entry.id}, variant {number}"))
    for topic in sorted(found):
        yield _grades(topic, found[topic])
    yield _grades("**all**", [row for rows in found.values() for row in rows])


def _grades(name: str, rows: Sequence[tuple[float, str]]) -> str:
    highest, which = max(rows)
    return _row(name, [str(len(rows)), f"{median(level for level, _ in rows):.1f}", f"{highest:.1f}", which])


def _answered(entries: Iterable[Entry], known: Situation) -> str:
    chosen = [[entry.variants[n] for n in entry.choices(known)] for entry in entries]
    own = sum(any({"role", "matter"} & set(variant.fits) for variant in variants) for variants in chosen)
    return f"{sum(map(bool, chosen))} ({own})"


def _fresh(rules: Iterable[Rule], today: dt.date) -> list[Rule]:
    return [rule for rule in rules if today <= rule.expires]


def _letters(rules: Iterable[Rule]) -> str:
    kinds = {kind for rule in rules for kind in rule.order_types or ("*",)}
    return "".join(letter for kind, letter in {"*": "*", **LETTERS}.items() if kind in kinds)


def _head(first: str, names: Sequence[str]) -> Iterator[str]:
    yield _row(first, names)
    yield _row("---", ["---"] * len(names))


def _row(first: str, cells: Iterable[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"
