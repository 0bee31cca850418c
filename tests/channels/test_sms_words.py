"""Commands and sentences of the SMS channel that do not need Rasa. No server."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from whichpath.channels.choices import pick
from whichpath.channels.sms.words import load_commands
from whichpath.library.gsm7 import is_gsm7, size, to_gsm7
from whichpath.library.wording_sms import CONTACT_LIMIT, GLANCE, load_wording
from whichpath.providers.twilio_settings import Off, read_sms

OPT_OUTS = yaml.safe_load((Path(__file__).parent / "sms_opt_outs.yml").read_text())
DOMAIN = yaml.safe_load((Path(__file__).parents[2] / "domain.yml").read_text())["responses"]
COMMANDS, WORDING = load_commands(), load_wording()
#: Words that must not appear on a locked screen.
TELLING = re.compile(
    r"order|court|restrain|protect|judge|hearing|charge|lawyer|legal|violen|hotline|danger|911|abuse|victim|police",
    re.I,
)


def test_the_matrix_is_large_enough():
    assert len(set(OPT_OUTS["are"])) >= 40 and len(set(OPT_OUTS["are_not"])) >= 60


@pytest.mark.parametrize("text", OPT_OUTS["are"])
def test_an_opt_out(text):
    assert COMMANDS.of(text) == "stop"


@pytest.mark.parametrize("text", OPT_OUTS["are_not"])
def test_no_opt_out(text):
    assert COMMANDS.of(text) != "stop"


def test_no_title_of_a_choice_is_a_command():
    titles = [b["title"] for rows in DOMAIN.values() for b in rows[0].get("buttons") or ()]
    assert titles and not [t for t in titles if COMMANDS.of(t)]


@pytest.mark.parametrize(
    ("text", "command"),
    [("HELP", "help"), ("info", "help"), ("Ayuda", "help"), ("help me", None), ("help!", "help"), ("START", "start"),
     ("unstop", "start"), ("start over", None), ("yes", None), ("MORE", "more"), ("más", "more"), ("no more", None)],
)  # fmt: skip
def test_other_commands(text, command):
    assert COMMANDS.of(text) == command


def test_yes_means_start_only_from_somebody_who_is_out():
    assert COMMANDS.of("YES", opted_out=True) == "start" and COMMANDS.of("YES") is None


def test_lengths_and_characters():
    help_text = WORDING.help.format(contact="x" * CONTACT_LIMIT)
    for text in (help_text, WORDING.stop, WORDING.start):
        assert is_gsm7(text) and size(text) <= 160


def test_help_has_programme_contact_and_danger():
    text = WORDING.help.format(contact="a@b.org")
    assert text.startswith("Whichpath") and "a@b.org" in text and "911" in text


def test_stop_says_that_nothing_changed_and_start_where_the_hotline_is():
    assert "Nothing in your case changed" in WORDING.stop
    assert "88788" in WORDING.start


@pytest.mark.parametrize("name", ["first", "hello", "help", "stop", "start"])
def test_nothing_telling_at_a_glance(name):
    text = getattr(WORDING, name).format(contact="a@b.org")
    assert len(text) >= GLANCE and not TELLING.search(text[:GLANCE])


MENU = [["I asked for the order", "/a"], ["The order is against me", "/b"], ["A judge said no to ending it", "/c"],
        ["I am not sure", "/d"]]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "payload"),
    [("1", "/a"), ("1.", "/a"), (" 2 ", "/b"), ("two", "/b"), ("option 3", "/c"), ("#4", "/d"), ("the second one", "/b"),
     ("the order is against me", "/b"), ("THE ORDER IS AGAINST ME!", "/b"), ("against me", "/b"), ("not sure", None), ("I am not sure", "/d"),
     ("asked for", None), ("asked for the order", "/a"), ("a judge said no", "/c"), ("judge", "/c"), ("no", None), ("order", None), ("the order", None),
     ("9", None), ("5", None), ("0", None), ("stop", None), ("what does against me mean and who decides", None), ("", None)],
)  # fmt: skip
def test_a_choice_by_number_title_or_part(text, payload):
    assert pick(text, MENU) == payload


def test_every_choice_of_the_dialogue_is_chosen_by_digit_word_and_title():
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    for rows in DOMAIN.values():
        menu = [[to_gsm7(b["title"]), b["payload"]] for b in rows[0].get("buttons") or ()]
        for number, (title, payload) in enumerate(menu, 1):
            for said in (str(number), f"{number}.", words[number - 1], title, title.upper()):
                assert pick(said, menu) == payload, (said, title)


@given(st.text(max_size=300))
def test_whatever_comes_goes_out_in_gsm7(text):
    assert is_gsm7(to_gsm7(text))


def test_transliteration():
    assert to_gsm7("“María’s — café… §5 • ≤ 3½ 😀”") == '"Maria\'s - café... §5 - <= 31/2 "'
    assert to_gsm7("¡Ayuda!") == "¡Ayuda!"


FULL = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM": "+15005550006",
    "WHICHPATH_PUBLIC_URL": "https://bot.example.org/",
}


def test_settings():
    settings = read_sms(FULL)
    assert settings.public_url == "https://bot.example.org" and settings.contact == "bot.example.org"


@pytest.mark.parametrize("name", FULL)
def test_without_one_of_them_the_channel_is_off_and_says_which(name):
    with pytest.raises(Off, match=name):
        read_sms({key: value for key, value in FULL.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [("TWILIO_ACCOUNT_SID", "SECRETVALUE"), ("TWILIO_FROM", "SECRETVALUE"), ("WHICHPATH_PUBLIC_URL", "SECRETVALUE")],
)
def test_a_wrong_one_is_named_and_its_value_is_not(name, value):
    with pytest.raises(Off, match=name) as caught:
        read_sms({**FULL, name: value})
    assert value not in str(caught.value)
