"""The chat without script: the same structure as the widget, and the organisation."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from tests.content.test_organisation import told
from tests.widget import stub
from whichpath.channels.guards.headers import policy
from whichpath.channels.web import plain


def page(**more: object) -> str:
    entries = [
        {"seq": 1, "who": "me", "id": "q", "text": "my clothes"},
        {"seq": 2, "who": "bot", "id": "q", "message": stub.card(**more)},
    ]
    return plain.page("token", entries)


def test_what_has_no_room_before_the_folds_stands_in_the_first_ones():
    shown = page()
    before, _, folds = shown.partition("<details><summary>Step 3")
    assert before.count("<li>") >= 2 and "They know how you can ask" not in before and "They know how" in folds
    assert '<ol class="steps" start="3">' in folds
    assert shown.count("<b>In Florida:</b>") == 1


def test_a_long_line_of_a_state_is_folded_whole():
    entry = stub.card()
    entry["custom"]["data"]["brief"]["local"] = None
    shown = plain.page("t", [{"seq": 1, "who": "bot", "id": "", "message": entry}])
    assert "<summary>In Florida</summary>" in shown and "the order has a box for this" in shown


def test_the_notice_is_one_line_with_its_full_words_below():
    shown = page()
    assert "<summary>Information, not legal advice. Laws vary.</summary>" in shown
    assert "take the place of a lawyer" in shown


def test_terms_stand_below_the_answer():
    shown = page(terms=[{"term": "civil standby", "text": "An officer comes <along>."}])
    assert "<dt><b>civil standby</b></dt><dd>An officer comes &lt;along&gt;.</dd>" in shown
    assert "<dl>" not in page()


def test_an_answer_of_an_older_day_is_still_shown():
    message = stub.card()
    for name in ("brief", "local", "notice_short"):
        del message["custom"]["data"][name]
    shown = plain.page("t", [{"seq": 1, "who": "bot", "id": "", "message": message}])
    assert "In Florida: the order has a box" in shown and shown.count("<li>") >= 3 and "not legal advice" in shown


def test_a_fold_in_another_language_says_so():
    fold = {"title": "Detalles, en inglés", "text": "Only if the order says so.", "lang": "en"}
    assert '<div lang="en"><p>Only if the order says so.</p></div>' in page(lang="es", sections=[fold])


def test_who_runs_it_is_named_at_the_start(monkeypatch):
    assert 'class="box org"' not in plain.page("", [])
    monkeypatch.setattr(plain, "load_organisation_texts", lambda: told("2026-12-02T16:00:00+00:00"))
    shown = plain.page("", [])
    assert "This is a service of Riverside Legal Aid." in shown and "open now, until 5 PM" in shown
    assert 'href="tel:15555550100"' in shown and 'href="https://riverside.example.org/go"' in shown
    assert "They speak English, Spanish." in shown
    assert 'class="box org"' not in page()  # not above an answer


@pytest.mark.parametrize(
    ("logo", "allowed"),
    [
        (None, "img-src 'self' data:;"),
        ("https://www.riverside.example.org/a/logo.svg", "img-src 'self' data: https://www.riverside.example.org;"),
    ],
)
def test_the_page_may_show_the_logo_and_nothing_else_from_elsewhere(logo, allowed):
    texts = told("2026-12-02T16:00:00+00:00", **({"logo": logo} if logo else {}))
    said = policy(SimpleNamespace(host="chat.example.org"), pictures=texts.pictures)
    assert allowed in said
    assert re.search(r"default-src 'none'; script-src 'self';", said)
