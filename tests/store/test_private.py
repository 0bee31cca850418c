"""Files in var/ are readable only by their owner, however the program is started."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from whichpath.settings import ROOT

COMMANDS = {
    "migrate": ["whichpath.store.migrate"],
    "retention": ["whichpath.jobs.retention", "--once"],
    "insights": ["whichpath.cli", "insights", "--days", "7"],
    "insights, as a job": ["whichpath.jobs.insights", "--days", "7"],
    "backup": ["whichpath.store.backup", "{folder}/copy"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_nobody_else_may_read_what_a_command_writes(name, tmp_path):
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "WHICHPATH_DB_URL": f"sqlite:///{folder}/x.db",
        "WHICHPATH_SECRET": "a secret for the tests alone",
    }
    if name == "backup":
        _run(COMMANDS["migrate"], environment)
    _run([part.format(folder=folder) for part in COMMANDS[name]], environment)
    written = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert "x.db" in written and (name != "backup" or "copy" in written)
    assert not {file: oct(mode) for file, mode in written.items() if mode & 0o077}


def _run(arguments: list[str], environment: dict[str, str]) -> None:
    """Sets the default umask of most systems."""
    command = [sys.executable, "-m", *arguments]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, umask=0o022)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_key_is_private_from_its_first_byte(tmp_path, monkeypatch):
    from whichpath.store import identity

    monkeypatch.setattr(identity, "KEY_FILE", tmp_path / "deep" / "secret")
    monkeypatch.delenv("WHICHPATH_SECRET", raising=False)
    identity.key.cache_clear()
    before = os.umask(0o022)
    try:
        identity.key()
    finally:
        os.umask(before)
        identity.key.cache_clear()
    assert stat.S_IMODE(Path(tmp_path / "deep" / "secret").stat().st_mode) == 0o600
