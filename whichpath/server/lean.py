"""Serves a model without loading TensorFlow where none of its parts uses it.

Rasa imports TensorFlow in modules that every model needs (type annotations, base classes of DIET and TED): 280 MB and 3
s of every start. Our components do not use it. This module installs an empty stub before Rasa is imported, if every
component of the model is known to work without TensorFlow. ``WHICHPATH_LEAN=off`` disables it.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import json
import sys
import tarfile
import types
import zlib
from collections.abc import Iterator, MutableSequence
from pathlib import Path
from typing import Any

from whichpath.patched import written_for
from whichpath.settings import read_settings

PACKAGES = ("tensorflow", "keras")
#: Rasa's components that were tested without TensorFlow. Any other one, unless in :data:`OURS`, disables the stub.
WITHOUT = frozenset(
    {
        "DomainProvider",
        "DefaultPolicyPredictionEnsemble",
        "FallbackClassifier",
        "KeywordIntentClassifier",
        "MemoizationPolicy",
        "NLUMessageConverter",
        "RegexMessageHandler",
        "RuleOnlyDataProvider",
        "RulePolicy",
        "WhitespaceTokenizer",
    }
)
OURS = "whichpath.nlu."


class _Empty(type):
    """The type of everything in the stub: any attribute, call, index or subclass works, and is empty."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _empty(name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if "_empty_" not in cls.__dict__:
            return super().__call__(*args, **kwargs)  # a class of Rasa that derives from one of the stub
        if len(args) == 1 and not kwargs and callable(args[0]) and not isinstance(args[0], _Empty):
            return args[0]  # used as a decorator
        return _empty("result")

    def __getitem__(cls, _key: Any) -> Any:
        return cls


def _empty(name: str) -> _Empty:
    return _Empty(name, (), {"_empty_": True})


class _Package(types.ModuleType):
    """The stub of a package and its contents."""

    __path__: MutableSequence[str] = []  # noqa: RUF012 - nobody adds to it
    __version__ = "2.12.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _empty(name)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """An import finder that returns stubs for :data:`PACKAGES` and their submodules."""

    def find_spec(self, fullname: str, _path: Any = None, _target: Any = None) -> Any:
        if fullname.split(".")[0] not in PACKAGES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Package(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to execute."""


def parts_of(model: Path) -> Iterator[str]:
    """The component classes used for prediction in ``model`` (a file in models/), as dotted paths."""
    with tarfile.open(model) as archive:
        name = next(n for n in archive.getnames() if n.lstrip("./") == "metadata.json")
        file = archive.extractfile(name)
        assert file is not None
        metadata = json.load(file)
    yield from (node["uses"] for node in metadata["predict_schema"]["nodes"].values())


def can_do_without(model: Path) -> bool:
    """Whether no component of ``model`` needs TensorFlow. An unreadable model is reported by Rasa."""
    try:
        parts = list(parts_of(model))
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError, KeyError, StopIteration):
        return False
    return all(part.startswith(OURS) or part.rsplit(".", 1)[-1] in WITHOUT for part in parts)


def install(model: Path) -> bool:
    """Installs the stub where ``model`` works without TensorFlow. Call it before Rasa is imported.

    Returns whether it was installed.
    """
    written_for("rasa")
    if read_settings().lean == "off" or "tensorflow" in sys.modules or not can_do_without(model):
        return False
    # thinc (spaCy) checks whether TensorFlow is installed, and must find that it is not.
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    try:
        import thinc.compat  # noqa: F401
    finally:
        del sys.modules["tensorflow"]
    sys.meta_path.insert(0, _Finder())
    return True
