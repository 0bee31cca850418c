"""The systems of the benchmark: Rasa's default pipeline is unmodified, and training times are correct."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import rasa
import yaml

from bench.speed import systems
from bench.speed.systems import OURS, System, Training, config_of, copy_project, default, fingerprint


def test_the_default_pipeline_is_rasas_own():
    assert rasa.__version__ == "3.6.21"
    folder = Path(rasa.__file__).parent / "engine" / "recipes" / "config_files"
    theirs = yaml.safe_load((folder / "default_config.yml").read_text())
    ours = yaml.safe_load(config_of(default()))
    assert ours["pipeline"] == theirs["pipeline"] and ours["policies"] == theirs["policies"]


def test_fewer_epochs_are_those_of_the_classifier():
    config = yaml.safe_load(config_of(default(20)))
    epochs = {part["name"]: part["epochs"] for part in config["pipeline"] + config["policies"] if "epochs" in part}
    assert epochs == {"DIETClassifier": 20, "ResponseSelector": 100, "UnexpecTEDIntentPolicy": 100, "TEDPolicy": 100}


def test_only_the_epochs_that_were_not_run_are_added():
    parts = [("RegexFeaturizer", 1.0, 1.0), ("DIETClassifier", 30.0, 50.0), ("end", 1.0, 2.0)]
    assert Training(40.0, 60.0, parts, 8, 20).full() == 60 + 4 * 50
    assert Training(40.0, 60.0, parts, 8, None).full() == 60


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small project for copying and training."""
    for name, text in {
        "config.yml": "pipeline: []",
        "domain.yml": "intents: [greet]\nresponses:\n  utter_greet:\n  - text: Hello",
        "data/nlu.yml": "nlu: []",
        "data/nlu/all.yml": "nlu: []",
        "nlu/part.py": "",
        "models/old.tar.gz": "x",
        "var/secret": "x",
    }.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(systems, "ROOT", tmp_path / "project")
    monkeypatch.setattr(systems, "KEPT", tmp_path / "kept")
    return tmp_path / "project"


def test_a_copy_holds_no_model_and_no_data_of_anybody(project, tmp_path):
    copy = copy_project(default(), tmp_path / "copy")
    assert not list((copy / "models").iterdir()) and not list((copy / "var").iterdir())
    assert "DIETClassifier" in (copy / "config.yml").read_text() and (copy / "data/nlu.yml").exists()


def test_the_wording_of_an_answer_asks_for_no_new_training(project):
    before = {system.name: fingerprint(system) for system in (OURS, default())}
    (project / "domain.yml").write_text((project / "domain.yml").read_text().replace("Hello", "Hi"))
    assert fingerprint(OURS) == before["Whichpath"]
    (project / "nlu/part.py").write_text("changed = True")
    assert fingerprint(OURS) != before["Whichpath"] and fingerprint(default()) == before["Rasa default"]
    (project / "data/nlu.yml").write_text("nlu: [x]")
    assert fingerprint(default()) != before["Rasa default"] != fingerprint(default(20))


def test_what_was_learned_is_kept_with_its_time(project, tmp_path, monkeypatch):
    runs = []

    def learn(_system, folder: Path) -> Training:
        runs.append(folder)
        (folder / "models" / "new.tar.gz").write_text("learned")
        return Training(9.0, 12.0, [("DIETClassifier", 8.0, 11.0)], 3, 20)

    monkeypatch.setattr(systems, "_train", learn)
    first = systems.train(default(20), copy_project(default(20), tmp_path / "one"))
    again = systems.train(default(20), copy_project(default(20), tmp_path / "two"))
    assert first == again and len(runs) == 1
    assert (tmp_path / "two/models/new.tar.gz").read_text() == "learned"
    systems.train(default(20), copy_project(default(20), tmp_path / "three"), anew=True)
    assert len(runs) == 2 and systems.learned() is None, "a training of a few epochs is none to compare with"


def test_a_comparison_on_what_the_default_learned_from(project, tmp_path, monkeypatch):
    def learn(_system, folder: Path) -> Training:
        (folder / "models" / "new.tar.gz").write_text("learned")
        return Training(9.0, 12.0, [], 3)

    monkeypatch.setattr(systems, "_train", learn)
    monkeypatch.setattr(systems, "thin", lambda folder, _count: (folder / "all.yml").rename(folder / "few.yml"))
    systems.train(default(None, 8), copy_project(default(None, 8), tmp_path / "one"))
    (project / "data/nlu.yml").write_text("nlu: [newer]")
    for number, system in enumerate((default(None, 8), System("Whichpath", examples=8))):
        copy = copy_project(replace(system, learned=systems.learned()), tmp_path / f"copy{number}")
        assert [path.name for path in (copy / "data/nlu").iterdir()] == ["few.yml"]
    monkeypatch.setattr(systems, "_train", None)
    assert systems.train(replace(default(None, 8), learned=systems.learned()), copy).seconds == 9.0


LEARNER = """
import time
def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
print("Training the model", flush=True); work(0.1)
print("  learning: CountVectorsFeaturizer", flush=True); work(0.1)
print("  learning: DIETClassifier", flush=True); work(0.5)
print("trained", flush=True)
"""


def test_a_training_is_measured_part_by_part(tmp_path):
    (tmp_path / "whichpath" / "server").mkdir(parents=True)
    (tmp_path / "whichpath" / "server" / "train.py").write_text(LEARNER)
    found = systems._train(OURS, tmp_path)
    cpu = {part: spent for part, _seconds, spent in found.parts}
    assert list(cpu) == ["start", "other", "CountVectorsFeaturizer", "DIETClassifier"]
    assert 0.4 < cpu["DIETClassifier"] < 0.8 and found.cpu_seconds > sum(cpu.values()) - 0.1
    (tmp_path / "whichpath" / "server" / "train.py").write_text("raise SystemExit(3)")
    with pytest.raises(SystemExit, match="training failed"):
        systems._train(OURS, tmp_path)


def test_a_subset_keeps_the_shares_of_the_topics_whatever_their_questions(tmp_path):
    """Questions of a topic are retrieval intents of their own; each of them kept with six would be all of them."""
    questions = [
        {"intent": f"ask_guns/q{n}", "examples": "\n".join(f"- q{n} {i}" for i in range(6))} for n in range(50)
    ]
    rare = {"intent": "greet", "examples": "\n".join(f"- hi {i}" for i in range(10))}
    (tmp_path / "all.yml").write_text(yaml.safe_dump({"nlu": [*questions, rare]}))
    systems.thin(tmp_path, 62)
    kept = yaml.safe_load((tmp_path / "all.yml").read_text())["nlu"]
    counts = Counter()
    for block in kept:
        counts[block["intent"].partition("/")[0]] += len(block["examples"].splitlines())
    assert counts == {"ask_guns": 60, "greet": systems.FEWEST}
