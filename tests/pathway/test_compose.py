"""Notice and referral are on every card, in every form, for every route and state."""

import datetime as dt
import json
import re

import pytest
from whichpath.library.cards import load_library

from whichpath.library.gsm7 import GSM7
from whichpath.library.situation import ROLES, ROUTES, SIDES, Situation
from whichpath.library.states.packs import load_states
from whichpath.pathway.compose import SMS_LIMIT, Composer
from whichpath.pathway.routes import path_of

LIBRARY, STATES = load_library(), load_states()
DAY = dt.date(2026, 11, 22)
COMPOSER = Composer(STATES, today=lambda: DAY)
CODES = (None, *STATES.packs)


def complete(rendered, situation):
    """Asserts that a message has all that the law of the house asks for."""
    notice = COMPOSER.notice
    for form in (rendered.text, json.dumps(rendered.data, ensure_ascii=False)):
        assert "not legal advice" in form
        assert "vary by state" in form
        assert "Find a lawyer" in form
    assert rendered.text.count(notice.text) == 1
    assert "http" in rendered.data["referral"]
    sms = rendered.data["sms"]
    assert notice.sms in sms
    assert "Lawyer" in sms
    assert len(sms) <= SMS_LIMIT, (rendered.data["card"], len(sms))
    assert set(sms) <= GSM7
    assert rendered.data["legal"] is True
    assert rendered.data["reviewed"]
    assert rendered.data["sources"]


@pytest.mark.parametrize("route", [None, *ROUTES])
def test_every_card_on_every_route_in_every_form(route):
    for card in LIBRARY:
        for role in (None, *ROLES):
            situation = Situation(role=role)
            rendered = COMPOSER.card(card, situation, route)
            complete(rendered, situation)
            assert rendered.data["route"] == route
            assert rendered.data["card"] == card.id
            assert card.text in rendered.text


@pytest.mark.parametrize("code", CODES)
def test_every_state_has_a_way_to_a_lawyer(code):
    for card in list(LIBRARY)[:5]:
        complete(COMPOSER.card(card, Situation(state=code), None), Situation(state=code))
    if code and STATES.facts(code, "legal_aid_url", DAY):
        assert str(STATES.facts(code, "legal_aid_url", DAY)[0].value) in COMPOSER.referral(Situation(state=code))


def test_hotline_for_whom_the_order_protects():
    line = "1-800-799-7233"
    assert line in COMPOSER.referral(Situation(role="protected"))
    assert line in COMPOSER.referral(Situation())
    assert line not in COMPOSER.referral(Situation(role="restrained"))
    sides = {side: line in COMPOSER.referral(Situation(role="third_party", side=side)) for side in SIDES}
    assert sides == {"protected": True, "restrained": False}


def test_past_its_date_no_card_is_shown():
    for card in LIBRARY:
        late = Composer(STATES, today=lambda card=card: card.expires + dt.timedelta(days=1))
        rendered = late.card(card, Situation(), None)
        assert card.text not in rendered.text
        assert card.sms not in rendered.data["sms"]
        assert "clerk" in rendered.text
        assert "not legal advice" in rendered.text
        on_the_day = Composer(STATES, today=lambda card=card: card.expires).card(card, Situation(), None)
        assert card.text in on_the_day.text


def test_lead_stands_first():
    path = path_of(Situation("civil_order", "restrained", "final"), LIBRARY)
    rendered = COMPOSER.card(path.cards[0], Situation(), path.route, "I understood this.")
    assert rendered.text.startswith("I understood this.")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("role", [None, "protected", "restrained"])
def test_everybody_is_shown_free_legal_aid_and_a_way_to_a_paid_lawyer(code, role):
    """The state's own, and a nationwide finder in the place of each that is not known there."""
    text = COMPOSER.referral(Situation(role=role, state=code))
    for field, finder in (("legal_aid_url", "www.lawhelp.org"), ("bar_referral_url", "www.americanbar.org")):
        own = STATES.facts(code, field, DAY)
        assert (str(own[0].value) if own else finder) in text, field
        if own:
            assert f"https://{finder}/find-help" not in text and f"https://{finder}/groups" not in text


@pytest.mark.parametrize("year", [2027, 2028, 2030])
@pytest.mark.parametrize("code", CODES)
def test_long_past_every_date_nothing_stale_is_shown_and_the_clerk_is_named(code, year):
    """Each card, state and topic with the clock moved on: no address, no number, no date of the library."""
    late = Composer(STATES, today=lambda: dt.date(year, 8, 1))
    situation = Situation("civil_order", "restrained", "temporary", None, code)
    said = [late.card(card, situation, None) for card in LIBRARY]
    said += [late.state(code, situation)] if code else []
    for rendered in said:
        assert "clerk" in rendered.text and "clerk" in rendered.data["sms"].lower()
        assert not re.search(r"https?:|\d", rendered.text), rendered.text
        assert not re.search(r"\.(?:org|gov|com)|\d", rendered.data["sms"]), rendered.data["sms"]
        assert COMPOSER.notice.text in rendered.text
        assert "Find a lawyer" in rendered.text and "legal aid" in rendered.text
        assert len(rendered.data["sms"]) <= SMS_LIMIT
