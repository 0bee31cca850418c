"""Lists every address in ``content/``, its origin, and whether it is linked.

``python -m bench.accuracy.links``

No address is opened: the list is the input of a link check.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from whichpath.library.files import CONTENT, read_yaml
from whichpath.library.states.pack import link

_ADDRESS = re.compile(r"https?://[^\s'\"<>)]+")
_OFFICIAL = re.compile(r"(?:\.gov|\.us|\.mil)$|court|judici|(?:^|\.)(?:oscn\.net|lasc\.org)$")
#: Sources that are named but not linked (whichpath/library/states/words.py).
_NAMED_ONLY = ("secondary",)


class Link(NamedTuple):
    """One address: its host, its place, how it is known, and whether it is linked."""

    address: str
    host: str
    where: str
    known: str
    linked: bool


def links(folder: Path = CONTENT) -> list[Link]:
    """Every address in ``folder``, each place once."""
    found = set()
    for path in sorted(folder.rglob("*.yml")):
        where = str(path.relative_to(folder))
        rows = _facts(read_yaml(path)) if path.parent.name == "states" else _plain(read_yaml(path))
        found |= {Link(a, urlsplit(a).hostname or "", where, known, linked) for a, known, linked in rows}
    return sorted(found)


def _facts(pack: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """The addresses of a state pack, with how the fact is known and whether it is linked."""
    replaced = pack.get("looked_up") or {}
    for group in ("facts", "looked_up"):
        for field, rows in (pack.get(group) or {}).items():
            for row in rows:
                old = group == "facts" and field in replaced
                kind = row.get("source_kind") or "from memory"
                seen = row["confidence"] == "seen" and not row.get("doubt") and not old
                value, source = str(row["value"]), str(row.get("source") or "")
                if value.startswith("http"):
                    known = "page read" if value == source else "listed, not opened" if kind == "code_list" else kind
                    yield value, known, seen and link(value) is not None
                if source.startswith("http") and source != value:
                    linked = seen and kind not in _NAMED_ONLY and link(source) is not None
                    yield source, f"page read, {kind}", linked
    for line in pack.get("told") or ():
        yield from ((address, "page read", True) for address in _ADDRESS.findall(line["text"]))


def _plain(node: Any) -> Iterator[tuple[str, str, bool]]:
    """The addresses of any other file: sources of entries, nationwide help."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from ((a, k, linked and key != "source") for a, k, linked in _plain(value))
    elif isinstance(node, list):
        for value in node:
            yield from _plain(value)
    elif isinstance(node, str):
        yield from ((address.rstrip(".,"), "page read", True) for address in _ADDRESS.findall(node))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy.links", description=__doc__)
    parser.add_argument("--linked", action="store_true", help="only what people are sent to")
    given = parser.parse_args()
    rows = [row for row in links() if row.linked or not given.linked]
    for row in rows:
        kind = "official" if _OFFICIAL.search(row.host) else "other"
        print("\t".join([row.where, "linked" if row.linked else "not linked", row.known, kind, row.address]))
    counts = Counter((row.known.split(",")[0], row.linked) for row in rows)
    for (known, linked), number in counts.most_common():
        print(f"{number:5}  {known}, {'linked' if linked else 'not linked'}")
    print(f"{len({row.address for row in rows})} addresses on {len({row.host for row in rows})} hosts.")


if __name__ == "__main__":
    main()
