"""Replays conversations into a Markdown page: `python -m bench.accuracy.conversations [FILE] > page.md`.

FILE is YAML: conversations with `id`, `about` and `turns` of `say` and `expect` (what a good reply does). Ours are in
`tests/questions/conversations.yml`. The reader judges the replies; only repetitions are counted.
"""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from testing import rest

FILE = Path(__file__).resolve().parents[2] / "tests" / "questions" / "conversations.yml"
#: Beginnings of the lines below each legal answer, which the page omits.
BELOW = ("This is general information", "Find a lawyer", "Esta es información", "Encuentre un abogado")


def shown(message: dict[str, Any]) -> str:
    """The text of a message without notice and referral, with its buttons."""
    data = (message.get("custom") or {}).get("data") or {}
    text = message.get("text") or ""
    for part in (data.get("notice"), data.get("referral")):
        text = text.replace(part, "") if isinstance(part, str) else text
    blocks = [b for b in text.split("\n\n") if not b.strip().startswith(BELOW)]
    buttons = " ".join(f"[{b['title']}]" for b in message.get("buttons") or ())
    name = data.get("question") or data.get("card")
    return "\n".join(part for part in (f"`{name}`" if name else "", "\n".join(blocks).strip(), buttons) if part)


def replay(base: str, conversation: dict[str, Any]) -> Iterator[tuple[dict[str, Any], list[str], bool]]:
    """Yields each turn, its replies, and whether a text of 25 words or more was repeated."""
    sender = f"bench-{uuid.uuid4()}"
    said: set[str] = set()
    for turn in conversation["turns"]:
        texts = [shown(message) for message in rest.say(base, sender, turn["say"])]
        long = {t for t in texts if len(t.split()) >= 25}
        yield turn, texts, bool(long & said)
        said |= long


def page(base: str, conversations: list[dict[str, Any]]) -> str:
    """All conversations as Markdown."""
    lines, turns, repeats = [], 0, 0
    for conversation in conversations:
        lines.append(f"\n## {conversation['id']}: {conversation.get('about', '')}\n")
        for turn, texts, again in replay(base, conversation):
            turns, repeats = turns + 1, repeats + again
            lines.append(f"**{turn['say']}**  \n*{turn.get('expect', '')}*\n")
            lines += ["> " + text.replace("\n", "\n> ") + "\n" for text in texts]
            lines += ["(said before)\n"] if again else []
    return "\n".join([f"{len(conversations)} conversations, {turns} turns, {repeats} repeat a text.", *lines])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", nargs="?", type=Path, default=FILE)
    parser.add_argument("--base")
    options = parser.parse_args()
    conversations = yaml.safe_load(options.file.read_text(encoding="utf-8"))
    with rest.serving(options.base) as base:
        print(page(base, conversations))


if __name__ == "__main__":
    main()
