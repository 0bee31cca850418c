"""Buttons that edit their message, on the real channel with the double of the Bot API."""

import sqlite3
import time

import pytest

from testing.bot_api import Fault
from testing.ports import wait_for
from testing.stack import Chat, stack
from whichpath.channels.guards.limits import PER_VIEW
from whichpath.channels.telegram.states import pages
from whichpath.library.phrases import load_phrases
from whichpath.library.wording_telegram import load_wording

pytestmark = pytest.mark.usefixtures("bot_api")
WORDING = load_wording()
ASK = "there is a final restraining order against me and i want to end it"
BACK = WORDING.back["en"]
NEXT_PAGE = WORDING.page_on.format(first=pages()[1][0][0], last=pages()[1][-1][0])
LAST_PAGES = [WORDING.page_on.format(first=page[0][0], last=page[-1][0]) for page in pages()[1:]]


@pytest.fixture
def chat():
    chat = Chat()
    chat.say(ASK)
    return chat


def folds(chat):
    return [title for title in chat.buttons() if title.endswith("▸") and "–" not in title]


def calls(chat, since=0):
    return [name for name, params, _at in chat.api.calls[since:] if params.get("chat_id") == chat.id]


def press(chat, message, data):
    """Presses a button, and waits until its query is answered."""
    update = chat.api.press(message, data)
    chat.api.deliver(update)
    wait_for(lambda: chat.api.queries[update["callback_query"]["id"]])
    return update["callback_query"]["id"]


# --- sections ---


def test_the_answer_is_bold_and_its_sections_are_buttons(chat):
    (bold,) = chat.last["entities"]
    assert bold["type"] == "bold" and folds(chat)
    assert "1. " in chat.last["text"] and "not legal advice" in chat.last["text"]
    assert not any(f"{title.removesuffix(' ▸')}:" in chat.last["text"] for title in folds(chat))


def test_a_section_opens_in_the_same_message_with_notice_and_lawyers_and_closes_again(chat):
    closed = chat.last
    for title in folds(chat):
        opened = chat.change(title)
        assert title.removesuffix(" ▸") in opened["text"] and title not in chat.buttons()
        assert "not legal advice" in opened["text"] and "Find a lawyer" in opened["text"]
        assert len(chat.bot_messages()) == 1
    again = chat.change(BACK)
    assert {k: again[k] for k in ("text", "entities", "reply_markup")} == {
        k: closed[k] for k in ("text", "entities", "reply_markup")
    }


def test_a_second_tap_changes_nothing_and_says_nothing(chat):
    before = chat.last
    data = chat.buttons()[folds(chat)[0]]
    first = chat.change(folds(chat)[0])
    since = len(chat.api.calls)
    press(chat, before, data)
    wait_for(lambda: "editMessageText" in calls(chat, since))
    time.sleep(0.5)
    assert calls(chat, since).count("editMessageText") == 1  # refused because it is unchanged, which is not an error
    assert chat.bot_messages() == [first]


def test_sections_open_after_a_restart(chat):
    stack().kill()
    stack().restart()
    stack().ready()
    assert "What" in folds(chat)[1] and chat.change(folds(chat)[1])["text"] != ASK
    assert chat.change(BACK)


def test_sections_of_an_earlier_answer_open_after_a_later_one(chat):
    first, data = chat.last, chat.buttons()[folds(chat)[0]]
    chat.say("do i need a lawyer")
    press(chat, first, data)
    wait_for(lambda: "edit_date" in chat.api.messages[chat.id][first["message_id"]])


def test_buttons_of_an_erased_conversation_and_of_others_tell_nothing(chat):
    first, data = chat.last, chat.buttons()[folds(chat)[0]]
    other = Chat()
    other.say("hello")
    update = other.api.press(other.last, data)
    assert other._answered(lambda: other.api.deliver(update))["text"] == WORDING.old_button
    chat.say("/erase")
    chat.api.messages[chat.id][first["message_id"]] = first  # Telegram did not delete it
    update = chat.api.press(first, data)
    assert chat._answered(lambda: chat.api.deliver(update))["text"] == WORDING.old_button
    assert chat.api.messages[chat.id][first["message_id"]] == first


def test_data_that_we_never_made_does_nothing(chat):
    title = folds(chat)[0]
    card = chat.buttons()[title].split(":")[1]
    for data in (f"f:{card}:99:0", f"f:{card}:0:99", f"g:{card}:0:99", "f:AAAAAAAAAAAA:0:0", f"x:{card}:0:0"):
        update = chat.api.press(chat.last, data)
        assert chat._answered(lambda update=update: chat.api.deliver(update))["text"] == WORDING.old_button


def test_a_message_that_is_gone_is_answered_with_a_line(chat):
    first, data = chat.last, chat.buttons()[folds(chat)[0]]
    update = chat.api.press(first, data)
    del chat.api.messages[chat.id][first["message_id"]]
    assert chat._answered(lambda: chat.api.deliver(update))["text"] == WORDING.old_button


def test_telegram_says_to_wait_and_has_bad_moments(chat):
    chat.api.faults["editMessageText"] = [Fault(429, "Too Many Requests: retry after 1", {"retry_after": 1})]
    chat.api.limit_until[chat.id] = time.time() + 1
    assert "edit_date" in chat.change(folds(chat)[0])
    chat.api.faults["editMessageText"] = [Fault(500, "Internal Server Error"), Fault(502, "Bad Gateway")]
    assert chat.change(BACK) and len(chat.bot_messages()) == 1


def test_looking_around_holds_up_no_question_and_too_much_of_it_is_told_above_the_chat(chat):
    before, data = chat.last, chat.buttons()[folds(chat)[0]]
    queries = [press(chat, before, data) for _each in range(int(PER_VIEW.burst) + 8)]
    said = [params.get("text") for name, params, _at in chat.api.calls if params.get("callback_query_id") in queries]
    assert len(said) >= len(queries) and load_phrases().slow.sms in said
    assert "not legal advice" in chat.say("do i need a lawyer")["text"]


def test_what_opens_is_kept_encrypted(chat):
    with sqlite3.connect(stack().folder / "whichpath.db") as db:
        kept = repr(db.execute("SELECT * FROM threads").fetchall())
    assert kept != "[]" and folds(chat)[0].removesuffix(" ▸") not in kept


# --- the states ---


def test_a_page_of_states_changes_the_buttons_alone(chat):
    before, since = chat.last, len(chat.api.calls)
    assert "Alabama" in chat.buttons() and "Wyoming" not in chat.buttons()
    for title in LAST_PAGES:
        chat.change(title)
        assert chat.last["text"] == before["text"] and "Skip this" in chat.buttons()
    assert "Wyoming" in chat.buttons() and folds(chat)
    assert "editMessageText" not in calls(chat, since) and len(chat.bot_messages()) == 1


def test_a_section_keeps_the_page_and_a_page_the_section(chat):
    chat.change(NEXT_PAGE)
    opened = chat.change(folds(chat)[0])
    assert "Idaho" in chat.buttons()
    assert chat.change(LAST_PAGES[1])["text"] == opened["text"] and BACK in chat.buttons()


def test_a_state_is_answered_as_if_it_was_typed(chat):
    for title in LAST_PAGES[:2]:
        chat.change(title)
    pressed = chat.press("Ohio")["text"]
    other = Chat()
    other.say(ASK)
    assert "Which state" in other.last["text"]
    assert pressed == other.say("Ohio")["text"] and "Ohio" in pressed


def test_no_other_question_has_them():
    chat = Chat()
    chat.say("how do i end a restraining order")
    assert "Who are you" in chat.last["text"] and "Alabama" not in chat.buttons()
    chat.press("The order is against me")
    assert "Alabama" not in chat.buttons()
