"""State packs: what is known of each of the 56 jurisdictions, only where it was seen in a source."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from whichpath.library.files import CONTENT, ContentError, read_yaml, validated
from whichpath.library.situation import CRIMINAL, Situation
from whichpath.library.states.pack import Fact, Pack, link
from whichpath.library.states.templates import Words, place
from whichpath.library.states.words import Local, told, urgent
from whichpath.library.topics import BY_STATE, DEADLINE_TOO

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

    def told(self, code: str | None, situation: Situation, today: dt.date, elsewhere: str | None = None) -> Local:
        """What the state adds for this person's role and stage; what is not known is left out.

        ``elsewhere`` is a second state in the person's story: whose rules these are is said first.
        """
        pack = self.packs.get(code or "")
        name = pack.name if pack else _NO_NAME
        local = told(pack, name, self.words, situation, today, other=self.name(elsewhere))
        assert local is not None  # of all lines together there is always something to say
        return local

    def urgent(self, situation: Situation, today: dt.date) -> Local | None:
        """What must reach the person before all else: in some states a hearing is held only if it is asked for."""
        pack = self.packs.get(situation.state or "")
        return urgent(pack, pack.name, self.words, situation, today) if pack else None

    def on_topic(self, topic: str | None, situation: Situation, today: dt.date) -> Local | None:
        """What the person's state adds to the answer on ``topic``; ``None`` where that is nothing.

        A civil order's times and forms are none of a criminal matter's.
        """
        pack, fields = (
            self.packs.get(situation.state or ""),
            BY_STATE.get(topic or "", () if topic in DEADLINE_TOO else None),
        )
        if pack is None or fields is None or situation.matter in CRIMINAL:
            return None
        return told(pack, pack.name, self.words, situation, today, fields)

    def lawyers(self, code: str | None, today: dt.date) -> list[str]:
        """Lines that name the state's own ways to a lawyer and to court self-help; empty where none was seen."""
        return [
            label.format(state=place(self.name(code) or "", self.words), value=fact.value)
            for field, label in self.words.lawyers.items()
            for fact in self.facts(code, field, today)[:1]
            if link(str(fact.value))
        ]

    def lawyer_sms(self, code: str | None, today: dt.date) -> str | None:
        """The state's legal-aid page in one short line, where it is short enough for a text message."""
        for fact in self.facts(code, "legal_aid_url", today):
            address = str(fact.value).split("://", 1)[-1].removeprefix("www.").rstrip("/")
            if len(address) <= 36:
                return self.words.lawyer_sms.format(value=address)
        return None


def load_words(folder: Path = CONTENT) -> Words:
    """Reads ``states_words.yml``."""
    return validated(Words, read_yaml(folder / "states_words.yml"), "states_words.yml")


def load_states(folder: Path = CONTENT / "states") -> States:
    """Reads every pack; :class:`~whichpath.library.cards.ContentError` names file and field of the first fault."""
    packs = {}
    for path in sorted(folder.glob("*.yml")):
        pack = validated(Pack, read_yaml(path), path.name)
        if pack.code != path.stem:
            raise ContentError(f"{path.name}, field 'code': '{pack.code}' is not the file's name")
        packs[pack.code] = pack
    return States(packs)
