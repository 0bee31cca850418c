"""Settings: each variable is defined once, with default and range; an invalid value gives one line that names it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from whichpath.console import Stop
from whichpath.settings import ROOT, VARIABLES, Settings, described, read_settings


def test_nothing_else_reads_the_environment():
    found = []
    for path in sorted((ROOT / "whichpath").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found += [
            f"{path.name}: {m[0]}"
            for m in re.finditer(r"(os\.environ|environment)(\.get\(|\[)[^)\]]*[)\]]|getenv", text)
        ]
    assert [row for row in found if not row.startswith("settings.py")] == []


def test_every_variable_is_described_once():
    names = [name for name, _default, _about in described()]
    assert len(names) == len(set(names)) == len(VARIABLES)


def test_an_empty_variable_is_one_that_is_not_set():
    assert read_settings(dict.fromkeys(VARIABLES.values(), "")) == read_settings({}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "shown"),
    [
        ("WHICHPATH_PORT", "70000", True),
        ("WHICHPATH_TURN_SECONDS", "soon", True),
        ("WHICHPATH_WEB_IDLE_MINUTES", "0", True),
        ("WHICHPATH_RATE", "-1", True),
        ("WHICHPATH_PROXIES", "one", True),
        ("WHICHPATH_REST", "everybody", True),
        ("WHICHPATH_LEAN", "maybe", True),
        ("SQL_POOL_SIZE", "0", True),
        ("WHICHPATH_SECRET", "short", False),
        ("WHICHPATH_ACTION_TOKEN", "with a space in it", False),
    ],
)
def test_a_bad_value_is_one_line_that_names_it(variable, value, shown):
    with pytest.raises(Stop) as stop:
        read_settings({variable: value})
    line = str(stop.value)
    assert line.startswith(variable) and "\n" not in line and " is not " in line and line.endswith(".")
    assert (value in line) == shown, "a secret stands in no message"


def test_a_bad_value_stops_the_start_before_anything_else():
    ran = subprocess.run(
        [sys.executable, "-m", "whichpath.cli", "run"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "WHICHPATH_TURN_SECONDS": "soon"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "✗ WHICHPATH_TURN_SECONDS=soon is not 0.1 to 60 seconds.\n"


def test_read_when_asked_for(monkeypatch):
    monkeypatch.setenv("WHICHPATH_KEEP_PHRASES", "1")
    assert read_settings().keep_phrases
    monkeypatch.delenv("WHICHPATH_KEEP_PHRASES")
    assert not read_settings().keep_phrases


def test_the_help_lists_them_all():
    ran = subprocess.run(
        [sys.executable, "-m", "whichpath.cli", "settings"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert [line.split()[0] for line in ran.stdout.splitlines()] == list(VARIABLES.values())
