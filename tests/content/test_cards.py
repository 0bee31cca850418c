"""The answer cards as a reader meets them: plain words, no advice, every fact told, one card for every situation.

The schema itself is checked by the loader (``whichpath/library/cards.py``); here stand the rules on the words and on
the library as a whole. Run alone: ``python -m pytest tests/content``.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from pathlib import Path

import pytest
import textstat

from whichpath.library.cards import SMS_CARD_LIMIT, Card, load_library
from whichpath.library.files import CONTENT, read_yaml
from whichpath.library.gsm7 import GSM7
from whichpath.library.situation import MATTERS, ROLES, ROUTES, STAGES, Situation
from whichpath.library.topics import QUESTIONS

LIBRARY = load_library()
CARDS = sorted(LIBRARY, key=lambda card: card.id)
FILES = sorted((CONTENT / "cards").glob("*.yml"))

MAX_GRADE = 6.0
#: A text message is two or three sentences: one long word moves its grade by a whole year.
MAX_SMS_GRADE = 7.0
MAX_SENTENCE = 19
WORDS = range(60, 261)

#: Attached to every message by ``whichpath/pathway/compose.py``, whose own tests prove it.
ATTACHED = {"X1", "X2"}
#: Files that hold cards of no route and no topic.
EXTRA_FILES = {"overview", "alongside"}
#: Told apart by whom a third party helps, which a card cannot match: the code picks them by id.
PICKED_BY_ID = {"third_party_for_protected", "third_party_for_restrained"}
#: Without these cards the code has nothing to fall back on.
NAMED_IN_CODE = PICKED_BY_ID | {
    "third_party_general",
    "overview_unsure_role",
    "overview_unsure_stage_protected",
    "overview_unsure_stage_restrained",
    "criminal_alongside",
    "custody_alongside",
}

#: Information, not advice: no opinion, no odds, no promise.
ADVICE = re.compile(
    r"\b(should(n't)?|ought to|you(?: must| need to| have to|'d better) file|must file|best (?:option|bet|choice|thing)|"
    r"(?:i|we) (?:advise|recommend|suggest|think|believe)|recommend(?:ed|s)?|advis(?:e|es|ed)|"
    r"odds|chances? of|likely|unlikely|probably|guarantee[ds]?|easy|easily|"
    r"(?:will|can|to) win|strong case|weak case|good reason to|smart|wise|worth it)\b",
    re.IGNORECASE,
)
#: The law differs by state: a number that holds in one of them is wrong in the next.
LOCAL_NUMBER = re.compile(
    r"\$\s?\d|\d\s?%|\b\d{3}[-.]\d{4}\b|\b\d+\s+(?:hours?|days?|weeks?|months?|years?)\b|\b[A-Z]{2,4}-?\d{2,4}\b"
)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|TBD|lorem)\b", re.IGNORECASE)
#: Stored copies of the real page: fine to read, wrong to send a person to.
MIRROR = re.compile(r"//(?:nocache|dev|demo|new|w)\.|pages\.dev|//(?:www\.)?asbar\.org", re.IGNORECASE)

LIST_LINE = re.compile(r"^(?:- |(?P<number>\d+)\. )(?P<words>.+)$")
SENTENCE_END = re.compile(r"(?<=[.!?:])[\"')]*\s+")


def each(cards=CARDS):
    return pytest.mark.parametrize("card", cards, ids=[card.id for card in cards])


def lines(card: Card) -> list[str]:
    return [line.strip() for line in card.text.splitlines() if line.strip()]


def sentences(text: str) -> list[str]:
    """Every line is at least one sentence: a list mark or a heading ends nothing that a reader would run on over."""
    found = []
    for line in text.splitlines():
        match = LIST_LINE.match(line.strip())
        words = match["words"] if match else line.strip()
        found += [part for part in SENTENCE_END.split(words) if part]
    return found


# --- the words of one card ---


@each()
def test_grade(card: Card):
    text, sms = textstat.flesch_kincaid_grade(card.text), textstat.flesch_kincaid_grade(card.sms)
    assert text <= MAX_GRADE and sms <= MAX_SMS_GRADE, f"reads at grade {text:.1f}, as SMS {sms:.1f}"


@each()
def test_sentences_are_short(card: Card):
    too_long = [s for s in sentences(card.text) + sentences(card.sms) if len(s.split()) > MAX_SENTENCE]
    assert not too_long, too_long


@each()
def test_length(card: Card):
    count = sum(len(sentence.split()) for sentence in sentences(card.text))
    assert count in WORDS, f"{count} words"


@each()
def test_sms_stands_alone(card: Card):
    assert len(card.sms) <= SMS_CARD_LIMIT and set(card.sms) <= GSM7 and "\n" not in card.sms
    assert card.sms[-1] in ".!?", "ends in the middle of a sentence"


@each()
def test_information_not_advice(card: Card):
    assert not ADVICE.findall(f"{card.title}\n{card.text}\n{card.sms}")


@each()
def test_no_number_that_only_holds_somewhere(card: Card):
    assert not LOCAL_NUMBER.findall(f"{card.text}\n{card.sms}")


@each()
def test_finished(card: Card):
    assert not UNFINISHED.findall(f"{card.title}\n{card.text}\n{card.sms}")


@each()
def test_notice_and_referral_are_attached_elsewhere(card: Card):
    assert "legal advice" not in f"{card.text} {card.sms}".lower()


@each()
def test_answer_stands_in_the_first_line(card: Card):
    first = lines(card)[0]
    assert first[-1] == "." and not LIST_LINE.match(first), first


@each()
def test_layout(card: Card):
    """Plain text: paragraphs, headings that end in a colon, list lines with one kind of mark, numbers in order."""
    number = 0
    for line in lines(card):
        match = LIST_LINE.match(line)
        if match:
            number = number + 1 if match["number"] else 0
            assert not match["number"] or int(match["number"]) == number, f"number out of order: {line}"
        else:
            number = 0
        assert line[-1] in '.!?:"', f"no end mark: {line}"
        assert not re.search(r"[*_#`<>—]|\bhttps?:", line), f"not plain text: {line}"


@each([card for card in CARDS if card.topic is None])
def test_route_cards_say_what_to_do(card: Card):
    assert any(line.startswith("1. ") for line in lines(card)), "no numbered steps"


@each()
def test_sources_are_the_real_pages(card: Card):
    for source in card.sources:
        assert not MIRROR.search(source.url or ""), source.url


@each()
def test_nothing_is_offered_twice(card: Card):
    assert len(set(card.next)) == len(card.next) and card.topic not in card.next
    assert len(set(card.facts)) == len(card.facts)


# --- the library as a whole ---


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_has_a_card_for_everybody(route: str):
    assert any(c.route == route and not (c.roles or c.stages or c.matters) for c in CARDS)


@pytest.mark.parametrize("topic", QUESTIONS)
def test_every_question_has_a_card_for_everybody(topic: str):
    """What somebody wants done (``GOALS``) leads to a route and needs no card of its own."""
    assert any(c.topic == topic and not (c.roles or c.stages or c.matters) for c in CARDS)


def test_cards_named_in_the_code_exist():
    assert NAMED_IN_CODE <= set(LIBRARY.cards)


@pytest.mark.parametrize("fact", sorted(set(read_yaml(CONTENT / "facts.yml")) - ATTACHED))
def test_every_fact_is_told(fact: str):
    assert any(fact in card.facts for card in CARDS)


def _groups() -> dict[str, list[Card]]:
    groups: dict[str, list[Card]] = {}
    for card in CARDS:
        if card.id not in PICKED_BY_ID and (card.route or card.topic):
            groups.setdefault(f"{card.route or '-'}/{card.topic or '-'}", []).append(card)
    return groups


@pytest.mark.parametrize("cards", _groups().values(), ids=_groups().keys())
def test_the_choice_is_never_a_tie(cards: list[Card]):
    """Two cards that fit a situation equally well would be told apart by nothing but their file order."""
    for role, stage, matter in itertools.product((None, *ROLES), (None, *STAGES), (None, *MATTERS)):
        situation = Situation(role=role, stage=stage, matter=matter)
        scores = Counter(score for card in cards if (score := card.fits(situation)) is not None)
        if scores:
            tied = [c.id for c in cards if c.fits(situation) == max(scores)]
            assert len(tied) == 1, f"{tied} for {role}, {stage}, {matter}"


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_file_holds_one_route_or_one_topic(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300
    kinds = {(row["route"], row["topic"]) for row in read_yaml(path)}
    wanted = {(None, None)} if path.stem in EXTRA_FILES else {(path.stem, None), (None, path.stem)}
    assert len(kinds) == 1 and kinds <= wanted, kinds
