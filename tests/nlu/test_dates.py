"""Recognition of hearing dates. A wrong date can cost a person the case."""

import datetime as dt
import time
from pathlib import Path

import pytest
import yaml
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from whichpath.nlu.dates import component as dates
from whichpath.nlu.dates import spans as date_spans
from whichpath.nlu.dates.component import DateExtractor

TODAY = dt.date(2026, 11, 22)

CASES = yaml.safe_load(Path(__file__).with_name("date_cases.yml").read_text(encoding="utf-8"))
#: (current date, message, hearing date or "")
ROWS = [(today, text, day) for today, texts in CASES.items() for text, day in texts.items()]
PARTS = yaml.safe_load(Path(__file__).with_name("date_parts.yml").read_text(encoding="utf-8"))
NOT_TOLD = [text for _, text, day in ROWS if not day]


@pytest.mark.parametrize(("today", "text", "day"), ROWS, ids=str)
def test_understood(today, text, day):
    assert " ".join(found.date.isoformat() for found in date_spans.find(text, today)[:1]) == day


def test_table_is_long_enough():
    assert len([row for row in ROWS if row[2]]) >= 60
    assert len(NOT_TOLD) >= 60


@pytest.mark.parametrize(
    ("kind", "text", "part"), [(kind, *row) for kind in ("bad", "spans") for row in PARTS[kind].items()], ids=str
)
def test_told_without_a_day(kind, text, part):
    read = date_spans.read(text, dt.date(2026, 11, 24))
    assert not read.days
    assert [found.text for found in getattr(read, kind)][:1] == [part]


@pytest.mark.parametrize("text", PARTS["none"])
def test_told_of_something_else(text):
    assert not any(date_spans.read(text, dt.date(2026, 11, 24)))


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [("court is feb 30", "bad_date", "feb 30"), ("court is in 2 weeks", "span", "in 2 weeks")],
)
def test_entity_without_a_day(text, entity, value):
    message = Message(data={TEXT: text})
    DateExtractor().process([message])
    assert [(found["entity"], found["value"]) for found in message.get(ENTITIES)] == [(entity, value)]


@pytest.mark.parametrize("number", range(7))
def test_a_weekday_never_lies_further_off_than_two_weeks(number):
    """On any weekday, "tuesday" is within a week and "next tuesday" within two, both in the future."""
    day = TODAY + dt.timedelta(days=number)
    plain = date_spans.find("court is tuesday", day)[0].date
    following = date_spans.find("court is next tuesday", day)[0].date
    assert plain.weekday() == following.weekday() == 1
    assert 1 <= (plain - day).days <= 7
    assert plain <= following
    assert 1 <= (following - day).days <= 14


def test_month_ends_and_leap_days():
    assert date_spans.find("court is the 31st", dt.date(2027, 2, 10))[0].date == dt.date(2027, 3, 31)
    assert date_spans.find("court feb 29", dt.date(2028, 1, 10))[0].date == dt.date(2028, 2, 29)
    assert date_spans.find("court is jan 3", dt.date(2026, 12, 30))[0].date == dt.date(2027, 1, 3)
    assert date_spans.find("i missed court dec 28", dt.date(2027, 1, 3))[0].date == dt.date(2026, 12, 28)


def test_entity_has_the_agreed_form(monkeypatch):
    # Sunday noon in London: already Monday in Guam, still Sunday in the other states.
    moment = dt.datetime(2026, 11, 22, 14, 30, tzinfo=dt.timezone.utc)
    monkeypatch.setattr(dates, "now", lambda: moment)
    message = Message(data={TEXT: "court is dec 5th"})
    DateExtractor().process([message])
    assert message.get(ENTITIES) == [
        {
            "entity": "date",
            "value": "2026-12-05",
            "by_day": {"2026-11-22": "2026-12-05", "2026-11-23": "2026-12-05"},
            "start": 9,
            "end": 16,
            "confidence": 1.0,
            "extractor": "DateExtractor",
        }
    ]


def test_tomorrow_is_counted_from_the_day_it_is_in_the_states(monkeypatch):
    """01:30 UTC is still the previous evening in New York."""
    monkeypatch.setattr(dates, "now", lambda: dt.datetime(2026, 11, 25, 1, 30, tzinfo=dt.timezone.utc))
    message = Message(data={TEXT: "court is tomorrow"})
    DateExtractor().process([message])
    assert message.get(ENTITIES)[0]["by_day"] == {"2026-11-24": "2026-11-25", "2026-11-25": "2026-11-26"}


def test_never_raises_and_leaves_payloads_alone(monkeypatch):
    payload = Message(data={TEXT: '/inform{"date": "2026-12-05"}'})
    DateExtractor().process([payload])
    assert not payload.get(ENTITIES)
    monkeypatch.setattr(date_spans, "read", lambda text, today: 1 / 0)
    message = Message(data={TEXT: "court dec 5"})
    DateExtractor().process([message])
    assert message.get(ENTITIES) == []


@pytest.mark.parametrize(
    "text",
    [
        "court 99/99",
        "court 13/45/2026",
        "court feb 31",
        "court the 99th",
        "dec 5 " * 300,
        "1/1/" * 500,
        "court 0/0",
        "\u0663/\u0664 court",
        "court 2026-13-45",
    ],
)
def test_odd_text(text):
    assert isinstance(date_spans.find(text, TODAY), list)


def test_fast():
    """2 ms per message on average, with a margin for a shared machine."""
    date_spans.warm_up()
    texts = [text for _, text, _ in ROWS]
    for text in texts:
        date_spans.find(text, TODAY)
    start = time.perf_counter()
    for text in texts:
        date_spans.find(text, TODAY)
    assert (time.perf_counter() - start) / len(texts) < 0.005
