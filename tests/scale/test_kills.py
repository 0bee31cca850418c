"""Kills processes (-9) at random moments of a turn, on both kinds of database; ``make kills`` does so many times."""

from __future__ import annotations

import asyncio
import json
import random
from types import SimpleNamespace

import pytest

from bench.resilience.kills import KINDS, VICTIMS, kill_often, world
from bench.resilience.kills_people import broken

SEED, KILLS, PEOPLE = 7, 2, 3


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_random_moments_nothing_is_lost_silent_or_said_twice(kind):
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    with world(kind) as around:
        for victim in VICTIMS:
            result = asyncio.run(kill_often(around, kind, victim, KILLS, dice, PEOPLE))
            assert not result.wrong, (SEED, result)
            assert result.kills == KILLS and sum(result.phases.values()) == 2 * KILLS * PEOPLE


def row(kind, text, at):
    return SimpleNamespace(type_name=kind, timestamp=at, data=json.dumps({"text": text, "timestamp": at}))


def test_what_would_be_wrong_is_seen():
    whole = [row("user", "a", 1.0), row("bot", "A", 1.1), row("user", "b", 2.0), row("bot", "B", 2.1)]
    assert broken(["a", "b"], whole) == []
    assert broken(["a", "b", "c"], whole) == ["lost"]
    assert broken(["a"], whole) == ["twice"]
    assert broken(["b", "a"], whole) == ["order"]
    assert broken(["a", "b"], whole[:-1]) == ["silent"]
    assert broken(["a", "b"], [whole[0], *whole[2:]]) == ["silent"]
    assert "twice" in broken(["a", "b"], [*whole, whole[-1]])
    assert "order" in broken(["a", "b"], [*whole[2:], *whole[:2]])


def test_what_was_put_off_may_be_missing_and_nothing_else():
    whole = [row("user", "a", 1.0), row("bot", "A", 1.1), row("user", "b", 2.0), row("bot", "B", 2.1)]
    assert broken(["a", "b", "b"], whole, [1]) == []
    assert broken(["a", "b"], whole, [1]) == []
    assert broken(["a", "b", "c"], whole, [1]) == ["lost"]
    assert broken(["a", "b", "c", "c"], whole, [2]) == ["lost"]
    assert broken(["a", "a", "b"], whole, [0]) == []
    assert broken(["a", "b"], [*whole, row("user", "b", 3.0), row("bot", "B", 3.1)], [1]) == ["twice"]
