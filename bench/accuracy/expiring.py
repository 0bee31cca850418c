"""Lists what goes past its date within N days: ``python -m bench.accuracy.expiring 60``. Always ends with 0: age is no fault."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whichpath.library.files import CONTENT, read_yaml


def dated(node: Any, name: str = "") -> Iterator[tuple[dt.date, str]]:
    """Everything in ``node`` that has an ``expires``, with where it stands."""
    if isinstance(node, dict):
        own = str(node.get("id") or node.get("code") or "")
        here = f"{name} {own}".strip()
        if isinstance(node.get("expires"), dt.date):
            yield node["expires"], here
        for key, value in node.items():
            yield from dated(value, here if key in ("facts", "looked_up") else f"{here} {key}".strip())
    elif isinstance(node, list):
        for value in node:
            yield from dated(value, name)


def expiring(days: int, today: dt.date, folder: Path = CONTENT) -> list[tuple[dt.date, str]]:
    """What is past its date, or will be in ``days`` days; soonest first, each place once."""
    last = today + dt.timedelta(days=days)
    found = {
        (date, f"{path.relative_to(folder)}: {name or path.stem}")
        for path in folder.rglob("*.yml")
        for date, name in dated(read_yaml(path))
        if date <= last
    }
    return sorted(found)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy.expiring", description=__doc__)
    parser.add_argument("days", type=int, nargs="?", default=60)
    parser.add_argument("--today", type=dt.date.fromisoformat, default=dt.date.today())
    given = parser.parse_args()
    rows = expiring(given.days, given.today)
    for date, name in rows:
        left = (date - given.today).days
        print(f"{date}  {'past' if left < 0 else f'{left} days'}  {name}")
    print(f"{len(rows)} to check within {given.days} days.")


if __name__ == "__main__":
    main()
