"""Prints which cards tell which fact: ``make facts``. Exit 1 where a fact is told by none."""

from __future__ import annotations

import sys

from whichpath.library.cards import Card, load_library
from whichpath.library.files import CONTENT, read_yaml


def rows() -> list[tuple[str, str, list[str]]]:
    """(fact id, meaning, ids of the cards that tell it), in the order of ``content/facts.yml``."""
    cards = list(load_library())
    facts = read_yaml(CONTENT / "facts.yml")
    return [(key, row["fact"], _told_by(key, cards)) for key, row in facts.items()]


def _told_by(key: str, cards: list[Card]) -> list[str]:
    """Cards that tell fact ``key``. The X rows are the notice and the referral, attached to every card."""
    if key.startswith("X"):
        return ["every card (whichpath/pathway/compose.py)"]
    return [card.id for card in cards if key in card.facts]


def main() -> int:
    """Prints the table."""
    table = rows()
    for key, meaning, cards in table:
        print(f"{key:3} {meaning[:78]:78} {', '.join(cards) or 'NO CARD'}")
    untold = [key for key, _, cards in table if not cards]
    print(f"\n{len(table)} facts, {len(table) - len(untold)} told")
    return 1 if untold else 0


if __name__ == "__main__":
    sys.exit(main())
