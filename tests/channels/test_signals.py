"""Texts as phones send them: reactions, parts, full-width digits, wrong numbers."""

from __future__ import annotations

import pytest

from whichpath.channels.choices import number_of, pick
from whichpath.channels.guards.inbound import read
from whichpath.channels.signals import asks_for_help, is_reaction, is_wrong_number
from whichpath.channels.sms.pieces import HOLD, pieces_of
from whichpath.store.encryption import Cipher
from whichpath.store.engine import make_engine
from whichpath.store.inbox import Inbox
from whichpath.store.migrate import upgrade

REACTIONS = [
    "Liked “In danger now? Call 911.”", "Loved “Hello”", 'Disliked "x"', "Laughed at “x”", "Emphasized “Who are you?”",
    "Questioned “Who are you?”", "Removed a like from “x”", "Removed a heart from “x”", "Reacted 😢 to “The judge can…”",
    "Loved an image", "👍 to “In danger now?”", "\u200a😂\u200b to “\u200aHello\u200a”\u200b", "❤️ to “x”", "Removed 👍 from “x”",
    "Le gustó “Hola”", "Le gusta “Hola”", "Me gusta “Hola”", "Le encantó “Hola”", "No le gustó “Hola”", "Se rió de “Hola”",
    "Enfatizó “Hola”", "Cuestionó “Hola”", "👍 a “Hola”", "Le gustó una imagen",
]  # fmt: skip
STATEMENTS = [
    "liked him but he hit me", "I loved “her”", "he said “i will kill you”", "questioned by police, now what",
    "Loved the answer thank you", "he disliked that i left", "me gusta mi casa", "👍", "to “x”", "Liked “x” and then he hit me",
    "he texted “👍 to your lawyer” what does it mean",
]  # fmt: skip


@pytest.mark.parametrize("text", REACTIONS)
def test_a_reaction_is_no_statement(text):
    assert is_reaction(text)


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_is_no_reaction(text):
    assert not is_reaction(text)


@pytest.mark.parametrize("text", ["wrong number", "Sorry, wrong number!", "you have the wrong number", "this is not her phone anymore",
                                  "Número equivocado", "i'm not him"])  # fmt: skip
def test_a_wrong_number(text):
    assert is_wrong_number(text)


@pytest.mark.parametrize(
    "text",
    ["the clerk wrote the wrong number on the order", "he is not her", "wrong court", "he called the wrong number"],
)
def test_no_wrong_number(text):
    assert not is_wrong_number(text)


@pytest.mark.parametrize(("text", "asks"), [("help", True), ("HELP ME", True), ("hello??", True), ("are you there", True), ("ayúdame", True),
                                            ("how do i end it", False), ("he helped", False)])  # fmt: skip
def test_who_asks_for_help(text, asks):
    assert asks_for_help(text) == asks


def test_digits_of_double_width_and_of_other_scripts_are_digits():
    assert [number_of(text) for text in ("１", "２.", "٢", "३")] == [1, 2, 2, 3]
    assert pick("２", [("One", "/a"), ("Two", "/b")]) == "/b"
    assert read("ｃｏｕｒｔ on １２／０５").text == "court on 12/05"


# --- parts ---

LONG = "so he came to the house again last night and he was banging on the door and yelling and my kids were crying and i did not know what to do and the neighbor saw him"


def test_what_looks_like_a_piece():
    first, rest = LONG[:155], LONG[155:]
    assert pieces_of(first) == ([[None, first]], first, HOLD)
    assert pieces_of(rest) == (None, rest, 0.0) and pieces_of("short") == (None, "short", 0.0)
    assert pieces_of(first, segments="2")[0] is None, "Twilio has joined it"
    assert pieces_of(first[:154] + ".")[2] == 0.0, "finished"
    assert pieces_of("(1/2) my ex")[0] == [[1, "my ex"]] and pieces_of("2of2 came")[0] == [[2, "came"]]
    assert pieces_of("1/2 is my hearing")[0] is None, "a date"


@pytest.fixture
def inbox(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/x.db")
    upgrade(engine)
    yield Inbox(engine, Cipher(b"k" * 32))
    engine.dispose()


def _take(inbox, number, text, sender="sms:a"):
    pieces, words, hold = pieces_of(text)
    message = {"text": words, **({"pieces": pieces} if pieces else {})}
    return inbox.accept("sms", f"SM{number}", sender, "+1555", message, hold)


def _later(inbox, seconds=HOLD + 1):
    from whichpath.store.schema import inbox as table

    with inbox.engine.begin() as db:
        db.execute(table.update().values(due=table.c.due - seconds))


def test_pieces_are_one_message_each_taken_in_once(inbox):
    assert _take(inbox, 1, LONG[:155]) and inbox.claim("sms") is None, "held"
    assert _take(inbox, 2, LONG[155:]) and not _take(inbox, 2, LONG[155:]) and not _take(inbox, 1, LONG[:155])
    work = inbox.claim("sms")
    assert work.message["text"] == f"{LONG[:155]} {LONG[155:]}"
    assert inbox.claim("sms") is None
    inbox.finish(work)
    assert inbox.claim("sms") is None


def test_numbered_pieces_are_put_in_order(inbox):
    _take(inbox, 1, "(2/2) my house again")
    _take(inbox, 2, "(1/2) he came to")
    _later(inbox)
    assert inbox.claim("sms").message["text"] == "he came to my house again"


def test_what_was_taken_up_is_joined_no_more(inbox):
    _take(inbox, 1, LONG[:155])
    _later(inbox)
    assert inbox.claim("sms").message["text"] == LONG[:155]
    _take(inbox, 2, "and left")
    with inbox.engine.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM inbox").scalar() == 2


def test_pieces_of_others_are_theirs(inbox):
    _take(inbox, 1, LONG[:155])
    _take(inbox, 2, "hello", sender="sms:b")
    assert inbox.claim("sms").message["text"] == "hello"
