"""The seven main situations (``tests/e2e/routes.yml``), for channels that show only titles."""

from pathlib import Path

import yaml

from whichpath.library.entries import load_answers

ROOT = Path(__file__).parents[2]
ROUTES = yaml.safe_load((ROOT / "tests/e2e/routes.yml").read_text())
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text())["responses"]
LIBRARY = load_answers()
#: One sentence per situation. NLU accuracy is measured elsewhere (tests/e2e, bench).
CASES = [(route, row["says"][0]) for route, row in ROUTES.items()]
TURNS = 5
#: Entries shown in place of a path.
INSTEAD = {"lift_no_contact": "criminal_no_contact_order"}


def told_by(title):
    """All payloads of buttons with this title in the dialogue."""
    return {b["payload"] for rows in DOMAIN.values() for b in rows[0].get("buttons") or () if b["title"] == title}


def choice_of(titles, person):
    """The number of the title that applies to the person, or ``None``."""
    for number, title in enumerate(titles, 1):
        for payload in told_by(title):
            for fact, value in person.items():
                if f'"{fact}": "{value}"' in payload and "alongside" not in payload and "/correct" not in payload:
                    return number
    return None


def route_of(text, form):
    """The route whose answer ``text`` contains in its ``sms`` or ``text`` form."""
    said = " ".join(text.split())
    for entry in LIBRARY:
        for variant in entry.variants if entry.topic == "path" or entry.id in INSTEAD else ():
            words = variant.sms if form == "sms" else variant.answer
            if " ".join(words.split())[:60] in said:
                return INSTEAD.get(entry.id, entry.id)
    return None
