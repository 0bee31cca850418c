"""Every card and every response as texts: at most 320 characters of GSM-7, notice and referral in each legal one."""

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml
from whichpath.library.cards import load_library

from whichpath.channels.sms.render import LIMIT, Renderer, pack
from whichpath.library.gsm7 import is_gsm7, size
from whichpath.library.situation import Situation
from whichpath.library.states.packs import load_states
from whichpath.library.wording_sms import load_wording
from whichpath.pathway.compose import Composer

LIBRARY, STATES, WORDING = load_library(), load_states(), load_wording()
#: Cards age; how long their words are does not.
COMPOSER, RENDERER = Composer(STATES, today=lambda: dt.date(2026, 11, 22)), Renderer(WORDING)
DOMAIN = yaml.safe_load((Path(__file__).parents[2] / "domain.yml").read_text())["responses"]
CODES = sorted(path.stem for path in (Path(__file__).parents[2] / "content/states").glob("*.yml"))
LEAD = DOMAIN["utter_check_restrained_temporary"][0]["text"]
CHOICES = [
    {"title": "That is not right", "payload": "/correct"},
    {"title": "What proof to gather", "payload": "/ask_evidence"},
]


def response(name):
    return {key: value for key, value in DOMAIN[name][0].items() if key in ("text", "buttons", "custom")}


def card_message(rendered, buttons=()):
    return {"text": rendered.text, "buttons": list(buttons), "custom": {"data": rendered.data}}


def check(messages):
    """All parts of a turn, greeted and not."""
    for hello in ("", WORDING.hello):
        parts = RENDERER.parts(messages, hello)
        assert parts
        for number, part in enumerate(parts):
            assert 0 < size(part.text) <= LIMIT and is_gsm7(part.text), (size(part.text), part.text)
            for n, (title, _payload) in enumerate(part.menu, 1):
                assert f"\n{n} {title}" in f"\n{part.text}"
            if number < len(parts) - 1:
                assert "MORE" in part.text or WORDING.hello_wait in part.text
        if hello:
            assert parts[0].text.startswith(hello)
        yield parts


@pytest.mark.parametrize("card", list(LIBRARY), ids=lambda c: c.id)
def test_every_card_within_its_budget(card):
    for code in (None, "CA", "NY", "PR"):
        rendered = COMPOSER.card(card, Situation(state=code), card.route, LEAD)
        for after in ([], [response("utter_ask_state")], [response("utter_ask_matter")]):
            for parts in check([card_message(rendered, CHOICES), *after]):
                legal = [part for part in parts if part.full or card.sms[:60] in part.text]
                assert len(legal) >= 2
                for part in legal:
                    assert "not legal advice" in part.text and "awyer" in part.text, part.text


def test_a_short_form_is_never_cut():
    for card in LIBRARY:
        rendered = COMPOSER.card(card, Situation(), card.route)
        assert any(rendered.data["sms"] in part.text for part in RENDERER.parts([card_message(rendered)]))


def test_the_full_words_come_with_more():
    for card in LIBRARY:
        parts = RENDERER.parts([card_message(COMPOSER.card(card, Situation(), card.route))])
        said = " ".join(" ".join(p.text for p in parts if p.full).split())
        for word in ("judge", "court", "order"):
            assert (word in card.text) <= (word in said)


@pytest.mark.parametrize("code", CODES)
def test_every_state_within_its_budget(code):
    rendered = COMPOSER.state(code, Situation(state=code, role="restrained", stage="final"))
    for parts in check([card_message(rendered), response("utter_what_else")]):
        assert any("not legal advice" in part.text for part in parts)


@pytest.mark.parametrize("name", DOMAIN)
def test_every_response_within_its_budget(name):
    for parts in check([response(name)]):
        shown = [payload for part in parts for _title, payload in part.menu]
        wanted = [b["payload"] for b in DOMAIN[name][0].get("buttons") or ()]
        assert shown == wanted


def test_where_the_card_does_not_fit_beside_the_greeting_its_question_does():
    card = max(LIBRARY, key=lambda c: len(c.sms))
    rendered = COMPOSER.card(card, Situation(state="CA"), card.route)
    assert len(rendered.data["sms"]) > LIMIT - len(WORDING.hello) - 6
    parts = RENDERER.parts([card_message(rendered), response("utter_ask_matter")], WORDING.hello)
    assert "What is it about" in parts[0].text and len(parts[0].menu) == 5
    assert rendered.data["sms"] in parts[1].text


def test_danger_help_is_in_the_first_text_with_its_numbers():
    for name in ("utter_danger", "utter_self_harm"):
        for parts in check([response(name), response("utter_go_on")]):
            assert "911" in parts[0].text and "1-800-799-7233" in parts[0].text


def test_a_line_of_courtesy_never_pushes_the_answer_out():
    for card in LIBRARY:
        messages = [response("utter_corrected"), card_message(COMPOSER.card(card, Situation(), card.route))]
        assert card.sms[:60] in RENDERER.parts(messages)[0].text


def test_words_longer_than_a_text_are_cut():
    assert all(size(piece) <= 100 for piece in pack("a" * 1000 + " " + "€" * 300 + " end.", 100))


def test_long_past_their_date_no_text_of_a_card_holds_an_address():
    late = Composer(STATES, today=lambda: dt.date(2028, 8, 1))
    for code in (None, "TX", "GU"):
        for card in LIBRARY:
            for part in RENDERER.parts([card_message(late.card(card, Situation(state=code), card.route))]):
                assert not re.search(r"\.(?:org|gov|com)\b|https?:", part.text), part.text
                assert "Lawyer: ask the clerk" in part.text


def test_every_part_has_the_persons_own_way_to_a_lawyer():
    for part in RENDERER.parts([card_message(COMPOSER.card(LIBRARY["lawyer"], Situation(state="TX"), None))]):
        assert "texaslawhelp.org" in part.text
