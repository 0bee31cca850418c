"""Legal terms that are explained in an answer: ``content/terms.yml``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Extra, Field

from whichpath.library.entries import Review
from whichpath.library.files import CONTENT, read_yaml, validated

#: Most terms explained in one answer.
MOST = 4
_STRICT = {"extra": Extra.forbid, "frozen": True}


class Explained(BaseModel, **_STRICT):
    """A term with the line that explains it."""

    term: str = Field(min_length=3, max_length=30)
    forms: tuple[str, ...] = ()
    text: str = Field(min_length=10, max_length=90)

    @property
    def pattern(self) -> re.Pattern[str]:
        """Matches the whole word, except before brackets, where the answer itself explains it."""
        return _pattern((*self.forms, self.term))


@cache
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    return re.compile(rf"(?<![\w(-])(?:{words})(?![\w-])(?!\s*\()", re.IGNORECASE)


class Term(Explained):
    """A term in both languages. Its sources are those of ``entry``."""

    entry: str
    es: Explained | None = None


class Terms(BaseModel, **_STRICT):
    """The terms of ``content/terms.yml``."""

    review: Literal["drafted"] | Review
    reviewed: dt.date
    expires: dt.date
    terms: tuple[Term, ...]

    def standing_in(
        self, texts: Iterable[str], today: dt.date, lang: str = "en", told: str | None = None
    ) -> list[dict[str, str]]:
        """The terms in ``texts``, each as first written there, in order of appearance.

        ``told``: the id of the entry being shown; the terms that it explains itself are left out.
        """
        if today > self.expires:
            return []
        text = "\n".join(texts)
        found: list[tuple[int, str, str]] = []
        for term in self.terms:
            shown = term if lang == "en" else term.es
            if shown is None or term.entry == told:
                continue
            if place := shown.pattern.search(text):
                found.append((place.start(), place[0], shown.text))
        return [{"term": word, "text": line} for _place, word, line in sorted(found)[:MOST]]


def load_terms(folder: Path = CONTENT) -> Terms:
    """Reads ``terms.yml``; :class:`~whichpath.library.files.ContentError` names the first fault."""
    return validated(Terms, read_yaml(folder / "terms.yml"), "terms.yml")
