"""No text, number or name of a person is in any log, on any error and at any log level."""

from __future__ import annotations

import json

import httpx
import pytest

from testing.ports import wait_for
from testing.stack import HOOK, Phone, stack
from tests.privacy.people import PEOPLE

WORD = "flumbridge"
STORY = f"my ex Tanisha Greene got a tro on me, he calls me {WORD}, my number is 614-555-0177"
SECRETS = (WORD, "Tanisha", "Greene", "555-0177", "6145550177")


@pytest.fixture
def people():
    stack()
    return [made() for made in PEOPLE.values()]


def nothing_in(log: str, people) -> None:
    own = [p.number.lstrip("+") for p in people if isinstance(p, Phone)] + [
        str(p.id) for p in people if hasattr(p, "id")
    ]
    assert [secret for secret in (*SECRETS, *own) if secret.lower() in log.lower()] == []


def test_where_all_is_well(people):
    assert {stack().environment[name] for name in ("LOG_LEVEL", "LOG_LEVEL_LIBRARIES")} == {"DEBUG"}
    for person in people:
        person.say(STORY)
        person.say("he will kill me, " + WORD)
        person.say("/" + WORD)
    nothing_in(stack().log(), people)


def test_where_the_action_server_is_gone(people):
    running = stack()
    running.actions.kill()
    running.actions.wait(10)
    try:
        for person in people:
            person.say(STORY)
        log = running.log()
        assert "failed" in log, "a fault that is not logged proves nothing"
    finally:
        running.actions = running._start("whichpath.server.action_server", "actions.log")
        running.ready()
    nothing_in(log, people)


def test_what_makes_no_sense(people):
    running = stack()
    phone = next(p for p in people if isinstance(p, Phone))
    Phone.post(phone.params(STORY), signature="forged")
    endpoints = ("/webhooks/rest/webhook", "/webhooks/telegram/webhook", "/chat/message", "/chat/end", HOOK, f"/{WORD}")
    for endpoint in endpoints:
        for body in (
            WORD,
            json.dumps({"sender": WORD, "message": [WORD]}),
            json.dumps([WORD]),
            json.dumps({"text": 1}),
        ):
            httpx.post(f"{running.url}{endpoint}?q={WORD}", content=body, timeout=20)
    action = {
        "next_action": "action_path",
        "sender_id": WORD,
        "tracker": {"latest_message": {"text": WORD}},
        "domain": 3,
    }
    httpx.post(f"http://127.0.0.1:{running.action_port}/webhook", json=action, timeout=20)
    httpx.post(f"http://127.0.0.1:{running.action_port}/webhook", content=WORD, timeout=20)
    nothing_in(running.log(), people)


def test_where_the_database_is_locked(people):
    """Rasa's SQL statements have the texts as parameters, which database errors must not show."""
    import sqlite3

    running = stack()
    raw = sqlite3.connect(running.folder / "whichpath.db", isolation_level=None)
    raw.execute("begin immediate")
    try:
        rest = next(p for p in people if hasattr(p, "sender"))
        rest.say(STORY)
        wait_for(lambda: "turn" in running.log() or "failed" in running.log())
    finally:
        raw.execute("rollback")
        raw.close()
    assert "Error" in running.log()
    nothing_in(running.log(), people)
