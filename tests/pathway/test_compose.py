"""Every answer, in every form, has the notice and a lawyer link; nothing expired is shown."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from whichpath.library.entries import load_answers
from whichpath.library.gsm7 import GSM7
from whichpath.library.situation import ROLES, SIDES, Situation
from whichpath.library.states.packs import load_states
from whichpath.pathway.compose import Composer

#: Most characters of a text, which the channel splits into parts.
SMS_LIMIT = 320

ANSWERS, STATES, DAY = load_answers(), load_states(), dt.date(2026, 11, 29)
COMPOSER = Composer(STATES, today=lambda: DAY)
#: Tests replace its current date.
LATER = Composer(STATES, COMPOSER.rules)
CODES = (None, *STATES.packs)
ENTRIES = sorted(ANSWERS, key=lambda entry: entry.id)


def complete(rendered):
    """Asserts that a message has everything that is required of an answer."""
    notice = COMPOSER.notice
    for form in (rendered.text, json.dumps(rendered.data, ensure_ascii=False)):
        assert "not legal advice" in form and "vary by state" in form and "Find a lawyer" in form
    assert rendered.text.count(notice.text) == 1
    assert "http" in rendered.data["referral"]
    sms = rendered.data["sms"]
    assert notice.sms in sms and "Lawyer" in sms
    assert len(sms) <= SMS_LIMIT and set(sms) <= GSM7, (rendered.data["card"], len(sms))
    assert rendered.data["legal"] is True and rendered.data["reviewed"] and rendered.data["sources"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.id)
def test_every_answer_in_every_form(entry):
    for number, variant in enumerate(entry.variants):
        for role in (None, *ROLES):
            rendered = COMPOSER.entry(entry, number, Situation(role=role), "restrained_final")
            complete(rendered)
            assert variant.answer in rendered.text and rendered.data["route"] == "restrained_final"
            assert rendered.data["question"] == (None if entry.topic == "path" else entry.id)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("role", [None, "protected", "restrained"])
def test_everybody_is_shown_free_legal_aid_and_a_way_to_a_paid_lawyer(code, role):
    """The state's own links, and a nationwide service in place of each missing one."""
    text = COMPOSER.referral(Situation(role=role, state=code))
    for field, finder in (("legal_aid_url", "www.lawhelp.org"), ("bar_referral_url", "www.americanbar.org")):
        own = STATES.facts(code, field, DAY)
        assert (str(own[0].value) if own else finder) in text, field
        if own:
            assert f"https://{finder}/find-help" not in text and f"https://{finder}/groups" not in text


def test_hotline_for_whom_the_order_protects():
    line = "1-800-799-7233"
    assert line in COMPOSER.referral(Situation(role="protected"))
    assert line in COMPOSER.referral(Situation())
    assert line not in COMPOSER.referral(Situation(role="restrained"))
    sides = {side: line in COMPOSER.referral(Situation(role="third_party", side=side)) for side in SIDES}
    assert sides == {"protected": True, "restrained": False}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.id)
def test_past_its_date_no_answer_is_shown(entry):
    for number, variant in enumerate(entry.variants):
        last = variant.expires or entry.expires
        LATER.today = lambda last=last: last + dt.timedelta(days=1)
        for form in ("answer", "more", "short"):
            rendered = LATER.entry(entry, number, Situation(), None, form=form)
            assert variant.answer not in rendered.text and variant.sms not in rendered.data["sms"]
            assert not rendered.data["steps"] and not rendered.data["sections"]
            assert "clerk" in rendered.text and "not legal advice" in rendered.text
        LATER.today = lambda last=last: last
        assert variant.answer in LATER.entry(entry, number, Situation(), None).text


@pytest.mark.parametrize("year", [2029, 2031])
@pytest.mark.parametrize("code", CODES)
def test_long_past_every_date_nothing_stale_is_shown_and_the_clerk_is_named(code, year):
    """After expiry, answers and states show no address, number or date of the library."""
    late = Composer(STATES, COMPOSER.rules, today=lambda: dt.date(year, 8, 1))
    known = Situation("civil_order", "restrained", "temporary", state=code)
    said = [late.entry(entry, 0, known, None) for entry in ENTRIES if not re.search(r"\d", entry.question)]
    said += [late.state(known, ("answer", "hearing", "end"))] if code else []
    for rendered in said:
        assert "clerk" in rendered.text and "clerk" in rendered.data["sms"].lower()
        assert not re.search(r"https?:|\d", rendered.text), rendered.text
        assert not re.search(r"\.(?:org|gov|com)|\d", rendered.data["sms"]), rendered.data["sms"]
        assert COMPOSER.notice.text in rendered.text and "Find a lawyer" in rendered.text
        assert len(rendered.data["sms"]) <= SMS_LIMIT


def test_lead_stands_first():
    rendered = COMPOSER.entry(ANSWERS["restrained_final"], 0, Situation(), "restrained_final", "I understood this.")
    assert rendered.text.startswith("I understood this.")
