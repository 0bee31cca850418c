"""State packs: what is known of each of the 56 jurisdictions, only where it was seen in a source."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import BaseModel, Extra, Field

from actions.pathway.library import CONTENT, read_yaml, validated


class Fact(BaseModel, extra=Extra.forbid):
    """One sourced fact of a pack. ``confidence`` other than ``seen`` is never shown."""

    value: str | int
    citation: str | None = None
    source: str = Field(min_length=3)
    source_kind: str
    confidence: str
    note: str | None = None
    reviewed: dt.date
    expires: dt.date

    def shown(self, today: dt.date) -> bool:
        """Whether a person may see it on ``today``."""
        return self.confidence == "seen" and today <= self.expires


class Pack(BaseModel, extra=Extra.forbid):
    """``content/states/<CODE>.yml``."""

    code: str = Field(regex=r"^[A-Z]{2}$")
    name: str
    kind: str
    facts: dict[str, list[Fact]]


class States:
    """All packs, by two-letter code."""

    def __init__(self, packs: dict[str, Pack]) -> None:
        self.packs = packs

    def name(self, code: str | None) -> str | None:
        """The state's name, ``None`` for an unknown code."""
        pack = self.packs.get(code or "")
        return pack.name if pack else None

    def facts(self, code: str | None, field: str, today: dt.date) -> list[Fact]:
        """The facts of ``field`` that may be shown."""
        pack = self.packs.get(code or "")
        return [f for f in pack.facts.get(field, ()) if f.shown(today)] if pack else []

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
        ]

    def lawyer_sms(self, code: str | None, today: dt.date) -> str | None:
        """The state's legal-aid page in one short line, where it is short enough for a text message."""
        for fact in self.facts(code, "legal_aid_url", today):
            address = str(fact.value).split("://", 1)[-1].removeprefix("www.").rstrip("/")
            if len(address) <= 36:
                return f"Lawyer, free help: {address}"
        return None


def load_states(folder: Path = CONTENT / "states") -> States:
    """Reads every pack; :class:`~actions.pathway.library.ContentError` names the first fault."""
    packs = {}
    for path in sorted(folder.glob("*.yml")):
        pack = validated(Pack, read_yaml(path), path.name)
        packs[pack.code] = pack
    return States(packs)
