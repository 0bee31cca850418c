"""Writes ``content/states/<CODE>.yml`` from a compilation of state law: ``python -m bench.accuracy.build_states FILE``.

Repeatable: ``facts`` and ``unknown`` of a pack are made anew, whatever stands above them was written
by hand (times, words, doubts, facts looked up again) and is kept. Run it when the compilation was
checked again, with new ``--reviewed`` and ``--expires`` dates, then read ``git diff content/states``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from whichpath.console import Stop, done, fail
from whichpath.library.files import CONTENT, ContentError, read_yaml, validated
from whichpath.library.states.pack import FIELDS, Pack

REVIEWED, EXPIRES = dt.date(2026, 11, 22), dt.date(2027, 7, 31)
#: Kept from the pack that is there, in this order, before ``unknown`` and ``facts``.
BY_HAND = ("timezone", "hearing", "who_may_ask", "told", "withheld", "looked_up")
#: A number is only as good as its section: fields whose value is a count of days or years.
NUMBERS = ("hearing_days", "max_length")
_FROM_MEMORY = re.compile(r"\((?:[^()]*\b)?memory\)")

#: The zone most people of the jurisdiction live in; it decides when a reminder is sent.
ZONES = {
    "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO MT NM UT WY",
    "America/Boise": "ID",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR",
    "America/St_Thomas": "VI",
    "Pacific/Guam": "GU",
    "Pacific/Saipan": "MP",
    "Pacific/Pago_Pago": "AS",
}
ZONE_OF = {code: zone for zone, codes in ZONES.items() for code in codes.split()}
HEADER = (
    "# Edit everything above `unknown` by hand; `unknown` and `facts` come from bench/accuracy/build_states.py.\n"
    "# What the fields mean: whichpath/library/states/pack.py. Only facts that were seen in a source are shown.\n"
)


class _Dumper(yaml.SafeDumper):
    """Block style with lists indented, as the other content files have it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indents a list below its key."""
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Writes the same date again: `*id001` is nothing a lawyer can edit."""
        return True


def without_memory(citation: str | None) -> tuple[str | None, bool]:
    """``citation`` without the sections that were written from memory, and whether nothing sure is left."""
    if not citation:
        return None, False
    sure = []
    for part in citation.split(";"):
        # «RCW 7.105 (§ .305 by memory)» doubts the bracket alone, «RCW 7.105 (memory)» the section.
        bracket = _FROM_MEMORY.search(part)
        if bracket is None:
            sure.append(part.strip())
        elif bracket.group() != "(memory)":
            sure.append(_FROM_MEMORY.sub("", part).strip())
    return "; ".join(sure) or None, not sure


def fact_of(field: str, row: Mapping[str, Any], dates: Mapping[str, dt.date]) -> dict[str, Any]:
    """One fact of the compilation in the schema of the packs."""
    citation, none_left = without_memory(row.get("citation"))
    fact = {
        "value": row["value"],
        "citation": citation,
        "source": row.get("source"),
        "source_kind": row.get("source_kind"),
        "confidence": row["confidence"],
        "note": row.get("note"),
    }
    if none_left:
        note = f"Section from memory: {_FROM_MEMORY.sub('', row['citation']).strip()}."
        fact["note"] = f"{fact['note']} {note}" if fact["note"] else note
        if field in NUMBERS and re.search(r"\d", str(row["value"])):
            fact["doubt"] = "The section for this number was not seen."
    return {name: value for name, value in {**fact, **dates}.items() if value is not None}


def pack_of(row: Mapping[str, Any], kept: Mapping[str, Any], dates: Mapping[str, dt.date]) -> dict[str, Any]:
    """The pack of one jurisdiction: what is ``kept`` by hand, and the facts of ``row``."""
    pack: dict[str, Any] = {"code": row["code"], "name": row["name"], "kind": row["kind"]}
    pack["timezone"] = ZONE_OF[row["code"]]
    pack |= {name: kept[name] for name in BY_HAND if kept.get(name)}
    facts, unknown = {}, {}
    for field in FIELDS:
        given = row.get(field) or []
        rows = given if isinstance(given, list) else [given]
        facts[field] = [fact_of(field, r, dates) for r in rows if r["value"] is not None]
        if not facts[field]:
            del facts[field]
            unknown[field] = next((r["note"] for r in rows if r.get("note")), "Not found.")
    pack |= {"unknown": unknown, "facts": facts}
    return {name: value for name, value in pack.items() if value}


def write(pack: Mapping[str, Any], path: Path) -> None:
    """Writes ``pack`` after checking it, so that a broken one never takes the place of a good one."""
    validated(Pack, pack, path.name)
    text = yaml.dump(dict(pack), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=118)
    path.write_text(HEADER + text, encoding="utf-8")


def build(source: Path, folder: Path, reviewed: dt.date, expires: dt.date) -> int:
    """Writes all packs. Returns their number."""
    rows = read_yaml(source)["jurisdictions"]
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        path = folder / f"{row['code']}.yml"
        kept = read_yaml(path) if path.exists() else {}
        write(pack_of(row, kept, {"reviewed": reviewed, "expires": expires}), path)
    return len(rows)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy.build_states", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="the compilation (jurisdictions.yml)")
    parser.add_argument("--folder", type=Path, default=CONTENT / "states")
    parser.add_argument("--reviewed", type=dt.date.fromisoformat, default=REVIEWED)
    parser.add_argument("--expires", type=dt.date.fromisoformat, default=EXPIRES)
    given = parser.parse_args()
    try:
        number = build(given.file, given.folder, given.reviewed, given.expires)
    except (ContentError, Stop) as error:
        fail(str(error))
    else:
        done(f"{number} packs in {given.folder}.")


if __name__ == "__main__":
    main()
