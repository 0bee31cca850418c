"""State packs: what is known of each of the 56 jurisdictions, only where it was seen in a source."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from actions.pathway.library import CONTENT, ContentError, read_yaml, validated
from actions.pathway.situation import Situation
from actions.pathway.state_pack import Fact, Pack, link
from actions.pathway.state_templates import Words
from actions.pathway.state_words import Local, told

__all__ = ["Fact", "Local", "Pack", "States", "load_states", "load_words"]

#: Said where the code is of no jurisdiction we know.
_NO_NAME = "this state"


class States:
    """All packs, by two-letter code."""

    def __init__(self, packs: dict[str, Pack], words: Words | None = None) -> None:
        self.packs = packs
        self.words = words or load_words()

    def name(self, code: str | None) -> str | None:
        """The state's name, ``None`` for an unknown code."""
        pack = self.packs.get(code or "")
        return pack.name if pack else None

    def facts(self, code: str | None, field: str, today: dt.date) -> list[Fact]:
        """The facts of ``field`` that may be shown."""
        pack = self.packs.get(code or "")
        return pack.shown(field, today) if pack else []

    def told(self, code: str | None, situation: Situation, today: dt.date) -> Local:
        """What the state adds for this person's role and stage; what is not known is left out."""
        pack = self.packs.get(code or "")
        return told(pack, pack.name if pack else _NO_NAME, self.words, situation, today)

    def lawyers(self, code: str | None, today: dt.date) -> list[str]:
        """Lines that name the state's own ways to a lawyer and to court self-help; empty where none was seen."""
        labels = {
            "legal_aid_url": "Free legal aid in {name}: {value}",
            "bar_referral_url": "Lawyer referral in {name}: {value}",
            "court_self_help_url": "Court self-help in {name}: {value}",
        }
        return [
            label.format(name=self.name(code), value=fact.value)
            for field, label in labels.items()
            for fact in self.facts(code, field, today)[:1]
            if link(str(fact.value))
        ]

    def lawyer_sms(self, code: str | None, today: dt.date) -> str | None:
        """The state's legal-aid page in one short line, where it is short enough for a text message."""
        for fact in self.facts(code, "legal_aid_url", today):
            address = str(fact.value).split("://", 1)[-1].removeprefix("www.").rstrip("/")
            if len(address) <= 36:
                return f"Lawyer, free help: {address}"
        return None


def load_words(folder: Path = CONTENT) -> Words:
    """Reads ``states_words.yml``."""
    return validated(Words, read_yaml(folder / "states_words.yml"), "states_words.yml")


def load_states(folder: Path = CONTENT / "states") -> States:
    """Reads every pack; :class:`~actions.pathway.library.ContentError` names file and field of the first fault."""
    packs = {}
    for path in sorted(folder.glob("*.yml")):
        pack = validated(Pack, read_yaml(path), path.name)
        if pack.code != path.stem:
            raise ContentError(f"{path.name}, field 'code': '{pack.code}' is not the file's name")
        packs[pack.code] = pack
    return States(packs)
