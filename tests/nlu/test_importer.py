"""The importer reads what Rasa's own reads, and refuses what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.exceptions import YamlException
from rasa.shared.importers.rasa import RasaFileImporter

from whichpath.nlu.importer import OnceImporter

ROOT = Path(__file__).resolve().parents[2]
#: Every tenth file of examples.
SOME = [str(path) for path in sorted((ROOT / "data" / "nlu").rglob("*.yml"))[::10]]


def read(importer, *paths):
    return importer(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), list(paths)).get_nlu_data()


def test_it_reads_the_same_examples_as_rasa():
    ours, theirs = read(OnceImporter, *SOME), read(RasaFileImporter, *SOME)
    assert len(ours.training_examples) > 1000
    assert ours.fingerprint() == theirs.fingerprint()


@pytest.mark.parametrize(
    "text",
    [
        'version: "3.1"\nnlu:\n- intent: greet\n  examples: [hi]\n',
        'version: "3.1"\nnlu:\n- intent: greet\n  example: |\n    - hi\n',
        'version: "3.1"\nnlu:\n- intent: greet\n  intent: thank\n  examples: |\n    - hi\n',
        'version: "3.1"\nnlu:\n- intent: [greet\n',
    ],
    ids=["examples are a list", "an unknown key", "a key twice", "no YAML"],
)
def test_it_refuses_what_rasa_refuses(tmp_path, text):
    path = tmp_path / "nlu.yml"
    path.write_text(text, encoding="utf-8")
    told = []
    for importer in (OnceImporter, RasaFileImporter):
        with pytest.raises(YamlException) as refused:
            read(importer, str(path))
        told.append(str(refused.value))
    assert told[0] == told[1]
    assert str(path) in told[0]
