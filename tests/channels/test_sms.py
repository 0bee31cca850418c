"""SMS over real servers, with Twilio's signatures and Prism with Twilio's document."""

import datetime as dt
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from testing.ports import wait_for
from testing.stack import Phone, database_bytes, stack
from tests.channels.situations import CASES, ROUTES, TURNS, choice_of, route_of
from tests.channels.test_sms_words import TELLING
from whichpath.library.wording_sms import load_wording
from whichpath.store.identity import pseudonym

WORDING = load_wording()
pytestmark = pytest.mark.usefixtures("twilio_double")
ASK = "how do i end a restraining order"


@pytest.fixture
def greeted(phone):
    """A person who has already received the greeting."""
    phone.say("hello")
    phone.say("1")
    return phone


# --- the main use case ---


@pytest.mark.parametrize(("route", "sentence"), CASES, ids=lambda v: str(v)[:50])
def test_each_situation_reaches_its_path_with_digits_alone(phone, route, sentence):
    body = phone.say(sentence)
    for _ in range(TURNS - 1):
        if route_of(body, "sms"):
            break
        number = choice_of(phone.choices(), ROUTES[route]["person"])
        # If the question did not fit into the answer, any digit requests it.
        body = phone.say(str(number or 1))
    assert route_of(body, "sms") == route, body
    assert "not legal advice" in body and "Lawyer" in body


def test_one_turn_is_one_text(greeted):
    for text in (ASK, "1", "do i need a lawyer?", "my ex is outside with a gun right now", "MORE"):
        greeted.say(text)
        assert len(greeted.got) == 1
    assert greeted.silent(0.5)


@pytest.mark.parametrize("said", ["1", "1.", "one", "I asked for the order", "asked for the order", "the first one"])
def test_a_choice_by_number_word_title_or_part(greeted, said):
    assert "Who are you" in greeted.say(ASK)
    assert "How far along" in greeted.say(said)


def test_a_number_means_the_last_numbers_shown(greeted):
    greeted.say(ASK)
    assert greeted.say("9") == WORDING.no_choice
    assert "How far along" in greeted.say("2")
    assert greeted.say("", NumMedia="1") == WORDING.picture
    assert "not legal advice" in greeted.say("2") and not greeted.choices()
    # The answer had no numbered choices: a number requests the text that has them.
    assert "Which state" in greeted.say("9") and greeted.choices()
    assert greeted.say("9") == WORDING.no_choice


def test_more_brings_the_full_card_in_parts(greeted):
    body = greeted.say("do i need a lawyer for a restraining order?")
    assert "not legal advice" in body and "MORE" in body
    pages = 0
    while "MORE" in body:
        body = greeted.say("MORE")
        if match := re.search(r"(\d+)/(\d+) ", body):
            pages += 1
            assert int(match[1]) == pages
            assert "not legal advice" in body and "lawhelp.org" in body
        assert pages <= 15
    assert pages == int(match[2])
    assert greeted.say("MORE") == WORDING.more_done


def test_nothing_telling_on_the_locked_screen_until_agreed(phone):
    for text in ("there is a final restraining order against me and i want to end it",):
        assert not TELLING.search(phone.say(text)[:40])
    stranger = Phone()
    assert not TELLING.search(stranger.say("he is outside my door with a gun right now")[:40])
    assert "911" in stranger.last and WORDING.first_more not in stranger.last
    other = Phone()
    body = other.say(ASK)
    assert body.startswith(WORDING.first) and not TELLING.search(body[:40])
    assert not other.say("1").startswith(WORDING.hello)


LONG = [
    "there is a final restraining order against me and i want to end it",
    "do i have to tell the court about my guns with a final order against me in ohio",
    "my order against him is not final yet and i want to drop it, court is in texas",
    "he is outside my door with a gun right now",
    "i want to get the charges dropped that the state filed against my husband, can i do that",
]


@pytest.mark.parametrize("text", [ASK, "hello", *LONG])
def test_that_others_may_see_the_texts_stands_in_the_first_one_always_and_once(phone, text):
    assert phone.say(text).startswith(WORDING.first)
    for more in ("MORE", "1", "do i need a lawyer", "MORE"):
        assert WORDING.first not in phone.say(more) and not phone.last.startswith(WORDING.hello)


def test_a_picture_first_is_greeted_with_it_too(phone):
    assert phone.say("", NumMedia="1").startswith(WORDING.first) and WORDING.picture in phone.last
    assert not phone.say(ASK).startswith((WORDING.first, WORDING.hello))


def test_whoever_writes_twice_at_once_is_told_once(phone):
    # Side by side: one after the other, a quick answer could come before the second message is there.
    with ThreadPoolExecutor(2) as both:
        list(both.map(phone.send, (ASK, "do i need a lawyer")))
    wait_for(lambda: len(phone.inbox()) == 2)
    first, second = phone.inbox()
    assert first.startswith(WORDING.first) and second.startswith(WORDING.hello) and WORDING.first not in second


def test_more_brings_the_steps_first(greeted):
    greeted.say("do i need a lawyer for a restraining order?")
    while not greeted.last.startswith("1/"):
        assert "MORE" in greeted.last
        greeted.say("MORE")
    assert re.match(rf"1/\d {WORDING.to_do}\n1\. ", greeted.last), greeted.last


def test_a_day_in_court_comes_with_a_short_calendar_link(greeted):
    greeted.say("there is a temporary order against me")
    soon = dt.date.today() + dt.timedelta(days=20)
    body = greeted.say(f"court is on {soon:%B} {soon.day}")
    link = re.search(r"https://bot\.example\.org/c/[0-9a-z]{11}(?= |$)", body, re.M)
    assert link and len(link[0]) <= 40 and ".ics" not in body


# --- commands ---


def test_stop_is_confirmed_exactly_once(greeted):
    assert greeted.say("STOP") == WORDING.stop
    for text in ("stop", "hello?", ASK, "1"):
        greeted.send(text)
    assert greeted.silent(1.5)
    assert greeted.say("HELP").startswith("Whichpath")
    assert "911" in greeted.say("he is outside my door with a gun right now")
    assert greeted.say("START") == WORDING.start
    assert greeted.say(ASK)


def test_stop_from_somebody_new(phone):
    assert phone.say("please stop texting me") == WORDING.stop
    assert phone.silent(0.5)


def test_what_twilio_answered_itself_is_not_answered_again(greeted):
    greeted.send("STOP", OptOutType="STOP")
    assert greeted.silent()
    greeted.send(ASK)
    assert greeted.silent()
    greeted.send("START", OptOutType="START")
    assert greeted.silent()
    assert greeted.say(ASK)


@pytest.mark.parametrize("text", ["end my order", "cancel the hearing?", "stop him", "no more"])
def test_a_question_is_no_opt_out(greeted, text):
    assert greeted.say(text) != WORDING.stop
    assert greeted.say("thanks")


@pytest.mark.parametrize("word", ["HELP", "info", "Ayuda"])
def test_help(phone, word):
    body = phone.say(word)
    assert len(body) <= 160 and "Whichpath" in body and "help@legal-aid.example.org" in body and "911" in body


def test_pictures_and_empty_texts_get_a_sentence(greeted):
    assert greeted.say("", NumMedia="1", MediaUrl0="https://x", MediaContentType0="image/jpeg") == WORDING.picture
    assert "only read words" in greeted.say("")
    assert "only read words" in greeted.say("\U0001f62d")
    assert WORDING.picture_too in greeted.say(ASK, NumMedia="1", MediaUrl0="https://x")


def test_erase_deletes_conversation_inbox_and_address(greeted):
    greeted.say("my name is Zebulon Quagmire and there is a final order against me")
    sender = pseudonym_of(greeted.number)
    assert rows("events", sender) and rows("threads", sender) and rows("addresses", sender)
    assert "erased" in greeted.say("erase")
    wait_for(lambda: not any(rows(table, sender) for table in ("events", "inbox", "threads", "addresses")))
    files = database_bytes(stack().folder)
    assert b"Quagmire" not in files and sender.encode() not in files
    assert greeted.say(ASK).startswith(WORDING.first)


def pseudonym_of(number):
    import os

    from whichpath.store import identity

    os.environ["WHICHPATH_SECRET"] = stack().environment["WHICHPATH_SECRET"]
    try:
        identity.key.cache_clear()
        return pseudonym("sms", number)
    finally:
        del os.environ["WHICHPATH_SECRET"]
        identity.key.cache_clear()


def rows(table, sender):
    with sqlite3.connect(stack().folder / "whichpath.db") as db:
        return db.execute(f"SELECT count(*) FROM {table} WHERE sender_id = ?", (sender,)).fetchone()[0]


# --- nothing is readable afterwards ---


def test_no_number_and_no_words_in_any_log_or_table(phone):
    marks = ["xylophone grandmother", "marmalade skies"]
    phone.say(f"my {marks[0]} has a restraining order against me, how do i end it")
    phone.say("1")
    phone.say(f"what is a motion {marks[1]}")
    wait_for(lambda: not rows("inbox", pseudonym_of(phone.number)))
    log = stack().log()
    with sqlite3.connect(stack().folder / "whichpath.db") as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = {name: repr(db.execute(f"SELECT * FROM {name}").fetchall()) for name in tables}
    assert {"inbox", "seen", "addresses", "threads", "opt_outs", "events"} <= set(kept)
    for secret in (phone.number, phone.number[1:], phone.number[2:]):
        assert secret not in log
        assert not [name for name, text in kept.items() if secret in text]
    for words in marks:
        assert words not in log
        # Rasa's table contains the conversation until it is erased or expires; our tables contain no text of it.
        assert [name for name, text in kept.items() if words in text] == ["events"]
