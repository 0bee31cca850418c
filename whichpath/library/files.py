"""Reads and validates content files. Every fault is a :class:`ContentError` that names file and field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from whichpath.settings import ROOT

CONTENT = ROOT / "content"
_Model = TypeVar("_Model", bound=BaseModel)


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe YAML loader, in C where that is installed, that refuses a key which stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        """The mapping of ``node``.

        Raises:
            ConstructorError: a key stands twice. PyYAML takes the last one and says nothing.
        """
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class ContentError(Exception):
    """A content file is invalid. The message names file, entry and field."""


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; :class:`ContentError` where it cannot be read."""
    try:
        # The C loader reads the state packs in 0.05 s, the Python one in 0.7 s.
        return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506 - a safe one
    except OSError as error:
        raise ContentError(f"{path.name}: cannot be read ({error.strerror})") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "not YAML"
        raise ContentError(f"{path.name}{where}: {problem}") from None


def validated(model: type[_Model], row: Any, where: str) -> _Model:
    """``row`` as ``model``; :class:`ContentError` reports the first fault as «where, field 'x': fault»."""
    if not isinstance(row, Mapping):
        raise ContentError(f"{where}: a mapping is expected, found {type(row).__name__}")
    try:
        return model(**row)
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(str(part) for part in fault["loc"])
        raise ContentError(f"{where}, field '{field}': {fault['msg']}") from None


def pattern(value: str) -> str:
    """A pydantic validator: ``value`` compiles as a regular expression."""
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"no pattern: {error}") from None
    return value
