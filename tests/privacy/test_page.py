"""The privacy page names everything that is stored: every table, every column, and the correct times."""

from __future__ import annotations

import re

import pytest
from rasa.core.tracker_store import SQLTrackerStore

from bench.accuracy.cases import ROOT
from whichpath.store.inbox import IDLE, MEMORY, SEEN, SESSION
from whichpath.store.insights import KEEP_COUNTS, KEEP_PHRASES, LEAST
from whichpath.store.schema import metadata

PAGE = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
ROWS = {m[1]: m[2] for m in re.finditer(r"^\| `(\w+)` \|(.*)$", PAGE, re.M)}


@pytest.mark.parametrize("table", [*metadata.sorted_tables, SQLTrackerStore.SQLEvent.__table__], ids=str)
def test_every_column_is_named(table):
    named = set(re.findall(r"`(\w+)`", ROWS[table.name].split("|")[0]))
    assert named == {column.name for column in table.columns}


def test_no_table_is_named_that_is_none():
    assert set(ROWS) == set(metadata.tables)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("events", f"{IDLE / 60:.0f} idle minutes"),
        ("events", f"{SESSION / 3600:.0f} idle hours"),
        ("threads", f"{MEMORY / 3600:.0f} hours"),
        ("seen", f"{SEEN / 86400:.0f} days"),
        ("insight", f"{KEEP_COUNTS / 86400:.0f} days"),
        ("phrase", f"{KEEP_PHRASES / 86400:.0f} days"),
    ],
)
def test_the_times_are_those_of_the_code(table, words):
    assert words in ROWS[table]


def test_the_least_is_that_of_the_code():
    assert f"nothing under {LEAST}" in PAGE
