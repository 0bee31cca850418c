"""Incoming messages are sanitised before Rasa."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from whichpath.channels.guards.inbound import HARD_LIMIT, LIMIT, read
from whichpath.channels.guards.payloads import as_issued, issued

DOMAIN = Path(__file__).resolve().parents[2] / "domain.yml"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  hello  ", "hello"),
        ("a\nb\r\n\tc", "a b c"),
        ("a\x00b\x07c\u202ed\u200be", "abcde"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<b>help</b> me <img src=x onerror=alert(1)>", "help me"),
        ("my ex <3 me, 5 < 6 > 4", "my ex <3 me, 5 < 6 > 4"),
        ("<!-- x -->hello", "hello"),
        ("/restart now", "restart now"),
        ("//restart now", "restart now"),
        (" / restart now", "restart now"),
        ("\u200b/session_start", "session_start"),
        ("<b></b>/session_start", "session_start"),
        ("/EXTERNAL_reminder", "EXTERNAL_reminder"),
        ('/inform{"role": "king"}', 'inform{"role": "king"}'),
        ("e\u0301tat", "état"),
        ("he/she hit me", "he/she hit me"),
        ("911", "911"),
        ("¿Cómo?", "¿Cómo?"),
    ],
)
def test_cleaning(raw, text):
    got = read(raw)
    assert (got.text, got.pressed, got.cut) == (text, False, False)


@pytest.mark.parametrize("raw", ["", " ", "\n", "😀", "?!", "...", "<b></b>", "/", "{}", "\u202e\u200b", "/{}"])
def test_no_words(raw):
    assert read(raw).text is None


@pytest.mark.parametrize("raw", ["word " * 500, "a" * 102_400, "word " * 20_000, "x" * 1001, "<b>" * 50_000 + "hello"])
def test_a_long_message_keeps_start_and_end(raw):
    got = read("First. " + raw + " Last.")
    assert got.cut and got.text is not None and len(got.text) <= LIMIT
    assert got.text.startswith("First.") and got.text.endswith("Last.")


def test_a_message_of_just_the_limit_is_whole():
    text = ("word " * 300)[: LIMIT - 1] + "x"
    assert read(text).text == text and not read(text).cut


@settings(deadline=None)  # the first call reads the word lists
@given(st.text(max_size=3000))
def test_any_text_comes_out_harmless(raw):
    got = read(raw)
    if got.text is None:
        return
    assert len(got.text) <= LIMIT
    if got.pressed:
        assert got.text in issued()
        return
    assert not got.text.startswith("/")
    assert got.text == got.text.strip()
    assert not [c for c in got.text if unicodedata.category(c) in ("Cc", "Cf")]


@given(st.text(alphabet='/{}":, abcinformrole_', max_size=60))
def test_a_payload_gets_through_only_from_the_list(raw):
    got = read("/" + raw)
    assert got.text is None or got.pressed or not got.text.startswith("/")


def payloads_of_the_domain():
    responses = yaml.safe_load(DOMAIN.read_text())["responses"]
    return sorted({b["payload"] for v in responses.values() for r in v for b in r.get("buttons") or ()})


@pytest.mark.parametrize("payload", payloads_of_the_domain())
def test_every_button_of_the_domain_works(payload):
    assert read(payload).pressed


@pytest.mark.parametrize(
    "payload",
    [
        "/end_order",
        "/ask_glossary",
        "/affirm",
        "/restart",
        "/erase",
        '/inform{"role": "protected"}',
        '/inform{"role":"protected"}',
        '/inform{ "stage" : "final" }',
        '/inform{"flag": "mutual_orders"}',
        '/inform{"side": "restrained"}',
        '/inform{"state": "OH"}',
        " /help ",
    ],
)
def test_issued_payloads(payload):
    got = read(payload)
    assert got.pressed and got.text in issued()


def test_a_page_in_spanish_says_so_with_what_was_tapped():
    got = read('/inform{"role": "protected", "language": "es"}')
    assert got.pressed and got.text == '/inform{"language": "es", "role": "protected"}'


@pytest.mark.parametrize(
    "payload",
    [
        "/session_start",
        "/nlu_fallback",
        "/danger",
        "/inform",
        '/inform{"role": "king"}',
        '/inform{"role": "protected", "stage": "final"}',
        '/inform{"role": ["protected"]}',
        '/inform{"language": "es"}',
        '/inform{"language": "xx", "role": "protected"}',
        '/end_order{"language": "es"}',
        '/inform{"role": null}',
        '/inform{"state": "XX"}',
        '/inform{"dialogue": "x"}',
        '/end_order{"role": "protected"}',
        '/inform{"role": "protected"',
        "/inform{}",
        "/help please",
        "/HELP",
    ],
)
def test_other_payloads_are_text(payload):
    assert as_issued(payload) is None
    assert not read(payload).pressed


def test_a_raw_text_beyond_the_hard_limit_is_marked_as_cut():
    assert read("hello " + " " * HARD_LIMIT).cut
