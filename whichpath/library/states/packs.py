"""State packs: name, time zone and lawyer links of each of the 56 jurisdictions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path

from pydantic import BaseModel, Extra

from whichpath.library.files import CONTENT, ContentError, read_yaml, validated
from whichpath.library.states.pack import Fact, Pack, link

__all__ = ["Fact", "Pack", "States", "Words", "load_states", "load_words"]

#: Longest address in a text message, in characters: with the notice it makes a line of 70.
SHORT = 23


class Words(BaseModel, extra=Extra.forbid, frozen=True):
    """The texts of ``content/states_words.yml`` around a state's links."""

    with_the: tuple[str, ...]
    lawyers: dict[str, str]
    lawyer_sms: str


class States:
    """All packs, by two-letter code."""

    def __init__(self, packs: dict[str, Pack], words: Words | None = None) -> None:
        self.packs = packs
        self.words = words or load_words()

    def name(self, code: str | None) -> str | None:
        """The state's name as used in a sentence; ``None`` for an unknown code."""
        pack = self.packs.get(code or "")
        if pack is None:
            return None
        return f"the {pack.name}" if pack.name in self.words.with_the else pack.name

    def names(self) -> dict[str, str]:
        """Every code with its name."""
        return {code: self.name(code) or code for code in self.packs}

    def facts(self, code: str | None, field: str, today: dt.date) -> list[Fact]:
        """The facts of ``field`` that may be shown on ``today``."""
        pack = self.packs.get(code or "")
        return pack.shown(field, today) if pack else []

    def lawyers(self, code: str | None, today: dt.date, fields: Collection[str] | None = None) -> list[str]:
        """Lines with the state's links to lawyers and court self-help; empty where none may be shown."""
        return [
            label.format(state=self.name(code) or "", value=fact.value)
            for field, label in self.words.lawyers.items()
            for fact in self.facts(code, field, today)[:1]
            if (fields is None or field in fields) and link(str(fact.value))
        ]

    def lawyer_sms(self, code: str | None, today: dt.date) -> str | None:
        """The state's legal-aid page in one short line, else its site; ``None`` where both are too long."""
        for fact in self.facts(code, "legal_aid_url", today):
            address = str(fact.value).split("://", 1)[-1].removeprefix("www.").rstrip("/")
            for shown in (address, address.partition("/")[0]):
                if len(shown) <= SHORT:
                    return self.words.lawyer_sms.format(value=shown)
        return None


def load_words(folder: Path = CONTENT) -> Words:
    """Reads ``states_words.yml``; :class:`~whichpath.library.files.ContentError` names the first fault."""
    return validated(Words, read_yaml(folder / "states_words.yml"), "states_words.yml")


def load_states(folder: Path = CONTENT / "states") -> States:
    """Reads every pack; :class:`~whichpath.library.files.ContentError` names file and field of the first fault."""
    packs = {}
    for path in sorted(folder.glob("*.yml")):
        pack = validated(Pack, read_yaml(path), path.name)
        if pack.code != path.stem:
            raise ContentError(f"{path.name}, field 'code': '{pack.code}' is not the file's name")
        packs[pack.code] = pack
    return States(packs)
