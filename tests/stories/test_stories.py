"""Rasa's checks: the data is consistent with the domain, and the stories pass with the trained model."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

from whichpath.server.train import newest_model
from whichpath.settings import child_environment

ROOT = Path(__file__).resolve().parents[2]


def rasa(*arguments):
    """Runs Rasa's command line in the project."""
    return subprocess.run(
        [sys.executable, "-m", "rasa", *arguments], cwd=ROOT, env=child_environment(), capture_output=True, text=True
    )


def test_the_data_agrees_with_the_domain():
    done = rasa("data", "validate", "--domain", "domain.yml", "--data", "data")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-2000:]
    for fault in ("multiple different intents", "not listed in the domain", "conflict found", "not in the domain"):
        assert fault not in said, [line for line in said.splitlines() if fault in line][:5]
    # A response that no rule names must be used by the code, by its name or a prefix of it.
    code = "\n".join(
        path.read_text() for path in (*(ROOT / "actions").rglob("*.py"), *(ROOT / "whichpath").rglob("*.py"))
    )
    kinds = ("utter_ask_", "utter_again_", "utter_explain_", "utter_why_")
    begun = (*re.findall(r'"(utter_\w+?_?)\{', code), *kinds)
    rules = "\n".join(path.read_text() for path in (ROOT / "data").rglob("*.yml"))
    for name in yaml.safe_load((ROOT / "domain.yml").read_text())["responses"]:
        used = name in code or name in rules or name.startswith(begun) or name == "utter_restart"
        assert used, f"nobody says {name}"


def test_the_stories_hold(tmp_path):
    model = str(newest_model())
    options = ("--model", model, "--fail-on-prediction-errors", "--out", str(tmp_path))
    done = rasa("test", "core", "--stories", "tests/stories", *options)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-2000:]
    assert re.search(r"Correct:\s+([1-9]\d*) / \1\b", said), "no story was run"
