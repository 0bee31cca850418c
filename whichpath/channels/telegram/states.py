"""The states as buttons, in pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from whichpath.channels.telegram.render import Keyboard, token
from whichpath.library.states.packs import load_states
from whichpath.library.wording_telegram import load_wording

#: States on a page, in two columns.
PAGE, COLUMNS = 14, 2


@lru_cache(maxsize=1)
def pages() -> list[list[tuple[str, str]]]:
    """Name and payload of every state, by its name."""
    rows = sorted((pack.name, f'/inform{{"state": "{code}"}}') for code, pack in load_states().packs.items())
    return [rows[start : start + PAGE] for start in range(0, len(rows), PAGE)]


def state_rows(page: int, turn: Callable[[int], str]) -> Keyboard:
    """The buttons of a page and of the page navigation. ``turn``: the data of a navigation button."""
    shown, words = pages()[page], load_wording()
    cells = [{"text": name, "callback_data": token(payload)} for name, payload in shown]
    rows = [cells[start : start + COLUMNS] for start in range(0, len(cells), COLUMNS)]
    around = [(page - 1, words.page_back), (page + 1, words.page_on)]
    ways = [
        {"text": form.format(first=pages()[other][0][0], last=pages()[other][-1][0]), "callback_data": turn(other)}
        for other, form in around
        if 0 <= other < len(pages())
    ]
    return [*rows, *([way] for way in ways)]
