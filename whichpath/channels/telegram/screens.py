"""Renders a Telegram message: an answer in bold, its sections behind buttons that edit the message.

A message is stored with the conversation as a card, a plain dict, as long as its buttons work. The button's data says
which section is open and which page of the states is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from whichpath.channels.output import Message, data_of
from whichpath.channels.telegram.render import LIMIT, Keyboard, keyboard, length, split
from whichpath.channels.telegram.states import state_rows
from whichpath.library.wording_telegram import load_wording

#: JSON: ``blocks`` (each ``text``, ``bold``, ``answer``, ``foot``, ``sections``), ``rows``, ``states``, ``lang``.
Card = dict[str, Any]
_PRESS = re.compile(r"([fg]):([A-Za-z0-9_-]{8,16}):(\d{1,2}|-):(\d{1,2})")


@dataclass(frozen=True)
class Press:
    """A button that changes its own message. ``section``: the open one, if any; ``turns``: the buttons alone change."""

    card: str
    section: int | None
    page: int
    turns: bool = False

    def data(self) -> str:
        """The data of the button."""
        section = "-" if self.section is None else self.section
        return f"{'g' if self.turns else 'f'}:{self.card}:{section}:{self.page}"


def press_of(data: str) -> Press | None:
    """The press; ``None`` for the data of any other button."""
    match = _PRESS.fullmatch(data) if data.isascii() else None
    if match is None:
        return None
    return Press(match[2], None if match[3] == "-" else int(match[3]), int(match[4]), match[1] == "g")


# --- a turn as cards ---


def cards(messages: Sequence[Message]) -> list[Card]:
    """The text of a turn in as few messages as possible, the choices below the last."""
    found: list[Card] = []
    for block in (_block(message) for message in messages if str(message.get("text") or "").strip()):
        if found and _fits({**found[-1], "blocks": [*found[-1]["blocks"], block]}):
            found[-1]["blocks"].append(block)
        elif _fits(_card([block])):
            found.append(_card([block]))
        else:
            found += [_card([{"text": piece}]) for piece in split(_whole(block))]
    if found:
        asked = [data_of(message) for message in messages]
        found[-1]["rows"] = keyboard(messages)
        found[-1]["states"] = any(data.get("ask") == "state" for data in asked)
        found[-1]["lang"] = next((str(data["lang"]) for data in reversed(asked) if data.get("lang")), "en")
    return found


def _card(blocks: list[dict[str, Any]]) -> Card:
    return {"blocks": blocks, "rows": [], "states": False, "lang": "en"}


def _block(message: Message) -> dict[str, Any]:
    text, data = str(message["text"]).strip(), data_of(message)
    sections = [[str(fold["title"]).strip(), str(fold["text"]).strip()] for fold in data.get("sections") or ()]
    answer, notice = str(data.get("answer") or "").strip(), str(data.get("notice") or "").strip()
    foot = text.rfind(f"\n\n{notice}") if notice else -1
    if not data.get("legal") or not answer or answer not in text or foot < 0:
        return {"text": text, "foot": "", "sections": sections}
    # The general answer is bold; lines of the state and further lines are below it in plain type.
    general = str((data.get("brief") or {}).get("answer") or answer).strip()
    bold = (general if general in answer else answer).split("\n", 1)[0].strip()
    return {"text": text, "bold": bold, "answer": answer, "foot": text[foot:].strip(), "sections": sections}


def _whole(block: dict[str, Any]) -> str:
    """A message too long for buttons: its sections are shown open, before the notice."""
    head, foot = block["text"], block["foot"]
    head = head[: len(head) - len(foot)].strip()
    return "\n\n".join(filter(None, [head, *(f"{title}: {text}" for title, text in block["sections"]), foot]))


def sections(card: Card) -> list[list[str]]:
    """Title and text of each section."""
    return [section for block in card["blocks"] for section in block.get("sections") or ()]


def opens(card: Card) -> bool:
    """Whether the card has sections and must be stored."""
    return bool(sections(card)) or bool(card["states"])


def _fits(card: Card) -> bool:
    return all(length(shown(card, number)[0]) <= LIMIT for number in (None, *range(len(sections(card)))))


# --- a card as a Telegram message ---


class _Text:
    """Text and its bold spans (entities), counted in UTF-16 units, so that nothing has to be escaped."""

    def __init__(self) -> None:
        self.text = ""
        self.entities: list[dict[str, Any]] = []

    def add(self, words: str, bold: str = "", gap: str = "\n\n") -> None:
        start = self.text + gap if self.text else ""
        at = words.find(bold) if bold else -1
        if at >= 0:
            offset = length(start) + length(words[:at])
            self.entities.append({"type": "bold", "offset": offset, "length": length(bold)})
        self.text = start + words


def shown(card: Card, section: int | None) -> tuple[str, list[dict[str, Any]]]:
    """The text of a message and its bold spans. An open section replaces the steps."""
    said, number = _Text(), 0
    for block in card["blocks"]:
        own = block.get("sections") or []
        opened = own[section - number] if section is not None and 0 <= section - number < len(own) else None
        number += len(own)
        if opened is None:
            said.add(block["text"], block.get("bold") or "")
            continue
        title, text = opened
        said.add(block.get("answer") or block["text"], block.get("bold") or "")
        said.add(title, title)
        said.add(text, gap="\n")
        if block.get("foot"):
            said.add(block["foot"])
    return said.text, said.entities


def buttons(card: Card, name: str, section: int | None = None, page: int = 0) -> Keyboard:
    """The buttons below a message: sections, states, choices."""
    words, rows = load_wording(), []
    if section is not None:
        back = words.back.get(card["lang"]) or words.back["en"]
        rows.append([{"text": back, "callback_data": Press(name, None, page).data()}])
    for number, (title, _text) in enumerate(sections(card)):
        if number != section:
            data = Press(name, number, page).data()
            rows.append([{"text": words.fold.format(title=title), "callback_data": data}])
    if card["states"]:
        rows += state_rows(page, lambda other: Press(name, section, other, turns=True).data())
    return [*rows, *card["rows"]]
