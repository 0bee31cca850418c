"""When a model is trained, and the messages on invalid files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from whichpath.console import Stop, one_line
from whichpath.server import checks, train

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A tiny project, used by whichpath.server.train."""
    (tmp_path / "data").mkdir()
    (tmp_path / "whichpath" / "nlu").mkdir(parents=True)
    (tmp_path / "models").mkdir()
    (tmp_path / "config.yml").write_text("a: 1\n")
    (tmp_path / "domain.yml").write_text("b: 2\n")
    (tmp_path / "data" / "nlu.yml").write_text("c: 3\n")
    (tmp_path / "whichpath" / "nlu" / "part.py").write_text("x = 1\n")
    for module in (train, checks):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(train, "MODELS", tmp_path / "models")
    monkeypatch.setattr(train, "VAR", tmp_path / "var")
    monkeypatch.setattr(train, "RECORD", tmp_path / "models" / ".made_of.json")
    monkeypatch.setattr(train, "check_content", lambda: 0)
    return tmp_path


def pack(path):
    """A minimal model: an archive with metadata."""
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("metadata.json"))


@pytest.fixture
def trainings(project, monkeypatch):
    """Replaces Rasa's training by one that creates an empty model; the list counts the calls."""
    made = []

    def fake():
        path = project / "models" / f"{len(made)}.tar.gz"
        pack(path)
        os.utime(path, (time.time() + len(made), time.time() + len(made)))
        made.append(path)
        return path

    monkeypatch.setattr(train, "_train", fake)
    return made


def test_it_trains_once(project, trainings):
    assert not train.is_current()
    first = train.train_if_needed()
    assert train.train_if_needed() == first and len(trainings) == 1


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/nlu.yml", "whichpath/nlu/part.py"])
def test_a_change_of_what_it_is_made_of_trains_again(project, trainings, name):
    train.train_if_needed()
    (project / name).write_text("d: 4\n")
    assert not train.is_current()
    train.train_if_needed()
    assert len(trainings) == 2


def test_a_new_and_a_removed_file_count_too(project, trainings):
    train.train_if_needed()
    (project / "data" / "more.yml").write_text("e: 5\n")
    assert not train.is_current()
    (project / "data" / "more.yml").unlink()
    assert train.is_current()


def test_a_mere_touch_or_a_new_checkout_does_not(project, trainings):
    train.train_if_needed()
    for path in train.sources():
        os.utime(path, (time.time() + 99, time.time() + 99))
    assert train.is_current()


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[: len(b) // 2], lambda b: b"x" * len(b)])
def test_a_model_that_cannot_be_unpacked_is_trained_anew(project, trainings, damage):
    model = train.train_if_needed()
    model.write_bytes(damage(model.read_bytes()))
    assert not train.is_current()
    assert train.train_if_needed() != model and len(trainings) == 2


def test_force_trains(project, trainings):
    train.train_if_needed()
    train.train_if_needed(force=True)
    assert len(trainings) == 2


def test_a_model_trained_by_hand_is_judged_by_its_time(project):
    model = project / "models" / "hand.tar.gz"
    pack(model)
    os.utime(model, (time.time() + 9, time.time() + 9))
    assert train.is_current()
    os.utime(model, (1, 1))
    assert not train.is_current()


def test_old_models_of_ours_go_and_those_of_others_stay(project, trainings):
    (project / "models" / "hand.tar.gz").write_text("")
    os.utime(project / "models" / "hand.tar.gz", (1, 1))
    for _ in range(5):
        train.train_if_needed(force=True)
    assert sorted(p.name for p in (project / "models").glob("*.gz")) == [
        "2.tar.gz",
        "3.tar.gz",
        "4.tar.gz",
        "hand.tar.gz",
    ]
    assert len(json.loads((project / "models" / ".made_of.json").read_text())) == 3


def test_an_unreadable_record_is_no_record(project, trainings):
    train.train_if_needed()
    (project / "models" / ".made_of.json").write_text("{")
    assert train.recorded() == {}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("domain.yml", "a: [1\nb: 2\n", "domain.yml, line 2"),
        ("data/nlu.yml", "rule: one: two\n", "data/nlu.yml, line 1"),
        ("config.yml", "\tx: 1\n", "config.yml, line 1"),
        ("config.yml", b"a: \xe4\n", "config.yml: cannot be read"),
    ],
)
def test_a_broken_file_is_named_with_its_line(project, name, text, told):
    (project / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Stop) as caught:
        train.train_if_needed()
    assert told in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["config.yml", "domain.yml"])
def test_a_missing_file_is_named(project, name):
    (project / name).unlink()
    with pytest.raises(Stop, match=f"{name} is missing"):
        train.train_if_needed()


def test_the_reason_behind_a_reason_is_told():
    from rasa.shared.exceptions import RasaException

    outer = RuntimeError("Error running graph component")
    outer.__cause__ = RasaException("Rule 'x'\n  contradicts rule 'y'.")
    assert train._reason(outer) == "Rule 'x' contradicts rule 'y'."
    assert train._reason(KeyError("entity")) == "KeyError: 'entity'"


def test_one_line():
    assert one_line("a\n  b\tc") == "a b c"
    assert len(one_line("x" * 999)) == 400


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of the project that tests may damage."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("actions", "bench", "content", "data", "testing", "whichpath"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("domain.yml", lambda text: text.replace("responses:", "responses: [", 1), "domain.yml, line"),
        ("content/guard.yml", lambda text: text.replace("sms:", "mms:", 1), "guard.yml"),
        (
            "content/paths/criminal.yml",
            lambda text: text.replace("  question:", "  qestion:", 1),
            "criminal.yml, entry criminal_case",
        ),
    ],
)
def test_a_broken_file_stops_the_command_with_one_line(clone, name, change, told):
    path = clone / name
    before = path.read_text()
    path.write_text(change(before))
    try:
        for command in ("content", "train"):
            run = [sys.executable, "-m", "whichpath.cli", command]
            ran = subprocess.run(run, cwd=clone, capture_output=True, text=True, timeout=120)
            assert ran.returncode == 1
            assert told in ran.stdout + ran.stderr, ran
            assert ran.stderr.startswith("✗") and ran.stderr.count("\n") == 1, ran.stderr
    finally:
        path.write_text(before)


def test_what_rasa_refuses_is_one_line_too(clone):
    config = clone / "config.yml"
    before = config.read_text()
    config.write_text(before.replace("FallbackClassifier", "NoSuchClassifier"))
    # Rasa reads the examples before it looks at the pipeline: a few will do.
    shutil.move(clone / "data" / "nlu", clone / "examples")
    for name in ("greet", "goodbye"):
        shutil.copytree(clone / "examples" / name, clone / "data" / "nlu" / name)
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "whichpath.server.train"], cwd=clone, capture_output=True, text=True, timeout=200
        )
    finally:
        config.write_text(before)
        shutil.rmtree(clone / "data" / "nlu")
        shutil.move(clone / "examples", clone / "data" / "nlu")
    assert ran.returncode == 1
    assert ran.stderr.startswith("✗ Training failed:") and ran.stderr.count("\n") == 1, ran.stderr
    assert "NoSuchClassifier" in ran.stderr
