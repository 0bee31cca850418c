"""Prints the states and dates that are recognised in messages: ``python -m bench.accuracy.understood``.

Reads the tables of ``tests/nlu``; a row whose result differs from the table is marked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from whichpath.library.files import read_yaml
from whichpath.nlu.dates import spans as date_spans
from whichpath.nlu.places import names as place_names

TABLES = Path(__file__).resolve().parents[2] / "tests" / "nlu"


class Row(NamedTuple):
    """One message: its date (``None`` for states), the expected and the actual result."""

    on: dt.date | None
    text: str
    wanted: str
    got: str


def states(folder: Path = TABLES) -> Iterator[Row]:
    """The rows of ``place_cases.yml``: codes, the state that made the order first."""
    cases = read_yaml(folder / "place_cases.yml")
    for text, wanted in {**cases["named"], **dict.fromkeys(cases["not_named"], "")}.items():
        yield Row(None, text, wanted, " ".join(place.code for place in place_names.find(text)))


def days(folder: Path = TABLES) -> Iterator[Row]:
    """The rows of ``date_cases.yml``: the first date found, ISO 8601."""
    for today, texts in read_yaml(folder / "date_cases.yml").items():
        for text, wanted in texts.items():
            found = date_spans.find(text, today)
            yield Row(today, text, wanted, found[0].date.isoformat() if found else "")


def table(rows: list[Row], title: str) -> str:
    """The rows, one per line, and the number of correct ones."""
    lines = [title, ""]
    for row in rows:
        mark = "" if row.got == row.wanted else f"   <-- wanted {row.wanted or 'nothing'}"
        on = f"{row.on:%a %Y-%m-%d}  " if row.on else ""
        lines.append(f"{on}{row.got or '-':<10}  {row.text!r}{mark}")
    right = sum(row.got == row.wanted for row in rows)
    naming = sum(bool(row.wanted) for row in rows)
    return "\n".join(
        [*lines, "", f"{right} of {len(rows)} as wanted ({naming} that name one, {len(rows) - naming} not)."]
    )


def main() -> None:
    """The command line."""
    print(table(list(states()), "States"), "", table(list(days()), "Days in court"), sep="\n")


if __name__ == "__main__":
    main()
