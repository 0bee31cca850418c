"""The operators' pages: unanswered questions, alerts, and previews of answers on each channel."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
import yaml
from click.testing import CliRunner

from whichpath.cli import cli
from whichpath.console import Stop
from whichpath.library.entries import load_answers
from whichpath.library.situation import Situation
from whichpath.registry import channels
from whichpath.server import alarms, operator_pages
from whichpath.server.alarms import ringing
from whichpath.server.operator_pages import insights_page, preview_page
from whichpath.server.preview import library, preview
from whichpath.settings import ROOT
from whichpath.store.engine import make_engine
from whichpath.store.insights import LEAST, Cell
from whichpath.store.jobs import Ledger
from whichpath.store.schema import inbox, reminder

TODAY, NOW = dt.date(2026, 11, 29), 1_800_000_000.0
ENTRY = "get_belongings_home"


class _Text(HTMLParser):
    """Collects the texts of a page, and checks that cells and sections are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words.append(data)


def read(page: str) -> _Text:
    parsed = _Text()
    parsed.feed(page)
    return parsed


# --- unanswered questions ---


def test_the_page_shows_counts_and_hides_the_few():
    report = {
        ("fallback", "ask_guns"): Cell.of(47),
        ("question", ENTRY): Cell.of(23),
        ("state", "OH"): Cell.of(LEAST - 1),
        ("unavailable", "<script>"): Cell.of(12),
    }
    page = insights_page(report, {"2026-11-28": Cell.of(61)}, 30, TODAY, [("TextsWait", "The oldest has waited.")])
    text = " ".join(read(page).words)
    for word in ("ask_guns 40+", f"{ENTRY} 20+", f"OH <{LEAST}", "2026-11-28 60+", "TextsWait The oldest has waited."):
        assert word in re.sub(r"\s+", " ", text), word
    counts = page.split("<h2>What expires")[0]
    assert not re.search(r"<td>(47|23|12|61)\b", counts), "numbers are rounded down"
    assert "script" not in read(page).tags and "$" not in page
    assert "checked by a lawyer" in page and "img" not in read(page).tags and "http" not in page, "nothing is fetched"


def test_what_expires_is_on_the_page(monkeypatch):
    soon = [(TODAY + dt.timedelta(days=3), "questions/ask_guns.yml: guns_back")]
    monkeypatch.setattr(operator_pages, "expiring", lambda ahead, today: soon if ahead >= 60 and today == TODAY else [])
    page = insights_page({}, {}, 30, TODAY)
    assert "questions/ask_guns.yml: guns_back" in page and "2026-12-02" in page and "None rings" in page


def test_the_command_writes_the_page(tmp_path, monkeypatch):
    monkeypatch.setenv("WHICHPATH_DB_URL", f"sqlite:///{tmp_path}/x.db")
    monkeypatch.setattr(operator_pages, "OUT", tmp_path)
    ran = CliRunner().invoke(cli, ["insights", "--days", "7"])
    assert ran.exit_code == 0, ran.output
    assert "Alarm: NothingIsDeleted" in ran.output and "never run" in (tmp_path / "insights.html").read_text()


# --- alerts ---


def test_nothing_rings_where_all_is_well(engine):
    Ledger(engine, "retention", lambda: NOW - 600).round(deleted=4)
    assert list(ringing(engine, NOW)) == []


def test_each_alarm_rings(engine):
    assert [name for name, _why in ringing(engine, NOW)] == ["NothingIsDeleted"], "it has never run"
    Ledger(engine, "retention", lambda: NOW - 7300).round()
    Ledger(engine, "reminders", lambda: NOW - 60).round(failed=1)
    with engine.begin() as db:
        db.execute(
            sa.insert(inbox).values(
                key="a", channel="sms", sender_id="sms:a", sealed="x", received=NOW - 61, due=NOW, attempts=0, sent=0
            )
        )
        db.execute(
            sa.insert(reminder).values(
                sender_id="sms:a",
                channel="sms",
                kind="morning",
                day="2027-01-15",
                due=NOW - 901,
                until=NOW + 9,
                ends=NOW + 9,
                state="waiting",
                free_at=NOW,
                attempts=0,
            )
        )
    told = dict(ringing(engine, NOW))
    assert set(told) == {"NothingIsDeleted", "JobsFail", "RemindersDoNotGoOut", "TextsWait"}
    assert (
        told["NothingIsDeleted"] == "The retention job ran last 2 hours ago."
        and "15 minutes" in told["RemindersDoNotGoOut"]
    )
    assert "sms:a" not in str(told)


def test_a_database_that_does_not_answer_rings(tmp_path):
    assert [name for name, _why in ringing(make_engine(f"sqlite:///{tmp_path}/empty.db"), NOW)] == ["NothingCanBeTold"]


def test_the_limits_are_those_of_prometheus():
    rules = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alarms.yml").read_text())["groups"][0]["rules"]
    asked = {rule["alert"]: rule["expr"] for rule in rules}
    assert (
        asked["NothingIsDeleted"].endswith(f"> {alarms.DELETED}")
        and "[1h]" in asked["JobsFail"]
        and alarms.FAULT == 3600
    )
    assert asked["RemindersDoNotGoOut"].endswith(f"> {alarms.LATE}") and asked["TextsWait"].endswith(
        f"> {alarms.WAITS}"
    )
    named = set(re.findall(r'"([A-Z]\w+[a-z])", f?"', (ROOT / "whichpath/server/alarms.py").read_text()))
    assert named == set(asked) - {"PeopleAreTurnedAway"}


# --- previews ---


def test_the_preview_is_by_who_they_are():
    protected = "\n".join(preview(ENTRY, Situation(role="protected", stage="final", state="CA")))
    restrained = "\n".join(preview(ENTRY, Situation(role="restrained", stage="final", state="CA")))
    assert protected != restrained
    for text in (protected, restrained):
        assert "SMS (" in text and "reviewed 20" in text and "topic:" in text


@pytest.mark.parametrize("entry", [e.id for e in load_answers()][::25])
def test_every_entry_can_be_looked_at(entry):
    page = preview_page(entry, Situation(state="OH"), TODAY)
    parsed = read(page)
    assert parsed.tags.count("section") == len(
        library()[0][entry].choices(Situation(state="OH"))
    ) and "$" not in _words_left(page)
    assert list(preview(entry, Situation(state="OH")))


def _words_left(page: str) -> str:
    return " ".join(re.findall(r"\$\w+", page.split("<section>")[0]))


def test_the_preview_page_shows_every_channel_side_by_side():
    page = preview_page(ENTRY, Situation(role="restrained", stage="final", state="CA"), TODAY)
    for channel in channels():
        assert channel.title in page, channel.title
    assert "restrained" in page and "CA" in page and "2026-11-29" in page
    assert {"details", "summary"} <= set(read(page).tags)


def test_the_command_previews(tmp_path, monkeypatch):
    monkeypatch.setattr(operator_pages, "OUT", tmp_path)
    ran = CliRunner().invoke(cli, ["preview", ENTRY, "--role", "restrained", "--state", "CA", "--html"])
    assert ran.exit_code == 0 and (tmp_path / f"preview-{ENTRY}.html").exists(), ran.output
    ran = CliRunner().invoke(cli, ["preview", ENTRY, "--role", "restrained", "--state", "CA"])
    assert ran.exit_code == 0 and f"=== {ENTRY}, variant" in ran.output


def test_an_entry_that_is_not_there_is_named_with_what_is_near():
    with pytest.raises(Stop, match=f"Near it: .*{ENTRY}"):
        list(preview("belongings", Situation()))
    with pytest.raises(Stop, match="no entry"):
        preview_page("nothing_of_the_kind", Situation(), TODAY)
