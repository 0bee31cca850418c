"""Measures the height of answers on a phone: ``python -m bench.accuracy.cards [address]``.

One conversation in Chromium at a width of 360 px, with answers from the server and the widget of this checkout. Exit
status 1 where a limit is exceeded.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.accuracy.screens import CLOTHES, FIRST, SIZES, Visitor, context_of
from testing.servers import QUIET, Servers, find_chromium

TURN, SIX, WORDS, PHONE = 1100, 6500, 90, 360
ASKED = (
    FIRST,
    CLOTHES,
    "what if she doesnt show up",
    "do i need a lawyer",
    "she keeps texting me do i answer",
    "what proof do i need",
    "what happens at the hearing",
    "can i keep my guns",
    "who can end the order",
    "how do i file a motion",
    "how long does an order last",
    "what about my kids",
)
#: Measures a turn: title, height, words before the folds, words with all folds open, notice lines, lawyer links.
MEASURE = """log => {
  const turn = [...log.querySelectorAll('.turn')].pop(), card = turn.querySelector('.card');
  const count = nodes => nodes.map(n => n.innerText.trim()).join(' ').split(/\\s+/).filter(Boolean).length;
  const line = card?.querySelector('.legal summary') ?? card?.querySelector('.legal p');
  const range = document.createRange();
  if (line) range.selectNodeContents(line);
  const lines = line ? new Set([...range.getClientRects()].map(r => Math.round(r.top))).size : 0;
  const before = card ? count([card.querySelector('h3'), card.querySelector('.told')]) : 0;
  const folds = card ? [...card.querySelectorAll('details')] : [];
  folds.forEach(fold => fold.open = true);
  const all = count([turn]);
  folds.forEach(fold => fold.open = false);
  return {
    title: card?.querySelector('h3')?.textContent ?? '', before, all, lines,
    px: Math.round(turn.lastElementChild.getBoundingClientRect().bottom - turn.getBoundingClientRect().top),
    links: card ? card.querySelectorAll('.lawyer a').length : 0,
  };
}"""


def rows(page: Page, address: str) -> list[dict[str, object]]:
    """One row per question; the questions are asked in one conversation."""
    person = Visitor(page, address)
    found = []
    for text in ASKED:
        person.say(text)
        found.append({"asked": text, **person.log.evaluate(MEASURE)})
    return found


def table(found: list[dict[str, object]]) -> str:
    """The rows as a Markdown table."""
    head = (
        "| asked | card | px | screens | words before the folds | words with all open | lines of notice | "
        "lawyer links |"
    )
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    for row in found:
        screens = float(str(row["px"])) / SIZES[PHONE]
        names = [row[n] for n in ("asked", "title", "px")]
        rest = [row[n] for n in ("before", "all", "lines", "links")]
        lines.append("| " + " | ".join(map(str, [*names, f"{screens:.2f}", *rest])) + " |")
    return "\n".join(lines)


def measure(address: str) -> bool:
    """Prints the table; returns whether every limit is kept."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        page = context_of(browser, PHONE, dark=False).new_page()
        found = rows(page, address)
        six = page.get_by_role("log").evaluate(
            "e => { const t = e.querySelectorAll('.turn'), end = t[5].lastElementChild.getBoundingClientRect().bottom;"
            " return Math.round(end - t[0].getBoundingClientRect().top) }"
        )
        browser.close()
    print(table(found))
    kept = six <= SIX and all(
        int(str(row["px"])) <= TURN and int(str(row["before"])) <= WORDS and row["lines"] == 1 for row in found
    )
    print(f"\nsix turns: {six} px of {SIX}; every bar kept: {'yes' if kept else 'no'}")
    return kept


def main() -> None:
    """The command line."""
    if len(sys.argv) > 1:
        sys.exit(not measure(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder))
        servers.start()
        try:
            kept = measure(servers.address)
        finally:
            servers.stop()
    sys.exit(not kept)


if __name__ == "__main__":
    main()
