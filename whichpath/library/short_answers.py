"""Answers typed in place of pressing a button, by open question: ``content/short_answers.yml``."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from whichpath.library.entries import FOR
from whichpath.library.files import CONTENT, ContentError, read_yaml
from whichpath.library.situation import SIDES

NEXT = "next"
_MARKS = re.compile(r"[^\w ]+")
_OPENERS = ("its ", "it is ", "it was ", "im ", "i am ", "the ")


def load_short_answers(folder: Path = CONTENT) -> dict[str, dict[str, str]]:
    """A mapping open question -> whole message -> value; for ``next`` the value is ``next``.

    Raises:
        ContentError: a question or a value does not exist.
    """
    table: dict[str, dict[str, str]] = {}
    for question, values in read_yaml(folder / "short_answers.yml").items():
        if question == NEXT:
            table[NEXT] = dict.fromkeys(values, NEXT)
            continue
        allowed = SIDES if question == "side" else FOR.get(question, ())
        for value, said in values.items():
            if value not in allowed:
                raise ContentError(f"short_answers.yml, {question}: '{value}' is none of {', '.join(allowed)}")
            table.setdefault(question, {}).update(dict.fromkeys(said, value))
    return table


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, str]]:
    return load_short_answers()


def short_answer(text: str, question: str | None) -> str | None:
    """The value that the whole message means for ``question``, or ``None``."""
    said = " ".join(_MARKS.sub("", text.lower()).split())
    known = _table().get(question or "", {})
    if said in known:
        return known[said]
    return next((known[rest] for o in _OPENERS if said.startswith(o) and (rest := said[len(o) :]) in known), None)
