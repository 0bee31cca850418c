"""The load test's statistics, and a run of locust on the real servers for a few seconds."""

from __future__ import annotations

import pytest

from bench.speed import load
from bench.speed.load import Step, best, climb, locust, percentile


def made(users: int, p95: float, failures: int = 0, per_second: float | None = None) -> Step:
    rate = users / 2 if per_second is None else per_second
    return Step(users, users * 10, failures, rate, p95 / 2, p95, p95 * 1.2, 0.5, 400.0)


def test_percentiles():
    counts = {10: 50, 20: 45, 400: 4, 900: 1}
    assert [percentile(counts, share) for share in (0.5, 0.95, 0.99, 1.0)] == [10, 20, 400, 900]
    assert percentile({}, 0.5) == 0


def test_a_step_is_kept_where_everybody_was_answered_in_time():
    assert made(10, 300).kept and not made(10, 301).kept and not made(10, 50, failures=1).kept
    assert not Step(10, 0, 0, 0, 0, 0, 0, 0, 0).kept
    assert made(10, 50).per_core == 10


@pytest.mark.parametrize(("limit", "tried", "found"), [(45, [10, 20, 40, 80, 60, 50], 40), (5, [10], None)])
def test_climbing_finds_where_the_bar_breaks(monkeypatch, limit, tried, found):
    monkeypatch.setattr(load, "step", lambda _servers, users, *_: made(users, 100 if users <= limit else 900))
    steps = climb(None, 1)
    assert [s.users for s in steps] == tried
    assert (best(steps).users if best(steps) else None) == found


def test_climbing_ends(monkeypatch):
    monkeypatch.setattr(load, "step", lambda _servers, users, *_: made(users, 100))
    assert [s.users for s in climb(None, 1, most=40)] == [10, 20, 40]


def test_people_at_the_widget_are_answered(servers):
    rows = [row for row in locust(servers.address, 3, 8, ["WebPerson"]) if row["name"] == "turn"]
    assert len(rows) == 1 and rows[0]["num_requests"] >= 1
    assert rows[0]["num_failures"] == 0 and sum(rows[0]["response_times"].values()) == rows[0]["num_requests"]


def test_nobody_there_is_counted_as_a_failure():
    from testing.servers import free_port

    rows = locust(f"http://127.0.0.1:{free_port()}", 1, 3, ["RestPerson"])
    turns = [row for row in rows if row["name"] == "turn"]
    assert turns and turns[0]["num_failures"] == turns[0]["num_requests"] > 0
