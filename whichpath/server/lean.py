"""Serves a model without loading TensorFlow where none of its parts uses it.

Rasa imports TensorFlow in modules that every model passes through (type annotations, base classes of DIET
and TED), whether a model uses it or not: 280 MB and 3 s of every start. Our parts do not use it. This puts
an empty stand-in in its place before Rasa is imported, and only if every part of the model is known not to
need the real one. ``WHICHPATH_LEAN=off`` leaves everything as it is.
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

from whichpath.settings import read_settings

PACKAGES = ("tensorflow", "keras")
#: Rasa's own parts that were seen to work without TensorFlow. A part that is not listed here, or below
#: :data:`OURS`, brings the real one back.
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
    """The type of everything in the stand-in: any attribute, call, index or base class of it works, and is empty."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _empty(name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if "_empty_" not in cls.__dict__:
            return super().__call__(*args, **kwargs)  # a class of Rasa's that derives from one of ours
        if len(args) == 1 and not kwargs and callable(args[0]) and not isinstance(args[0], _Empty):
            return args[0]  # used as a decorator
        return _empty("result")

    def __getitem__(cls, _key: Any) -> Any:
        return cls


def _empty(name: str) -> _Empty:
    return _Empty(name, (), {"_empty_": True})


class _Package(types.ModuleType):
    """A stand-in for a package and all that is in it."""

    __path__: MutableSequence[str] = []  # noqa: RUF012 - nobody adds to it
    __version__ = "2.12.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _empty(name)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the stand-in for :data:`PACKAGES` and their submodules."""

    def find_spec(self, fullname: str, _path: Any = None, _target: Any = None) -> Any:
        if fullname.split(".")[0] not in PACKAGES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Package(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing in it."""


def parts_of(model: Path) -> Iterator[str]:
    """The classes that answer messages in ``model`` (a file in models/), as dotted paths."""
    with tarfile.open(model) as archive:
        name = next(n for n in archive.getnames() if n.lstrip("./") == "metadata.json")
        file = archive.extractfile(name)
        assert file is not None
        metadata = json.load(file)
    yield from (node["uses"] for node in metadata["predict_schema"]["nodes"].values())


def can_do_without(model: Path) -> bool:
    """Whether no part of ``model`` needs TensorFlow. A model that cannot be read is Rasa's to complain about."""
    try:
        parts = list(parts_of(model))
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError, KeyError, StopIteration):
        return False
    return all(part.startswith(OURS) or part.rsplit(".", 1)[-1] in WITHOUT for part in parts)


def install(model: Path) -> bool:
    """Leaves TensorFlow out of this process where ``model`` can do without. To be called before Rasa is imported.

    Returns whether it is left out.
    """
    if read_settings().lean == "off" or "tensorflow" in sys.modules or not can_do_without(model):
        return False
    # thinc (spaCy) asks whether there is a TensorFlow to work with, and has to hear that there is none.
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    try:
        import thinc.compat  # noqa: F401
    finally:
        del sys.modules["tensorflow"]
    sys.meta_path.insert(0, _Finder())
    return True
