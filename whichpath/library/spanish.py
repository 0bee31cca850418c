"""The Spanish texts, until the whole library is translated.

``content/spanish.yml`` holds the answers, ``content/spanish_titles.yml`` titles, buttons and the bot's own sentences.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Extra

from whichpath.library.entries import Review
from whichpath.library.files import CONTENT, read_yaml, validated

#: Response of ``domain.yml`` -> key of ``ui``.
SAID = {
    "utter_ask_role": "ask_role",
    "utter_ask_role_criminal": "ask_role",
    "utter_again_role": "ask_role",
    "utter_ask_stage": "ask_stage",
    "utter_again_stage": "ask_stage",
    "utter_ask_matter": "ask_matter",
    "utter_again_matter": "ask_matter",
    "utter_ask_state": "ask_state",
    "utter_again_state": "ask_state",
    "utter_out_of_scope": "out_of_scope",
    "utter_out_of_scope_again": "out_of_scope",
    "utter_misuse": "misuse",
    "utter_rephrase": "not_understood",
    "utter_clarify": "not_understood",
    "utter_clarify_again": "not_understood",
    "utter_which_question": "not_understood",
    "utter_no_answer": "no_answer",
    "utter_no_answer_criminal": "no_answer",
    "utter_erase": "erase_done",
    "utter_ask_erase": "erase_ask",
    "utter_restart": "restart_done",
    "utter_human": "human",
    "utter_greet": "greeting",
    "utter_help": "greeting",
    "utter_what_else": "thanks",
}
#: Payload of a button -> key of ``ui``.
TITLES = {
    '/inform{"role": "protected"}': "role_protected",
    '/inform{"role": "restrained"}': "role_restrained",
    '/inform{"role": "third_party"}': "role_third_party",
    '/inform{"stage": "none"}': "stage_none",
    '/inform{"stage": "temporary"}': "stage_temporary",
    '/inform{"stage": "final"}': "stage_final",
    '/inform{"matter": "civil_order"}': "matter_civil",
    '/inform{"matter": "criminal_case"}': "matter_criminal",
    "/not_sure": "not_sure",
    "/something_else": "none_of_these",
    "/affirm": "yes",
    "/deny": "no",
    "/erase": "yes",
    "/restart": "yes",
}


#: Payload of a button that asks an entry.
_ENTRY = re.compile(r'"question": "(\w+)"')


class _Reviewed(BaseModel, extra=Extra.forbid, frozen=True):
    review: Literal["drafted"] | Review
    reviewed: dt.date
    expires: dt.date


class Titles(_Reviewed, frozen=True):
    """``content/spanish_titles.yml``: titles by entry, topics by intent, buttons by payload, texts by response."""

    questions: dict[str, str]
    topics: dict[str, str]
    buttons: dict[str, str]
    responses: dict[str, str]
    lawyers: dict[str, str]


class Spanish(_Reviewed, frozen=True):
    """The Spanish texts of paths and entries by id, and the texts around them by name."""

    routes: dict[str, str]
    entries: dict[str, str]
    ui: dict[str, str]
    titles: Titles

    def answer(self, entry_id: str, today: dt.date) -> str | None:
        """The Spanish answer of a path or an entry; ``None`` where it is missing or expired."""
        return (self.routes.get(entry_id) or self.entries.get(entry_id)) if today <= self.expires else None

    def question(self, entry_id: str) -> str | None:
        """The Spanish title of a path or an entry, or ``None``."""
        return self.titles.questions.get(entry_id)

    def lawyer(self, line: str) -> str:
        """A lawyer line with its Spanish name; unchanged where there is none."""
        _name, _, rest = line.partition(": ")
        found = next((name for begin, name in self.titles.lawyers.items() if line.startswith(begin)), None)
        return line if found is None else found if ": " in found else f"{found}: {rest}"

    def said(self, response: str) -> str | None:
        """The Spanish text of a response, or ``None``."""
        return self.ui.get(SAID.get(response, "")) or self.titles.responses.get(response)

    def title(self, payload: str, english: str = "") -> str | None:
        """The Spanish title of the button with ``payload`` and the title ``english``, or ``None``."""
        if own := self.titles.buttons.get(english):
            return own
        if entry := _ENTRY.search(payload):
            return self.question(entry[1])
        named = self.ui.get(TITLES.get(payload, "")) or self.titles.buttons.get(payload)
        return named or self.titles.topics.get(payload.strip("/"))


def load_spanish(folder: Path = CONTENT) -> Spanish:
    """Reads both files; :class:`~whichpath.library.files.ContentError` names the first fault."""
    rows, name = dict(read_yaml(folder / "spanish.yml")), "spanish_titles.yml"
    rows["titles"] = validated(Titles, read_yaml(folder / name), name)
    return validated(Spanish, rows, "spanish.yml")
