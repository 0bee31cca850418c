"""The rules on the wording of an answer: plain, short, no advice, no blame, every number from a source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from whichpath.library.entries import PATH, Entry, Variant
from whichpath.library.gate.fault import Fault
from whichpath.library.gsm7 import GSM7

#: Highest reading grade (US school years) of answer and steps together, and of a fold.
MAX_GRADE, MAX_FOLD_GRADE = 6.0, 7.0
MAX_SENTENCE = 22
#: Wording that is advice: opinions, odds, promises.
ADVICE = re.compile(
    r"\b(should(n't)?|ought to|you(?: must| need to| have to|'d better) file|must file|"
    r"best (?:option|bet|choice|thing)|(?:i|we) (?:advise|recommend|suggest|think|believe)|"
    r"recommend(?:ed|s)?|advis(?:e|es|ed)|odds|chances? of|likely|unlikely|probably|guarantee[ds]?|easy|easily|"
    r"(?:will|can|to) win|strong case|weak case|good reason to|smart|wise|worth it)\b",
    re.IGNORECASE,
)
#: Wording that calls somebody guilty or a victim before a court has. Names of services are allowed.
GUILT = re.compile(
    r"\b(the (?:victim|abuser|perpetrator|offender)(?!'s? (?:advocate|services|witness)"
    r"| (?:advocate|services|witness|help|impact|compensation|notification))|batterer)\b|one who was hurt",
    re.IGNORECASE,
)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|TBD|lorem)\b", re.IGNORECASE)
NOT_PLAIN = re.compile(r"[*_#`<>—]|https?:")
#: Archived copies and unreliable pages, which are never linked.
POOR_SOURCE = re.compile(r"//(?:nocache|dev|demo|new|w)\.|pages\.dev|asbar\.org|bartleby", re.IGNORECASE)
#: Numbers that need no source: emergency lines, and the age of majority.
KNOWN_NUMBERS = {"911", "988", "18", "1"}
_PHONE = re.compile(r"1-\d{3}-\d{3}-\d{4}")
_NUMBER = re.compile(r"\d[\d,.]*")
_SENTENCE_END = re.compile(r"(?<=[.!?:])[\"')]*\s+")


@lru_cache(maxsize=20_000)
def grade(text: str) -> float:
    """The Flesch-Kincaid grade, in US school years."""
    import textstat  # needs `make setup-dev`: not imported when serving

    return float(textstat.flesch_kincaid_grade(text))


def grade_of(variant: Variant) -> float:
    """The reading grade of an answer with its steps."""
    return grade("\n".join([variant.answer, *variant.do]))


def sentences(text: str) -> list[str]:
    """The sentences of ``text``; what follows a colon counts as a sentence."""
    return _SENTENCE_END.split(text)


def faults(file: str, entry: Entry) -> Iterator[Fault]:
    """Every fault in the wording of one entry."""
    for number, variant in enumerate(entry.variants, 1):
        for field, text in _variant(entry, variant):
            yield Fault(file, entry.id, f"variants.{number}.{field}", text)
    for source in (*entry.sources, *(source for variant in entry.variants for source in variant.sources)):
        if POOR_SOURCE.search(source.url or ""):
            yield Fault(file, entry.id, "sources", f"a mirror, or a page of low worth: {source.url}")
    for found in ADVICE.finditer(entry.question if entry.topic == PATH else ""):
        yield Fault(file, entry.id, "question", f"advice or odds: '{found[0]}'")
    if UNFINISHED.search(entry.question):
        yield Fault(file, entry.id, "question", "not finished")


def _variant(entry: Entry, variant: Variant) -> Iterator[tuple[str, str]]:
    body = grade_of(variant)
    if body > MAX_GRADE:
        yield "answer", f"answer and steps read at grade {body:.1f}, at most {MAX_GRADE}"
    for number, fold in enumerate(variant.more, 1):
        if (level := grade(fold.text)) > MAX_FOLD_GRADE:
            yield f"more.{number}", f"reads at grade {level:.1f}, at most {MAX_FOLD_GRADE}"
    record = " ".join(f"{s.title} {s.says or ''}" for s in (*variant.sources, *entry.sources))
    for field, text in _texts(variant):
        yield from ((field, fault) for fault in text_faults(text))
        yield from ((field, fault) for fault in _unsourced(text, record))
    if odd := set(variant.sms) - GSM7:
        yield "sms", f"not in the text-message alphabet: {' '.join(sorted(odd))}"
    if "\n" in variant.sms:
        yield "sms", "a line break"
    if variant.answer[-1] not in ".!?":
        yield "answer", "no end mark"
    for number, step in enumerate(variant.do, 1):
        if step[-1] not in '.!?"':
            yield f"do.{number}", "no end mark"


def _texts(variant: Variant) -> Iterator[tuple[str, str]]:
    yield "answer", variant.answer
    yield from ((f"do.{number}", step) for number, step in enumerate(variant.do, 1))
    yield from ((f"more.{number}", fold.text) for number, fold in enumerate(variant.more, 1))
    yield "sms", variant.sms


def text_faults(text: str) -> Iterator[str]:
    """Every fault in a text that people read."""
    for sentence in sentences(text):
        if (count := len(sentence.split())) > MAX_SENTENCE:
            yield f"a sentence of {count} words, at most {MAX_SENTENCE}: {sentence}"
    for found in ADVICE.finditer(text):
        yield f"advice or odds: '{found[0]}'"
    for found in GUILT.finditer(text):
        yield f"presumes guilt: '{found[0]}'"
    if UNFINISHED.search(text):
        yield "not finished"
    if NOT_PLAIN.search(text):
        yield "not plain text"
    if "legal advice" in text.lower():
        yield "the notice is attached elsewhere (content/notice.yml)"


def _unsourced(text: str, record: str) -> Iterator[str]:
    for found in _NUMBER.findall(_PHONE.sub("", text)):
        number = found.rstrip(".,")
        if number not in KNOWN_NUMBERS and number not in record:
            yield f"the number {number} stands in no title or 'says' of its sources"
