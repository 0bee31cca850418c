"""The rules on Spanish texts: each belongs to an entry, is short, and its first sentence fits a text message."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from whichpath.library.entries import QUESTION_CHARS, SMS_CHARS, Entry
from whichpath.library.files import read_yaml
from whichpath.library.gate.fault import Fault
from whichpath.library.spanish import Spanish, load_spanish

TEXTS, TITLES = "spanish.yml", "spanish_titles.yml"
WORDS = 45
#: The subjects of answers. The first sentence must name one, because a reader may read no further.
SUBJECT = re.compile(
    r"\b(orden|órdenes|corte|juez|audiencia|cargos?|hijos?|armas|casas?|casos?|abogad[oa]|citación|declarar|testigo|papeles|"
    r"polic[ií]a|911|contacto|récord|fianza|renta|manutención|cárcel|prueba|petición|probation|condena|juicio|víctima)\b",
    re.IGNORECASE,
)
_PLACES = re.compile(r"\{\w+\}")


def opening(text: str) -> str:
    """The first sentence."""
    return re.split(r"(?<=[.?!])\s", text, maxsplit=1)[0]


def faults(root: Path, entries: Iterable[Entry]) -> Iterator[Fault]:
    """Every fault in the Spanish texts of the project at ``root``; ``entries`` are its entries."""
    spanish, known = load_spanish(root / "content"), {entry.id for entry in entries}
    for name, text in {**spanish.routes, **spanish.entries}.items():
        if name not in known:
            yield Fault(TEXTS, name, "", "there is no such entry")
        yield from (Fault(TEXTS, name, "", fault) for fault in _text(" ".join(text.split())))
    yield from _titles(spanish, known, set(read_yaml(root / "content" / "topics.yml")))
    yield from _domain(spanish, read_yaml(root / "domain.yml")["responses"])


def _text(text: str) -> Iterator[str]:
    first = opening(text)
    if len(text.split()) > WORDS:
        yield f"{len(text.split())} words, at most {WORDS}"
    if len(first) > SMS_CHARS:
        yield f"the first sentence has {len(first)} characters, at most {SMS_CHARS}"
    if not SUBJECT.search(first):
        yield "the first sentence does not name what it is about"


def _titles(spanish: Spanish, known: set[str], topics: set[str]) -> Iterator[Fault]:
    titles = spanish.titles
    for kind, wanted, given in (("question", known, titles.questions), ("topic", topics, titles.topics)):
        for name in sorted(wanted - given.keys()):
            yield Fault(TITLES, name, kind, "has no Spanish title")
        for name in sorted(given.keys() - wanted):
            yield Fault(TITLES, name, kind, f"there is no such {kind}")
    often = Counter(titles.questions.values())
    for name, title in titles.questions.items():
        if often[title] > 1:
            yield Fault(TITLES, name, "question", f"stands twice: {title}")
        if len(title) > QUESTION_CHARS:
            yield Fault(TITLES, name, "question", f"{len(title)} characters, at most {QUESTION_CHARS}")
        if title.count("¿") != title.count("?"):
            yield Fault(TITLES, name, "question", f"¿ and ? do not match: {title}")


def _domain(spanish: Spanish, responses: dict[str, list[dict[str, object]]]) -> Iterator[Fault]:
    for name, text in spanish.titles.responses.items():
        if name not in responses:
            yield Fault(TITLES, name, "response", "domain.yml has no such response")
        elif set(_PLACES.findall(text)) != set(_PLACES.findall(str(responses[name][-1].get("text")))):
            yield Fault(TITLES, name, "response", "does not fill the same places as the English")
    for name, variants in responses.items():
        for button in variants[-1].get("buttons") or ():  # type: ignore[attr-defined]
            if not spanish.title(button["payload"], button["title"]):
                yield Fault(TITLES, name, "button", f"{button['title']} ({button['payload']}) has no Spanish title")
