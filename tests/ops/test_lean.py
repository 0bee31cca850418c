"""Serving without TensorFlow: the same answers, and the real TensorFlow where a component needs it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tarfile
import textwrap
from pathlib import Path

import pytest

from whichpath.server import lean

ROOT = Path(__file__).resolve().parents[2]


def model_of(folder: Path, *parts: str) -> Path:
    """A model file with metadata only, which names ``parts``."""
    path = folder / "model.tar.gz"
    data = json.dumps({"predict_schema": {"nodes": {str(i): {"uses": part} for i, part in enumerate(parts)}}}).encode()
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo("metadata.json")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize(
    ("part", "without"),
    [
        ("whichpath.nlu.topic.component.TopicClassifier", True),
        ("rasa.core.policies.rule_policy.RulePolicy", True),
        ("rasa.nlu.classifiers.diet_classifier.DIETClassifier", False),
        ("rasa.core.policies.ted_policy.TEDPolicy", False),
        ("somebody.elses.Part", False),
    ],
)
def test_one_part_that_needs_it_brings_it_back(tmp_path, part, without):
    known = "rasa.core.policies.memoization.MemoizationPolicy"
    assert lean.can_do_without(model_of(tmp_path, known, part)) is without


def test_a_model_that_cannot_be_read_changes_nothing(tmp_path):
    (tmp_path / "broken.tar.gz").write_text("no archive")
    assert not lean.can_do_without(tmp_path / "broken.tar.gz")
    assert not lean.can_do_without(tmp_path / "missing.tar.gz")
    whole = model_of(tmp_path, "whichpath.nlu.topic.component.TopicClassifier").read_bytes()
    for kept in (whole[: len(whole) // 2], whole[:12], whole[:20] + b"x" * len(whole)):
        (tmp_path / "half.tar.gz").write_bytes(kept)
        assert not lean.can_do_without(tmp_path / "half.tar.gz")


def run_in_new_process(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(code)],
        cwd=ROOT,
        env={**__import__("os").environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1]


TALK = """
    import asyncio, pathlib, sys
    from whichpath.server import lean
    model = pathlib.Path({model!r})
    print("lean", lean.install(model))
    from rasa.core.agent import Agent
    agent = Agent.load(str(model))
    parsed = [asyncio.run(agent.parse_message(text)) for text in ("hello", "get it dropped", "/help", "x")]
    answers = asyncio.run(agent.handle_text("hello"))
    real = hasattr(sys.modules.get("tensorflow"), "__file__")
    print([p["intent"]["name"] for p in parsed], [a["text"] for a in answers], real)
"""


def test_the_same_answers_with_and_without(tiny_model):
    code = TALK.format(model=tiny_model)
    without = run_in_new_process(code)
    with_it = run_in_new_process(code, WHICHPATH_LEAN="off")
    assert without.endswith("False") and with_it.endswith("True")
    assert without.rsplit(" ", 1)[0] == with_it.rsplit(" ", 1)[0]
    assert "greet" in without and "Hello." in without


def test_the_stand_in():
    package = lean._Package("tensorflow")

    class Model(package.keras.Model):
        def __init__(self, size):
            self.size = size

    @package.function
    def plain(x):
        return x + 1

    @package.function(experimental_relax_shapes=True)
    def configured(x):
        return x

    assert Model(3).size == 3 and plain(1) == 2
    assert package.Tensor["x"] is not None and package.constant([1, 2]) is not None
    assert not hasattr(package, "__wrapped__")


def test_our_parts_do_not_import_it():
    for path in sorted((ROOT / "whichpath").rglob("*.py")):
        assert not re.search(r"^\s*(import|from) (tensorflow|onnx\b)", path.read_text(), re.M), (
            f"{path.relative_to(ROOT)} is used to serve: whichpath/server/lean.py leaves TensorFlow out there"
        )
