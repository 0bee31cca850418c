"""Known weaknesses of what we install: ``make audit``. Asks pip-audit and npm audit.

Fails on a finding that ``deploy/audit-accepted.yml`` does not accept, and on an entry there that no longer fits.
A service that cannot be asked is a line that nobody overlooks, and no failure: it says nothing about the packages.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, Extra, Field

from whichpath.console import done, fail, one_line, step
from whichpath.settings import ROOT

LOCKS = ("requirements/base.lock", "requirements/dev.lock", "requirements/encoder.lock")
PIP_AUDIT = ROOT / ".cache" / "tools" / "bin" / "pip-audit"
ACCEPTED = ROOT / "deploy" / "audit-accepted.yml"
WITHIN = 300


class Accepted(BaseModel, extra=Extra.forbid, frozen=True):
    """One entry of ``deploy/audit-accepted.yml``."""

    package: str
    version: str
    ids: list[str] = Field(min_items=1)
    why: str = Field(min_length=40)
    look_again: dt.date


@dataclass(frozen=True)
class Finding:
    """A known weakness. ``ids``: its id and its aliases."""

    package: str
    version: str
    ids: frozenset[str]
    fixed_in: str

    def __str__(self) -> str:
        fix = f", fixed in {self.fixed_in}" if self.fixed_in else ""
        return f"{self.package} {self.version}: {', '.join(sorted(self.ids))}{fix}"


@dataclass(frozen=True)
class Asked:
    """What one service said. ``silent``: what it could not be asked about, and why."""

    findings: tuple[Finding, ...] = ()
    silent: str = ""


def load_accepted(path: Path = ACCEPTED) -> list[Accepted]:
    """The accepted findings.

    Raises:
        ValueError: an entry is incomplete.
    """
    return [Accepted(**row) for row in yaml.safe_load(path.read_text(encoding="utf-8")) or []]


def installed(root: Path = ROOT) -> dict[str, str]:
    """Package -> version of everything that is locked, for Python and for the widget's build."""
    found: dict[str, str] = {}
    for lock in LOCKS:
        found.update(re.findall(r"^([a-z0-9._-]+)==(\S+)", (root / lock).read_text(), re.MULTILINE))
    packages = json.loads((root / "widget" / "package-lock.json").read_text())["packages"]
    return found | {
        name.rpartition("node_modules/")[2]: row.get("version", "") for name, row in packages.items() if name
    }


# --- asking ---


def _run(command: Sequence[str], folder: Path) -> tuple[Any, str]:
    """The JSON that a tool prints, ``None`` where it prints none; and its last words."""
    try:
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=WITHIN)
    except (OSError, subprocess.TimeoutExpired) as fault:
        return None, type(fault).__name__
    words = (ran.stderr.strip().splitlines() or ["no answer"])[-1]
    try:
        return json.loads(ran.stdout), words
    except ValueError:
        return None, words


def ask_python(lock: str, options: Sequence[str] = ()) -> Asked:
    """Asks pip-audit about a lock. ``options`` go to it (another service, for instance)."""
    command = [str(PIP_AUDIT), "-r", lock, "--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    said, words = _run([*command, *options], ROOT)
    if not isinstance(said, dict):
        return Asked(silent=f"{lock}: {one_line(words, 200)}")
    skipped = [row["name"] for row in said["dependencies"] if "skip_reason" in row]
    findings = tuple(
        Finding(row["name"], row["version"], frozenset({v["id"], *v["aliases"]}), ", ".join(v["fix_versions"]))
        for row in said["dependencies"]
        for v in row.get("vulns", ())
    )
    # pip-audit calls a package that it could not ask about "skipped", and the whole a success.
    silent = f"{lock}: no answer about {len(skipped)} of {len(said['dependencies'])} packages" if skipped else ""
    return Asked(findings, silent)


def ask_npm(folder: Path = ROOT / "widget", options: Sequence[str] = ()) -> Asked:
    """Asks npm about the packages that build the widget. None of them is served."""
    command = ["bash", str(ROOT / "scripts" / "npm.sh"), "audit", "--json", "--package-lock-only", *options]
    said, words = _run(command, folder)
    if not isinstance(said, dict) or "vulnerabilities" not in said:
        told = re.sub(r"https?://\S+", "(registry)", str(said.get("message") if isinstance(said, dict) else words))
        return Asked(silent=f"widget/package-lock.json: {one_line(told, 200)}")
    versions = installed()
    findings = [
        Finding(
            via["name"],
            versions.get(via["name"], ""),
            frozenset({via["url"].rpartition("/")[2]}),
            f"not {via['range']}",
        )
        for row in said["vulnerabilities"].values()
        for via in row["via"]
        if isinstance(via, dict)
    ]
    return Asked(tuple(findings))


# --- judging ---


def unaccepted(findings: Sequence[Finding], accepted: Sequence[Accepted], today: dt.date) -> list[Finding]:
    """The findings that no entry accepts, or only one whose day has come; each once."""
    good = {(row.package, row.version, one) for row in accepted if row.look_again > today for one in row.ids}
    return [f for f in dict.fromkeys(findings) if not any((f.package, f.version, one) in good for one in f.ids)]


def misfits(accepted: Sequence[Accepted], versions: dict[str, str]) -> list[str]:
    """Entries that speak of something that is not installed."""
    return [
        f"{row.package} {row.version} is accepted, but installed is {versions.get(row.package, 'none')}"
        for row in accepted
        if versions.get(row.package) != row.version
    ]


def main() -> None:
    """``make audit``."""
    accepted, today = load_accepted(), dt.date.today()
    wrong = misfits(accepted, installed())
    step("Asking pip-audit and npm audit")
    options = (os.environ.get("WHICHPATH_AUDIT_OPTIONS") or "").split()
    answers = [*(ask_python(lock, options) for lock in LOCKS), ask_npm()]
    for answer in answers:
        if answer.silent:
            print(f"! Could not be asked: {answer.silent}", file=sys.stderr, flush=True)
    for row in accepted:
        if row.look_again <= today:
            print(f"! To be looked at again since {row.look_again}: {row.package} {row.version}", file=sys.stderr)
    new = unaccepted([finding for answer in answers for finding in answer.findings], accepted, today)
    if new or wrong:
        fail(
            "\n✗ ".join(
                [*map(str, new), *wrong, "Upgrade, or say in deploy/audit-accepted.yml why it does not reach us."]
            )
        )
    known = sum(len(row.ids) for row in accepted)
    told = sum(not answer.silent for answer in answers)
    if told:
        done(
            f"No finding that is not accepted ({known} are; {told} of {len(answers)} questions were answered in full)."
        )
    else:
        print("! Nobody answered: nothing is known about the packages of today.", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
