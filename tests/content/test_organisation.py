"""The organisation's texts: none without an organisation; its name, contacts and hours otherwise."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import yaml

from whichpath.library.files import CONTENT, ContentError
from whichpath.library.organisation import (
    Organisation,
    OrganisationTexts,
    Words,
    load_organisation,
    load_organisation_texts,
)

WORDS = Words(**yaml.safe_load((CONTENT / "organisation_words.yml").read_text()))
HOTLINES = {"ndvh": "National Domestic Violence Hotline 1-800-799-7233"}
RIVERSIDE = {
    "name": "Riverside Legal Aid", "short": "Riverside", "phone": "1-555-555-0100", "intake": "https://riverside.example.org/go",
    "zone": "America/Chicago", "hours": [{"days": ["mon", "tue", "wed", "thu", "fri"], "open": "09:00", "close": "17:00"}],
    "closed": ["2026-12-25"], "languages": ["English", "Spanish"], "states": ["IL"],
}  # fmt: skip


def told(clock: str, **more: object) -> OrganisationTexts:
    moment = dt.datetime.fromisoformat(clock)
    return OrganisationTexts(Organisation(**{**RIVERSIDE, **more}), WORDS, HOTLINES, lambda: moment)


def test_shipped_empty_it_says_nothing():
    shipped = load_organisation_texts()
    assert shipped.of == Organisation() and shipped.human() is None
    assert {shipped.line(kind) for kind in ("hello", "referral", "referral_sms", "feedback", "help_sms")} == {None}
    assert shipped.public()["name"] is None


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ("2026-12-02T16:00:00+00:00", "open now, until 5 PM (Central time)"),  # Wednesday, 10 in Chicago
        ("2026-12-02T14:59:00+00:00", "open today at 9 AM (Central time)"),
        ("2026-12-02T23:00:00+00:00", "open tomorrow at 9 AM (Central time)"),
        ("2026-12-05T18:00:00+00:00", "open Monday at 9 AM (Central time)"),
        ("2026-12-25T18:00:00+00:00", "open Monday at 9 AM (Central time)"),  # a holiday, a Friday
        ("2026-12-03T04:00:00+00:00", "open tomorrow at 9 AM"),  # still Wednesday evening in Chicago
    ],
)
def test_a_person_is_told_with_the_hours(clock, said):
    long, short = told(clock).human()
    assert "Riverside Legal Aid: 1-555-555-0100, https://riverside.example.org/go." in long and said in long
    assert ("Open now, day and night: National" in long) == ("open now" not in said), "who is open, where they are not"
    assert "911" in long or "open now" in said
    assert "1-555-555-0100" in short and len(short) <= 110


def test_it_is_told_to_those_whom_it_serves():
    riverside = told("2026-12-02T16:00:00+00:00")
    assert riverside.line("referral", "IL") and riverside.line("referral", None)
    assert riverside.line("referral", "TX") is None
    assert riverside.line("help_sms") == "Riverside 1-555-555-0100"
    assert riverside.line("hello") == "This is a service of Riverside Legal Aid."


def test_it_stands_first_among_the_ways_to_a_lawyer(monkeypatch):
    from whichpath.library.situation import Situation
    from whichpath.library.states.packs import load_states
    from whichpath.pathway.compose import Composer

    composer = Composer(load_states())
    before = composer.lawyers(Situation(state="IL"))
    monkeypatch.setattr(composer, "organisation", told("2026-12-02T16:00:00+00:00"))
    assert composer.lawyers(Situation(state="IL")) == [
        "Riverside Legal Aid: 1-555-555-0100, https://riverside.example.org/go", *before
    ]  # fmt: skip
    assert composer.lawyers(Situation(state="TX"))[0] != composer.lawyers(Situation(state="IL"))[0]
    assert composer.referral_sms(Situation(state="IL")) == "Riverside 1-555-555-0100"


def test_it_appears_where_people_ask_for_it(monkeypatch):
    from whichpath.channels import output

    monkeypatch.setattr(output, "load_organisation_texts", lambda: told("2026-12-05T18:00:00+00:00"))
    human = {"text": "These people can help.", "custom": {"data": {"sms": "Who can help."}}}
    said = output.with_organisation(human, "utter_human")
    assert said["text"].startswith("You can talk to a person at Riverside") and said["text"].endswith(
        "These people can help."
    )
    assert (
        said["custom"]["data"]["sms"].startswith("Riverside: 1-555") and "Closed now" in said["custom"]["data"]["sms"]
    )
    assert "Riverside Legal Aid" in output.with_organisation({"text": "Hello."}, "utter_greet")["text"]
    assert "Riverside Legal Aid" in output.with_organisation({"text": "Thanks."}, "utter_feedback")["text"]
    assert output.with_organisation({"text": "Bye."}, "utter_goodbye") == {"text": "Bye."}


def test_sms_help_names_it(monkeypatch):
    from whichpath.channels.sms import conversation
    from whichpath.library.wording_sms import load_wording

    channel = SimpleNamespace(settings=SimpleNamespace(contact="x.example.org"), wording=load_wording())
    assert "Contact: x.example.org." in conversation.SmsConversation._help(channel)
    monkeypatch.setattr(conversation, "load_organisation_texts", lambda: told("2026-12-05T18:00:00+00:00"))
    assert "Contact: Riverside 1-555-555-0100." in conversation.SmsConversation._help(channel)


@pytest.mark.parametrize(
    ("field", "value"),
    [("phone", "call us"), ("intake", "http://x.example.org"), ("zone", "Chicago"), ("states", ["Illinois"]), ("colours", {"brand": "red"}),
     ("short", "ж"), ("hours", [{"days": ["monday"], "open": "9", "close": "17"}]), ("fax", "1"),
     ("hours", [{"days": ["mon"], "open": "17:00", "close": "09:00"}])],
)  # fmt: skip
def test_a_field_that_cannot_be_is_named(tmp_path, field, value):
    (tmp_path / "organisation.yml").write_text(yaml.safe_dump({field: value}, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ContentError, match=field):
        load_organisation(tmp_path / "organisation.yml")


def test_the_page_is_told_moments_and_says_them_in_its_own_language():
    open_now = told("2026-12-02T16:00:00+00:00").public()
    assert open_now["open"] is True and open_now["until"] == "2026-12-02T17:00:00-06:00"
    assert open_now["zone"] == "America/Chicago" and "person" not in open_now
    closed = told("2026-12-05T18:00:00+00:00").public()
    assert closed["open"] is False and closed["until"] is None and closed["opens"] == "2026-12-07T09:00:00-06:00"
    without = told("2026-12-05T18:00:00+00:00", hours=[]).public()
    assert (without["open"], without["until"], without["opens"]) == (None, None, None)
