"""How people give the day of their hearing, on a Sunday, 2026-11-22. A wrong day can cost the case."""

import datetime as dt
import time

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu import date_spans, dates
from nlu.dates import DateExtractor

TODAY = dt.date(2026, 11, 22)

TOLD = {
    # weekdays
    "court is tuesday": "2026-11-24", "next Tuesday": "2026-11-24", "my hearing is next tuesday at 9": "2026-11-24", "hearing on friday": "2026-11-27",
    "this thursday": "2026-11-26", "this coming wednesday": "2026-11-25", "court mon morning": "2026-11-23", "Hearing is Sunday": "2026-11-29",
    "tuesday after next is my hearing": "2026-12-01", "court is monday of next week": "2026-11-23", "a week from friday": "2026-12-04",
    "court date 2 weeks from monday": "2026-12-07", "I have court on Thurs": "2026-11-26",
    # the nth
    "the 17th": "2026-12-17", "court is the 17th": "2026-12-17", "hearing on the 30th": "2026-11-30", "my ex put a restraining order on me, court is the 17th, how do I get it dropped?": "2026-12-17",
    "the 5th of december": "2026-12-05", "court on the 3rd of next month": "2026-12-03", "the 22nd": "2026-11-22", "court the 31st": "2026-12-31", "next court is the 18th": "2026-12-18",
    # months
    "dec 5th": "2026-12-05", "Dec. 5": "2026-12-05", "December 5, 2026": "2026-12-05", "court december 5th at 8:30am": "2026-12-05", "5 december": "2026-12-05",
    "hearing jan 10": "2027-01-10", "January 4th 2027": "2027-01-04", "my court date is Feb 2": "2027-02-02", "sept 4 hearing": "2026-09-04", "on december the 5th": "2026-12-05",
    # numbers
    "12/5 at 9": "2026-12-05", "12/5": "2026-12-05", "12/05/2026": "2026-12-05", "12/5/26": "2026-12-05", "hearing 12-05-2026": "2026-12-05", "2026-12-05": "2026-12-05",
    "court 1/7 9am": "2027-01-07", "it's 12/5": "2026-12-05",
    # from now
    "in 2 weeks": "2026-12-06", "court in two weeks": "2026-12-06", "hearing in 10 days": "2026-12-02", "my hearing is in a week": "2026-11-29", "in three days": "2026-11-25",
    "hearing is 9 days from now": "2026-12-01", "tomorrow": "2026-11-23", "tomorrow morning": "2026-11-23", "i have court tmrw": "2026-11-23", "court today at 1": "2026-11-22",
    "hearing day after tomorrow": "2026-11-24", "court is a couple weeks away, in a couple of weeks": "2026-12-06", "go to court 2morrow": "2026-11-23", "hearing in like 3 days": "2026-11-25",
    # in a story
    "served on friday, hearing in 2 weeks": "2026-12-06", "he filed on nov 3 and court is dec 17": "2026-12-17", "got served yesterday for court on the 30th": "2026-11-30",
    "I filed 11/2. The hearing is 12/1. Can I drop it?": "2026-12-01", "can't make it to court on the 4th, what happens": "2026-12-04", "on dec 9 i go before the judge": "2026-12-09",
    "the judge moved it from dec 5 to dec 12": "2026-12-12", "temporary, against me, new york, court on the 5th": "2026-12-05", "what do i bring to court on monday?": "2026-11-23",
    # just past: to be noticed, not to be turned into next year
    "my hearing was yesterday": "2026-11-21", "i missed court on the 17th": "2026-11-17", "court was last tuesday": "2026-11-17", "my court date was nov 3": "2026-11-03",
    "hearing was two weeks ago": "2026-11-08", "court 11/20": "2026-11-20", "court on the 6th itll fall off": "2026-12-06", "my hearing is \"continued to the 25th\"": "2026-11-25", "she is supposed to be in court on Monday": "2026-11-23",
    "hearing on the 18th, she was there": "2026-12-18", "I never got the notice for the hearing. It was yesterday.": "2026-11-21",
    "how does a hearing go, mine is tomorrow": "2026-11-23",
}  # fmt: skip

NOT_TOLD = (
    "it happened in 2019", "last year", "he was arrested on dec 5", "i was served yesterday", "the order expires 12/5", "order is good until dec 5 2027", "since march 3rd",
    "i filed it 3 weeks ago", "24/7", "call me 24/7", "it's my 2nd hearing", "the 1st judge denied it", "the 3rd time i went to court", "i have 14 days to object",
    "how many days until a hearing", "may i come to court", "he may lie in court", "march into court", "i sat in court", "the sun was out in court", "3rd party",
    "10-15 years", "a hearing within 10 days", "my birthday is dec 5", "he moved out on friday", "the order is from 12/5/2019", "DV-100", "209A", "1/2 of the rent", "court room 5",
    "court at 9", "50/50 custody", "hearing next week", "next month", "i work tuesdays", "he hit me on thanksgiving", "two years ago in court", "4 kids", "", "   ", "ok", "the 17th time he lied",
    "she texted me on monday", "pick up the kids friday", "order granted on 11/2", "in 2019 court", "section 3/4", "5/5 stars", "my hearing was in 2019", "it lasts 2 weeks", "this is my 4th in court", "where do i go on a sunday, court is closed", "14 days was yesterday. no hearing yet",
)  # fmt: skip


def found(text):
    return " ".join(day.date.isoformat() for day in date_spans.find(text, TODAY)[:1])


@pytest.mark.parametrize("text", TOLD)
def test_told(text):
    assert found(text) == TOLD[text]


@pytest.mark.parametrize("text", NOT_TOLD)
def test_not_told(text):
    assert found(text) == ""


def test_table_is_long_enough():
    assert len(TOLD) >= 60


@pytest.mark.parametrize("number", range(7))
def test_a_weekday_never_lies_further_off_than_two_weeks(number):
    """Whatever the day of the week it is: "tuesday" is within a week, "next tuesday" within two, both ahead."""
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
    monkeypatch.setattr(dates, "today", lambda: TODAY)
    message = Message(data={TEXT: "court is dec 5th"})
    DateExtractor().process([message])
    assert message.get(ENTITIES) == [
        {"entity": "date", "value": "2026-12-05", "start": 9, "end": 16, "confidence": 1.0, "extractor": "DateExtractor"}
    ]


def test_never_raises_and_leaves_payloads_alone(monkeypatch):
    payload = Message(data={TEXT: '/inform{"date": "2026-12-05"}'})
    DateExtractor().process([payload])
    assert not payload.get(ENTITIES)
    monkeypatch.setattr(date_spans, "find", lambda text, today: 1 / 0)
    message = Message(data={TEXT: "court dec 5"})
    DateExtractor().process([message])
    assert message.get(ENTITIES) == []


@pytest.mark.parametrize(
    "text", ["court 99/99", "court 13/45/2026", "court feb 31", "court the 99th", "dec 5 " * 300, "1/1/" * 500, "court 0/0", "\u0663/\u0664 court", "court 2026-13-45"]
)
def test_odd_text(text):
    assert isinstance(date_spans.find(text, TODAY), list)


def test_fast():
    """2 ms a message on average; a shared machine gets some room."""
    date_spans.warm_up()
    texts = [*TOLD, *NOT_TOLD]
    for text in texts:
        date_spans.find(text, TODAY)
    start = time.perf_counter()
    for text in texts:
        date_spans.find(text, TODAY)
    assert (time.perf_counter() - start) / len(texts) < 0.005
