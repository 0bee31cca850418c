"""Parts of the Telegram channel: splitting, buttons, settings, the set-up command. No Rasa server."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testing.bot_api import SECRET, TOKEN, TOKEN_LIMIT
from testing.stack import telegram
from whichpath.channels.guards.payloads import issued
from whichpath.channels.telegram.conversation import COMMANDS, command
from whichpath.channels.telegram.render import keyboard, length, payload_of, split, token
from whichpath.library.wording_telegram import load_wording
from whichpath.providers.telegram_settings import Off, read_telegram

ROOT = Path(__file__).parents[2]


@given(st.text(max_size=200), st.integers(1, 60))
def test_no_piece_is_too_long_and_no_word_is_lost(text, times):
    whole = "\n\n".join([text] * times)
    pieces = split(whole, 500)
    assert all(0 < length(piece) <= 500 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(whole.split())


def test_cut_at_paragraphs_where_there_are_any():
    paragraphs = [f"Paragraph {n}. " + "word " * 60 for n in range(40)]
    pieces = split("\n\n".join(paragraphs))
    assert len(pieces) > 1 and all(piece.startswith("Paragraph") for piece in pieces)


def test_every_payload_has_a_token_of_its_own_within_64_bytes():
    tokens = {token(payload) for payload in issued()}
    assert len(tokens) == len(issued()) and all(len(t.encode()) <= TOKEN_LIMIT for t in tokens)
    assert all(payload_of(token(payload)) == payload for payload in issued())
    assert payload_of("/restart") is None and payload_of("") is None


def test_choices_of_the_last_message_come_first_and_none_twice():
    rows = keyboard(
        [{"text": "a", "buttons": [{"title": "A", "payload": "/help"}, {"title": "B", "payload": "/human"}]},
         {"text": "b", "buttons": [{"title": "Skip", "payload": "/not_sure"}, {"title": "B", "payload": "/human"}]}]
    )  # fmt: skip
    assert [row[0]["text"] for row in rows] == ["Skip", "B", "A"]


def test_a_payload_that_nobody_issues_makes_no_button():
    assert keyboard([{"buttons": [{"title": "A", "payload": "/EXTERNAL_x"}]}]) == []


def test_commands_of_ours():
    assert command("/start abc") == "/greet" and command("/HELP@bot") == "/help"
    assert command("/") is None and command("/restart") is None
    assert {"start", "help", "erase", "lawyer"} <= set(load_wording().commands) <= set(COMMANDS)


@pytest.mark.parametrize(
    ("environment", "named"),
    [({}, "TELEGRAM_TOKEN, TELEGRAM_SECRET"), ({"TELEGRAM_TOKEN": TOKEN}, "TELEGRAM_SECRET"),
     ({"TELEGRAM_TOKEN": "SECRETVALUE", "TELEGRAM_SECRET": SECRET}, "TELEGRAM_TOKEN"),
     ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_SECRET": "SECRET VALUE!"}, "TELEGRAM_SECRET")],
)  # fmt: skip
def test_off_says_what_is_missing_and_no_value(environment, named):
    with pytest.raises(Off, match=named) as caught:
        read_telegram(environment)
    assert "SECRETVALUE" not in str(caught.value)


def setup(*arguments, **environment):
    double = telegram()
    values = {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_SECRET": SECRET,
        "TELEGRAM_API_URL": double.url,
        "PATH": "/usr/bin:/bin",
    }
    command_line = [sys.executable, "-m", "whichpath.channels.telegram.setup", *arguments]
    done = subprocess.run(command_line, cwd=ROOT, env={**values, **environment}, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_the_webhook_is_set_by_a_command():
    kept = dict(telegram().webhook)
    try:
        code, said = setup("https://bot.example.org/")
        assert code == 0 and telegram().webhook["url"] == "https://bot.example.org/webhooks/telegram/webhook", said
        assert telegram().webhook["secret_token"] == SECRET
        assert "callback_query" in telegram().webhook["allowed_updates"]
        assert {"start", "help", "lawyer", "erase"} <= {row["command"] for row in telegram().commands}
        code, said = setup()
        assert code == 0 and "bot.example.org" in said
        assert setup("--remove")[0] == 0 and not telegram().webhook
        for wrong in ("http://bot.example.org", "nonsense"):
            code, said = setup(wrong)
            assert code == 1 and "https" in said
        code, said = setup("https://x.org", TELEGRAM_TOKEN="1234567:" + "b" * 35)
        assert code == 1 and "Traceback" not in said and "b" * 35 not in said
        code, said = setup("https://x.org", TELEGRAM_TOKEN="")
        assert code == 1 and "TELEGRAM_TOKEN" in said
        code, said = setup("https://x.org", TELEGRAM_API_URL="http://127.0.0.1:9")
        assert code == 1 and "Traceback" not in said
    finally:
        telegram().webhook = kept
