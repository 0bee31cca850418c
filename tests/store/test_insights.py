"""Counts of unanswered questions: correct from several processes, and small counts are hidden."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from whichpath.jobs import insights as command
from whichpath.store.encryption import Cipher
from whichpath.store.engine import make_engine
from whichpath.store.insights import KEEP_PHRASES, LEAST, Cell, Insights
from whichpath.store.migrate import upgrade
from whichpath.store.schema import insight, phrase

NOW, DAY = 1_800_000_000.0, 86400.0


class Clock:
    at = NOW

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def insights(database_url, clock):
    engine = make_engine(database_url)
    upgrade(engine)
    return Insights(engine, Cipher(b"k" * 32), clock)


def many(insights, times, kind="fallback", topic="ask_guns"):
    for _ in range(times):
        insights.count(kind, topic)


def test_counts_add_up_over_days(insights, clock):
    many(insights, 12)
    clock.at += DAY
    many(insights, 13)
    assert str(insights.report(30)["fallback", "ask_guns"]) == "20+"
    assert {str(cell) for cell in insights.by_day(30).values()} == {"10+"}
    clock.at += 40 * DAY
    assert insights.report(30) == {}


def test_several_processes_lose_no_count(insights, database_url):
    def one():
        many(Insights(make_engine(database_url), Cipher(b"k" * 32), insights.now), 25)

    workers = [threading.Thread(target=one) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    with insights.engine.connect() as db:
        assert db.execute(sa.select(insight.c.count)).scalars().all() == [100]


@pytest.mark.parametrize("count", [1, 9])
def test_the_few_are_not_shown(insights, count):
    many(insights, count, topic="ask_guns")
    many(insights, 30, topic="ask_forms")
    assert str(insights.report(30)["fallback", "ask_guns"]) == "<10"
    text = "\n".join(command.lines(insights.report(30), insights.by_day(30), 30))
    assert "ask_guns" not in text and "ask_forms" in text and "30+" in text and "<10 each" in text


def test_nothing_comes_back_by_taking_one_number_from_the_other():
    """A small count cannot be derived from the other rows and the sums."""
    pages = {}
    for others in range(LEAST, 100):
        for few in range(1, LEAST):
            page = (str(Cell.of(few)), str(Cell.of(others)), str(Cell.of(others + few)))
            pages.setdefault(page, set()).add(few)
    assert len(pages) > 10 and all(possible == set(range(1, LEAST)) for possible in pages.values())
    assert {Cell.of(n).shown for n in range(LEAST)} == {None}
    assert all((Cell.of(n).shown or 0) % LEAST == 0 for n in range(200))


def test_phrases_are_sealed_shown_from_ten_people_on_and_go_after_30_days(insights, clock, tmp_path):
    for person in range(LEAST - 1):
        insights.keep(f"sms:{person}", "ask_guns", "can i keep my zanzibar")
    insights.keep("sms:0", "ask_guns", "the same person once more")
    assert insights.phrases() == {}
    insights.keep("sms:new", "ask_guns", "what of my crossbow")
    assert len(insights.phrases()["ask_guns"]) == LEAST + 1
    with insights.engine.connect() as db:
        assert "zanzibar" not in str(db.execute(sa.select(phrase)).all())
    clock.at += KEEP_PHRASES + 1
    assert insights.phrases() == {}
    insights.purge()
    with insights.engine.connect() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(phrase)).scalar_one() == 0


def test_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WHICHPATH_DB_URL", f"sqlite:///{tmp_path}/x.db")
    monkeypatch.setenv("WHICHPATH_SECRET", "a secret for the tests alone")
    command.key.cache_clear()
    try:
        command.main(["--days", "7"])
    finally:
        command.key.cache_clear()
    assert "The last 7 days" in capsys.readouterr().out
