"""All answers and responses as SMS: at most 320 GSM-7 characters, with notice and referral in each legal one."""

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml

from whichpath.channels.sms.render import LIMIT, Renderer, pack
from whichpath.library.entries import load_answers
from whichpath.library.gsm7 import is_gsm7, size, to_gsm7
from whichpath.library.situation import Situation
from whichpath.library.states.packs import load_states
from whichpath.library.wording_sms import load_wording
from whichpath.pathway.compose import Composer

ANSWERS, WORDING = load_answers(), load_wording()
#: A fixed date, because answers expire.
COMPOSER, RENDERER = Composer(load_states(), today=lambda: dt.date(2026, 11, 29)), Renderer(WORDING)
DOMAIN = yaml.safe_load((Path(__file__).parents[2] / "domain.yml").read_text())["responses"]
LEAD = DOMAIN["utter_check_restrained_temporary"][0]["text"]


def response(name):
    return {key: value for key, value in DOMAIN[name][0].items() if key in ("text", "buttons", "custom")}


def message(rendered, buttons=()):
    return {"text": rendered.text, "buttons": list(buttons), "custom": {"data": rendered.data}}


def check(messages):
    """All parts of a turn, with and without the greeting."""
    for hello in ("", WORDING.hello, WORDING.first):
        parts = RENDERER.parts(messages, hello)
        assert parts
        for number, part in enumerate(parts):
            assert 0 < size(part.text) <= LIMIT and is_gsm7(part.text), (size(part.text), part.text)
            for n, (title, _payload) in enumerate(part.menu, 1):
                assert f"\n{n} {title}" in f"\n{part.text}"
            if number < len(parts) - 1:
                assert "MORE" in part.text or WORDING.hello_wait in part.text
        assert parts[0].text.startswith(hello)
        yield parts


@pytest.mark.parametrize("entry", list(ANSWERS), ids=lambda e: e.id)
def test_every_answer_within_its_budget(entry):
    for number, variant in enumerate(entry.variants):
        rendered = COMPOSER.entry(entry, number, Situation(), None, LEAD)
        for parts in check([message(rendered), response("utter_ask_state")]):
            said = [p.text for p in parts if variant.sms[:50] in p.text]
            assert said and COMPOSER.notice.sms in said[0]


def test_more_brings_steps_then_sections_each_part_with_notice_and_lawyer():
    seen = 0
    for entry in ANSWERS:
        for number, variant in enumerate(entry.variants):
            if not (variant.do and variant.more):
                continue
            seen += 1
            rendered = COMPOSER.entry(entry, number, Situation(), None)
            first, *later = RENDERER.parts([message(rendered)])
            assert to_gsm7(variant.sms) in first.text and "MORE" in first.text
            tail = WORDING.part.format(lawyer=to_gsm7(rendered.data["lawyer_sms"]))
            assert later and all(part.full and tail in part.text for part in later)
            words = " ".join(re.sub(r"^\d+/\d+ ", "", part.text.split(f"\n{tail}")[0]) for part in later).split()
            steps = [f"{n}. {step}" for n, step in enumerate(variant.do, 1)]
            folds = [f"{fold.title}: {fold.text}" for fold in variant.more]
            said = [] if to_gsm7(variant.answer) in first.text else [WORDING.in_full, variant.answer]
            assert words == to_gsm7(" ".join([WORDING.to_do, *steps, *said, *folds])).split()
    assert seen


@pytest.mark.parametrize("code", [None, *COMPOSER.states.packs])
def test_notice_and_lawyer_take_a_line_of_70(code):
    line = f"{COMPOSER.notice.sms} {COMPOSER.referral_sms(Situation(state=code))}"
    assert size(line) <= 70 and "not legal advice" in line and "vary by state" in line
    assert re.search(r"Lawyer: [a-z0-9/.-]+\.[a-z]+", line)
    assert size(WORDING.part.format(lawyer=COMPOSER.referral_sms(Situation(state=code)))) <= 70


def test_they_do_where_every_address_is_out_of_date_and_in_spanish():
    late = Composer(load_states(), COMPOSER.rules, today=lambda: dt.date(2031, 8, 1))
    assert size(f"{late.notice.sms} {late.referral_sms(Situation(state='CA'))}") <= 70
    for entry in ANSWERS:
        for state in ("CA", "KS"):
            rendered = COMPOSER.entry(entry, 0, Situation(state=state), None)
            sms = COMPOSER.in_spanish(rendered, entry).data["sms"]
            assert size(to_gsm7(sms.rpartition("\n")[2])) <= 70


def test_the_answer_fits_into_one_text_in_nearly_all_entries():
    lengths = [size(variant.sms) for entry in ANSWERS for variant in entry.variants]
    assert sum(length <= 160 for length in lengths) >= 0.95 * len(lengths)


def test_the_first_text_holds_warning_answer_notice_and_lawyer():
    """For answers in one text; a longer one continues after 1 or MORE."""
    waits = 0
    for entry in ANSWERS:
        for number, variant in enumerate(entry.variants):
            rendered = COMPOSER.entry(entry, number, Situation(), None)
            first = RENDERER.parts([message(rendered)], WORDING.first)[0].text
            assert first.startswith(WORDING.first)
            waits += WORDING.hello_wait in first
            if size(variant.sms) <= 160:
                assert to_gsm7(variant.sms) in first and COMPOSER.notice.sms in first and "Lawyer" in first
    assert waits <= 40


def test_the_question_for_the_state_fits_below_most_answers():
    both = total = 0
    for entry in ANSWERS:
        for number in range(len(entry.variants)):
            rendered = COMPOSER.entry(entry, number, Situation(), None)
            first = RENDERER.parts([message(rendered), response("utter_ask_state")])[0]
            total, both = total + 1, both + (first.menu != ())
    assert both >= 0.95 * total


def test_sections_of_what_is_no_legal_answer_are_not_told():
    data = {"sms": "Hello there.", "sections": [{"title": "A", "text": "B"}]}
    assert [part.text for part in RENDERER.parts([{"text": "Hello", "custom": {"data": data}}])] == ["Hello there."]


@pytest.mark.parametrize("state", ["CA", "NY", "PR", "TX"])
def test_every_state_within_its_budget(state):
    for role in ("protected", "restrained"):
        rendered = COMPOSER.state(
            Situation(state=state, role=role, stage="temporary"), ("answer", "withdraw", "hearing")
        )
        assert all(check([message(rendered)]))


@pytest.mark.parametrize("name", sorted(DOMAIN))
def test_every_response_within_its_budget(name):
    if "{" not in DOMAIN[name][0].get("text", ""):
        assert all(check([response(name)]))


def test_pack_cuts_at_lines_then_sentences():
    assert pack("One. Two.\nThree.", 9) == ["One. Two.", "Three."]
