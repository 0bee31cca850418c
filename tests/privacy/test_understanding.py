"""Redaction marks in place of names and numbers do not change the NLU result."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.accuracy.cases import ROOT, heldout, read
from bench.accuracy.model import newest
from tests.privacy.test_redact import sentences
from whichpath.channels.guards.redact import redact

FACTS = ("role", "stage", "state", "date", "flag", "matter")


@pytest.fixture(scope="module")
def agent():
    from rasa.core.agent import Agent

    return Agent.load(str(newest()))


async def understood(agent, text):
    parsed = await agent.parse_message(text.lstrip("/ "))
    found = {name: [e["value"] for e in parsed["entities"] if e["entity"] == name] for name in FACTS}
    return parsed["intent"]["name"], found, parsed


async def same(agent, texts):
    """The number of ``texts`` with the same result with and without names, by kind of result."""
    count = Counter()
    for text in texts:
        plain = redact(text).text
        if plain == text:
            count.update(("intent", *FACTS))
            continue
        before, after = await understood(agent, text), await understood(agent, plain)
        count["intent"] += before[0] == after[0]
        count.update(name for name in FACTS if before[1][name] == after[1][name])
    return count


async def test_messages_that_were_never_trained_on_are_understood_the_same(agent):
    texts = [case.text for case in heldout()]
    texts += [case.text for path in sorted((ROOT / "tests" / "nlu").glob("blind_*.jsonl")) for case in read(path)]
    count = await same(agent, texts)
    assert {name: count[name] / len(texts) for name in ("intent", *FACTS) if count[name] < 0.995 * len(texts)} == {}


async def test_facts_stay_where_every_message_holds_a_name(agent):
    """The topic of "call me at [phone]" is unclear; state, stage and date are not."""
    texts = [s.text for s in sentences() if s.pieces and s.group not in ("numbers", "other_numbers")]
    count = await same(agent, texts)
    assert count["state"] == len(texts)
    assert min(count["stage"], count["role"], count["date"]) >= 0.93 * len(texts), count


@pytest.mark.parametrize(
    "text",
    [
        "i need somebody here fast, 12 oak street",
        "im at 220 pine apt 4 please come",
        "im at 220 pine apt 4 hurry",
        "help 5512 Jefferson Blvd hurry he is outside",
        "jayden is hitting me right now",
        "Michael Torres said he will kill me",
        "he is outside 88 n oak ave apt 3b with a gun",
    ],
)
async def test_danger_is_heard_where_it_is_told_with_a_name_or_an_address(agent, text):
    marked = redact(text).text
    assert "[" in marked
    assert (await understood(agent, marked))[2].get("danger"), marked
