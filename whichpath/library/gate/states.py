"""The rules on state rules: one plain line each, every number taken from the source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whichpath.library.files import ContentError, read_yaml, validated
from whichpath.library.gate.fault import Fault
from whichpath.library.gate.words import grade
from whichpath.library.gsm7 import GSM7
from whichpath.library.rules import Rule

MAX_WORDS, MAX_SMS = 32, 100
#: Highest reading grade of a line, of a line with official names (orders, forms, programs), and of a state's mean.
MAX_GRADE, MAX_NAMES_GRADE, MAX_MEAN = 8.0, 12.0, 6.5
NAMES = {"kinds", "address", "help", "forms", "advocate"}
POOR_SOURCE = re.compile(
    r"//(?:nocache|dev|demo|new|w)\.|pages\.dev|asbar\.org|bartleby|uslegalforms|signnow|pdffiller|lexace",
    re.IGNORECASE,
)
#: Wording that is advice. A deadline is a fact ("you must file within 14 days") and allowed.
ADVICE = re.compile(
    r"\b(should(n't)?|ought to|recommend(?:ed|s)?|advis(?:e|es|ed)|likely|unlikely|probably|guarantee[ds]?|easy|easily|"
    r"worth it|wise|smart)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_GENDER = re.compile(r"\b(he|she|his|her|him|hers)\b", re.IGNORECASE)
_NOT_PLAIN = re.compile(r"https?:|www\.|[*#<>—`]")
_HOST = re.compile(r"https?://[\w.-]+\.[a-z]{2,}(/|$)")
_PAGE_DATE = re.compile(r"\d{4}(-\d\d){0,2}")
_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_AS_WORDS = {word: str(number) for number, word in enumerate(_WORDS)} | {
    "fourteen": "14", "fifteen": "15", "eighteen": "18", "twenty": "20", "twenty-one": "21", "thirty": "30",
    "sixty": "60", "ninety": "90",
}  # fmt: skip


def faults(path: Path) -> Iterator[Fault]:
    """Every fault in the rules of one state."""
    file = f"rules/{path.name}"
    rows = read_yaml(path)
    if not isinstance(rows, list):
        yield Fault(file, "", "", "a list of rules is expected")
        return
    seen, grades = set(), []
    for number, row in enumerate(rows, 1):
        name = f"{number} ({row.get('field')})" if isinstance(row, dict) else str(number)
        try:
            rule = validated(Rule, row, file)
        except ContentError as error:
            yield Fault(file, name, "", str(error).removeprefix(f"{file}, "))
            continue
        yield from (Fault(file, name, field, text) for field, text in _rule(rule))
        key = (rule.field, rule.order_types, rule.roles, rule.stages, rule.line)
        if key in seen:
            yield Fault(file, name, "line", "stands twice")
        seen.add(key)
        grades.append(grade(rule.line))
    if grades and sum(grades) / len(grades) > MAX_MEAN:
        yield Fault(file, "", "line", f"mean grade {sum(grades) / len(grades):.1f}, at most {MAX_MEAN}")


def _rule(rule: Rule) -> Iterator[tuple[str, str]]:
    yield from _line(rule)
    if rule.sms is not None:
        if len(rule.sms) > MAX_SMS:
            yield "sms", f"{len(rule.sms)} characters, at most {MAX_SMS}"
        if odd := set(rule.sms) - GSM7:
            yield "sms", f"not in the text-message alphabet: {' '.join(sorted(odd))}"
        if "\n" in rule.sms:
            yield "sms", "a line break"
    yield from _numbers(rule)
    if len(rule.roles) > 1:
        yield "roles", "both roles: leave it empty"
    if "criminal" in rule.order_types and len(rule.order_types) > 1:
        yield "order_types", "a criminal order beside civil ones"
    if not _HOST.match(rule.source) or POOR_SOURCE.search(rule.source):
        yield "source", f"no page to rely on: {rule.source}"
    if rule.field == "help" and (not _HOST.match(rule.value) or POOR_SOURCE.search(rule.value)):
        yield "value", f"no page to send people to: {rule.value}"
    if rule.page_date is not None and not _PAGE_DATE.fullmatch(rule.page_date):
        yield "page_date", f"no date: {rule.page_date}"
    if "to check" in rule.value.lower():
        yield "value", "still to be checked"


def _line(rule: Rule) -> Iterator[tuple[str, str]]:
    line = rule.line
    if (count := len(line.split())) > MAX_WORDS:
        yield "line", f"{count} words, at most {MAX_WORDS}"
    if not line[0].isupper() or line[-1] != ".":
        yield "line", "begins with a capital and ends with a full stop"
    if _NOT_PLAIN.search(line):
        yield "line", "not plain text"
    if (level := grade(line)) > (most := MAX_NAMES_GRADE if rule.field in NAMES else MAX_GRADE):
        yield "line", f"reads at grade {level:.1f}, at most {most}"
    for field, text in (("line", line), ("sms", rule.sms or "")):
        if found := ADVICE.search(text):
            yield field, f"advice or odds: '{found[0]}'"
        if found := _GENDER.search(text):
            yield field, f"says {found[0]}: the other person's gender is not known"
        if "to check" in text.lower():
            yield field, "still to be checked"


def _numbers(rule: Rule) -> Iterator[tuple[str, str]]:
    have = _figures(f"{rule.value} {rule.citation or ''}")
    for field, text in (("line", rule.line), ("sms", rule.sms or "")):
        for number in sorted({m.rstrip(",").replace(",", "") for m in _NUMBER.findall(text)} - have):
            yield field, f"the number {number} stands in neither value nor citation"


def _figures(text: str) -> set[Any]:
    figures = {m.rstrip(",").replace(",", "") for m in _NUMBER.findall(text)}
    return figures | {_AS_WORDS[word] for word in _WORD.findall(text.lower()) if word in _AS_WORDS}
