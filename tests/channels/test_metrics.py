"""Metrics: fixed labels, access from this machine or with a token, and correct values after real turns."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from testing.stack import Phone, stack
from whichpath.channels.guards import counts, insights, turn
from whichpath.library.phrases import load_phrases
from whichpath.store.encryption import Cipher
from whichpath.store.engine import make_engine
from whichpath.store.insights import Insights
from whichpath.store.migrate import upgrade

STATES_AND_MORE = 400


def scrape(**headers: str) -> dict[tuple, float]:
    """Name and labels -> value."""
    answer = httpx.get(f"{stack().url}/metrics", headers=headers, timeout=20, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    assert "text/plain" in answer.headers["content-type"]
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *sorted(s.labels.values())): s.value for family in families for s in family.samples}


def say(text: str, sender: str) -> None:
    body = {"sender": sender, "message": text}
    assert httpx.post(f"{stack().url}/webhooks/rest/webhook", json=body, timeout=40).status_code == 200


def test_turns_topics_danger_and_redactions_are_counted():
    before, me = scrape(), f"metrics{time.time()}"
    say("how do i end my restraining order in ohio, call me at 614-555-0188", me)
    say("he will kill me right now", me)
    say("qwpoeiru zxmcnvb", me)
    after = scrape()

    def more(*name):
        return after.get(name, 0) - before.get(name, 0)

    assert more("whichpath_turns_total", "answered", "rest") >= 2
    assert sum(more("whichpath_turns_total", o, "rest") for o in counts.OUTCOMES) == 3
    assert more("whichpath_danger_total", "danger") == 1
    assert more("whichpath_redacted_total", "phone") == 1
    assert more("whichpath_states_total", "OH") >= 1
    assert more("whichpath_turn_seconds_count", "rest") == 3
    assert more("whichpath_topics_total", "end_order") == 1
    assert after["whichpath_turns_in_progress",] == 0
    assert after["whichpath_inbox_waiting", "sms"] == 0 and ("whichpath_reminders_due",) in after


def test_nobody_and_nothing_of_anybody_stands_there():
    phone = Phone()
    phone.say("my name is Tanisha flumbridge")
    page = httpx.get(f"{stack().url}/metrics", follow_redirects=True).text.lower()
    assert not [word for word in ("tanisha", "flumbridge", phone.number.lstrip("+"), "sms:") if word in page]


def test_who_is_not_on_this_machine_finds_no_page():
    for headers in (
        {"x-forwarded-for": "203.0.113.9"},
        {"host": "elsewhere.example"},
        {"forwarded": "for=203.0.113.9"},
    ):
        answer = httpx.get(f"{stack().url}/metrics", headers=headers, follow_redirects=True)
        assert answer.status_code == 404 and "whichpath_" not in answer.text
        forged = httpx.get(
            f"{stack().url}/metrics", headers={**headers, "authorization": "Bearer x"}, follow_redirects=True
        )
        assert forged.status_code == 404


def test_labels_are_a_fixed_set():
    assert counts.label("ask_guns", counts.topics()) == "ask_guns"
    for odd in ("x" * 500, None, 3, ["a"], "my words"):
        assert counts.label(odd, counts.topics()) == "other"
    assert len(counts.topics()) < 60 < STATES_AND_MORE


@pytest.fixture
def kept_counts(tmp_path, monkeypatch):
    engine = make_engine(f"sqlite:///{tmp_path}/x.db")
    upgrade(engine)
    made = Insights(engine, Cipher(b"k" * 32))
    monkeypatch.setattr(insights, "insights", lambda: made)
    return made


def handler(topic, before=None):
    """A turn with the intent ``topic``; ``before``: the previous message that was not understood."""

    async def handle(message):
        taken = counts._turn.get()
        taken.topic, taken.nearest, taken.before, taken.before_topic = topic, "ask_guns", before, "ask_guns"
        await message.output_channel.send_response("x", {"text": "An answer."})

    return handle


async def written() -> None:
    await asyncio.gather(*insights._running)


async def test_what_is_not_answered_is_counted_and_nothing_else(kept_counts):
    for topic in ("nlu_fallback", "out_of_scope", "end_order"):
        await turn.reply_to(handler(topic), "words", "rest:a", "rest")
    await written()
    found = set(kept_counts.report(1))
    assert {("fallback", "ask_guns"), ("out_of_scope", "ask_guns")} <= found
    # With the topic: the nearest question and the state, but never the text.
    assert found <= {
        ("fallback", "ask_guns"),
        ("out_of_scope", "ask_guns"),
        ("question", "other"),
        ("state", "not told"),
    }


@pytest.mark.parametrize(("operator", "topic", "kept"), [("1", "feedback", 1), ("", "feedback", 0), ("1", "thank", 0)])
async def test_words_are_kept_only_where_operator_and_person_allow_it(kept_counts, monkeypatch, operator, topic, kept):
    monkeypatch.setenv("WHICHPATH_KEEP_PHRASES", operator)
    said = []
    for person in range(12):
        said += await turn.reply_to(handler(topic, "can i keep my crossbow"), "bad bot", f"rest:{person}", "rest")
    await written()
    assert len(kept_counts.phrases().get("ask_guns", [])) == 12 * kept
    assert (load_phrases().kept.text in [m["text"] for m in said]) == bool(kept)
