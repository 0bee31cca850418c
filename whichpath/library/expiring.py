"""Lists what expires, and when. Expiry is not a fault: an expired answer says so itself."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whichpath.library.files import CONTENT, read_yaml


def dated(node: Any, name: str = "") -> Iterator[tuple[dt.date, str]]:
    """Every ``expires`` date in ``node``, with its place."""
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
    """What is expired, or will expire within ``days`` days; earliest first, each place once."""
    last = today + dt.timedelta(days=days)
    found = {
        (date, f"{path.relative_to(folder)}: {name or path.stem}")
        for path in folder.rglob("*.yml")
        for date, name in dated(read_yaml(path))
        if date <= last
    }
    return sorted(found)


def by_date(folder: Path = CONTENT) -> list[tuple[dt.date, int, int]]:
    """Each expiry date with the number of rows and of files; earliest first."""
    rows = [(date, path) for path in folder.rglob("*.yml") for date, _name in dated(read_yaml(path))]
    counts, files = Counter(date for date, _ in rows), {(date, path) for date, path in rows}
    per_date = Counter(date for date, _ in files)
    return [(date, counts[date], per_date[date]) for date in sorted(counts)]
