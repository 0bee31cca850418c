"""Reads the training examples as Rasa does, but each file once.

Rasa reads each file a second time, by a slow parser that knows lines, to check it against its schema; then it merges
the files one by one and copies all that stood before. Here a file is read a second time only where it is wrong, for
the line of the fault. What comes out is the same (`tests/nlu/test_importer.py`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pkg_resources import resource_filename
from pykwalify.core import Core
from pykwalify.errors import SchemaError
from rasa.shared.constants import PACKAGE_NAME, RESPONSES_SCHEMA_FILE, SCHEMA_EXTENSIONS_FILE
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import NLU_SCHEMA_FILE, RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_file, read_yaml, read_yaml_file
from rasa.shared.utils.validation import validate_training_data_format_version
from ruamel.yaml import YAMLError
from ruamel.yaml.constructor import DuplicateKeyError


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    files = (resource_filename(PACKAGE_NAME, name) for name in (NLU_SCHEMA_FILE, RESPONSES_SCHEMA_FILE))
    return {key: value for file in files for key, value in read_yaml_file(file).items()}


class _Reader(RasaYAMLReader):
    """Collects the examples of many files."""

    def add(self, path: str) -> None:
        """Reads one file.

        Raises:
            YamlException: it is no YAML or not as the schema says; it names the file, and the line where Rasa does.
        """
        self.filename = path
        text = read_file(path)
        try:
            content = read_yaml(text)
            extensions = [resource_filename(PACKAGE_NAME, SCHEMA_EXTENSIONS_FILE)]
            Core(source_data=content, schema_data=_schema(), extensions=extensions).validate(raise_exception=True)
        except (YAMLError, DuplicateKeyError, SchemaError):
            self.validate(text)
            raise
        if validate_training_data_format_version(content, path):
            self._parse_nlu(content.get("nlu"))
            self.responses.update(content.get("responses") or {})

    def data(self) -> TrainingData:
        """What was read so far."""
        return TrainingData(
            self.training_examples, self.entity_synonyms, self.regex_features, self.lookup_tables, self.responses
        )


class OnceImporter(RasaFileImporter):
    """Rasa's importer of files, which reads each file of examples once."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All examples of the files.

        Raises:
            YamlException: a file is wrong.
        """
        reader = _Reader()
        for path in self._nlu_files:
            reader.add(path)
        return reader.data()
