"""The documentation is short, and every path, command, module and variable that it names exists."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from whichpath.settings import ROOT

#: The changelog names former files.
DOCS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")} - {ROOT / "CHANGELOG.md"})
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[\w-]*)?\)")
#: Created at run time, by training or by operators; ignored by git, so missing in a clean clone.
MADE = ("var/", "models/", "deploy/container/.env", "reports/", "/")
#: Folders in which a short name is looked up.
BROADER = (
    "whichpath", "whichpath/channels", "whichpath/pathway", "whichpath/nlu", "whichpath/library", "whichpath/channels/web",
    "whichpath/channels/sms", "widget/src", "content", "docs", "tests/security", "deploy/prometheus",
)  # fmt: skip
FILE = re.compile(
    r"^[\w./-]+\.(py|yml|yaml|md|ts|css|sh|toml|cfg|json|html|txt|lock)$|^[\w.-]+(/[\w.-]+)*/$|^[\w.-]+/[\w./-]+$"
)


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def _tracked(folder: str) -> list[Path]:
    """The files of ``folder`` that git tracks, without compiled and generated ones."""
    listed = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def _tokens(text: str) -> set[str]:
    """The names in code spans and in indented blocks."""
    return {word.strip(",;:'\"()[]").rstrip(".") for span in CODE.findall(text) for word in span.split()}


def _exists(name: str, page: Path) -> bool:
    if any(mark in name for mark in "<>*…$={}@") or name.startswith(("/", "http", "-", "ask_")):
        return True
    places = (ROOT, page.parent, *(ROOT / near for near in BROADER))
    return any((place / name).exists() for place in places) or name.startswith(MADE)


@pytest.mark.parametrize("page", DOCS, ids=_id)
def test_every_path_exists(page):
    text = page.read_text(encoding="utf-8")
    named = {token for token in _tokens(text) if FILE.match(token)}
    linked = {target for target in LINK.findall(text) if not target.startswith(("http", "mailto:"))}
    missing = sorted(name for name in named if not _exists(name, page))
    missing += sorted(target for target in linked if not (page.parent / target).exists())
    assert not missing


@pytest.mark.parametrize("page", DOCS, ids=_id)
def test_every_command_exists(page):
    text = page.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    code = "\n".join([*CODE.findall(text), *re.findall(r"^ {4,}(.+)$", text, re.MULTILINE)])
    assert set(re.findall(r"\bmake ([a-z][\w-]*)", code)) <= targets
    modules = set(re.findall(r"python -m ([\w.]+\w)", code)) - {"pytest"}
    assert not [name for name in modules if importlib.util.find_spec(name) is None]


@pytest.mark.parametrize("page", DOCS, ids=_id)
def test_every_variable_is_a_setting(page):
    code = (ROOT / "whichpath/settings.py").read_text(encoding="utf-8")
    deployed = "".join(path.read_text(encoding="utf-8") for path in _tracked("deploy"))
    named = set(
        re.findall(r"\b(?:WHICHPATH|TWILIO|TELEGRAM|SQL)_[A-Z_0-9]*[A-Z0-9]\b", page.read_text(encoding="utf-8"))
    )
    assert not {name for name in named if name not in code and name not in deployed}


def test_the_docs_are_under_8000_words():
    assert sum(len(page.read_text(encoding="utf-8").split()) for page in ROOT.glob("docs/**/*.md")) < 8_000
