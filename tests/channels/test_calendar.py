"""Calendar files: a signed date and a neutral event without names; links only where they work."""

import datetime as dt
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
import yaml
from sanic import Sanic

from tests.channels.doubles import free_port
from whichpath.channels.calendar import CalendarInput
from whichpath.settings import ROOT
from whichpath.store import calendar_link

DAY = dt.date(2026, 12, 5)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """The route on a real server."""
    Sanic.test_mode = True
    app, port = Sanic("calendar_test"), free_port()
    channel = CalendarInput()
    app.blueprint(channel.blueprint(None), url_prefix=channel.url_prefix())
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    await server.startup()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
        yield client
    server.close()


async def test_a_link_brings_the_entry(http):
    answer = await http.get(f"/calendar/{calendar_link.token(DAY)}.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="appointment.ics"'
    assert answer.headers["cache-control"] == "no-store"
    lines = answer.text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and "DTSTART;VALUE=DATE:20261205" in lines and "SUMMARY:Appointment" in lines
    for word in ("court", "hearing", "order", "whichpath", "judge", "127.0.0.1"):
        assert word not in answer.text.casefold()


async def test_a_short_link_brings_the_same_entry(http):
    short = await http.get(f"/c/{calendar_link.short_token(DAY)}")
    assert short.status_code == 200 and short.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "DTSTART;VALUE=DATE:20261205" in short.text and "SUMMARY:Appointment" in short.text
    long = await http.get(f"/calendar/{calendar_link.token(DAY)}.ics")
    assert [line for line in short.text.split() if line.startswith("UID")] == [
        line for line in long.text.split() if line.startswith("UID")
    ]


@pytest.mark.parametrize(
    "name", ["", "20261205", "{other}", "{token}x", "{upper}", "..%2f..", "000aaaaaaaa", "x" * 3000, "१{token}"]
)
async def test_no_other_short_link_is_served(http, name):
    token = calendar_link.short_token(DAY)
    other = calendar_link.short_token(DAY + dt.timedelta(days=1))[:3] + token[3:]
    answer = await http.get("/c/" + name.format(token=token, other=other, upper=token.upper()))
    assert answer.status_code == 404 and "BEGIN" not in answer.text


def test_a_short_token_is_eleven_letters_and_holds_a_date_and_no_person():
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=number) for number in range(0, 9000, 37)]
    for day in days:
        token = calendar_link.short_token(day)
        assert len(token) == 11 and token.isalnum() and calendar_link.day_of_short(token) == day
    assert calendar_link.short_token(DAY) == calendar_link.short_token(DAY)
    address = calendar_link.short_address("2026-12-05", {"WHICHPATH_PUBLIC_URL": "https://bot.example.org/"})
    assert address == f"https://bot.example.org/c/{calendar_link.short_token(DAY)}" and len(address) <= 40


async def test_the_same_day_is_the_same_entry(http):
    path = f"/calendar/{calendar_link.token(DAY)}.ics"
    first, second = (await http.get(path)).text, (await http.get(path)).text
    uids = {line for text in (first, second) for line in text.split("\r\n") if line.startswith("UID:")}
    assert len(uids) == 1 and "20261205" not in uids.pop()


@pytest.mark.parametrize(
    "name",
    [
        "20261205.ics",
        "20261205-0000000000000000.ics",
        "20261206-{sign}.ics",
        "{token}",
        "{token}.ICS",
        "{token}.ics.ics",
        "..%2f..%2fetc%2fpasswd",
        "2026120५-0000000000000000.ics",
        "x" * 3000 + ".ics",
    ],
)
async def test_nothing_else_is_served(http, name):
    token = calendar_link.token(DAY)
    answer = await http.get("/calendar/" + name.format(token=token, sign=token.partition("-")[2]))
    assert answer.status_code == 404 and "BEGIN" not in answer.text


def test_a_token_holds_a_date_and_no_person():
    token = calendar_link.token(DAY)
    assert calendar_link.day_of(token) == DAY
    assert token.startswith("20261205-") and len(token) == 25
    assert token == calendar_link.token(DAY)
    assert calendar_link.uid(DAY)[:16] != token.partition("-")[2]


@pytest.mark.parametrize(
    ("environment", "start"),
    [
        ({"WHICHPATH_PUBLIC_URL": "https://bot.example.org/"}, "https://bot.example.org/calendar/20261205-"),
        ({}, "http://127.0.0.1:5005/calendar/"),
        ({"WHICHPATH_PORT": "6000"}, "http://127.0.0.1:6000/calendar/"),
    ],
)
def test_a_link_that_leads_here(environment, start):
    assert calendar_link.address("2026-12-05", environment).startswith(start)


@pytest.mark.parametrize(
    "environment",
    [{"WHICHPATH_HOST": "0.0.0.0"}, {"WHICHPATH_PROXIES": "1"}, {"WHICHPATH_ORIGINS": "https://friend.example"}],
)
def test_no_link_where_nobody_could_follow_it(environment):
    assert calendar_link.address("2026-12-05", environment) is None
    assert calendar_link.short_address("2026-12-05", environment) is None


def test_the_endpoint_is_open():
    assert "whichpath.channels.calendar.CalendarInput" in yaml.safe_load((ROOT / "credentials.yml").read_text())
