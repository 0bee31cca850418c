"""Writes ``reports/states.html``: all jurisdictions on the main routes, to proof-read: ``python -m bench.accuracy.states``.

With ``--source FILE`` (the compilation that the packs come from) it also says of each fact there that was
seen whether people are shown it, and why not; what is neither ends the command with 1.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from whichpath.library.files import read_yaml
from whichpath.library.situation import Situation
from whichpath.library.states.pack import FIELDS, Fact, Pack
from whichpath.library.states.packs import Local, States, load_states

ROOT = Path(__file__).resolve().parents[2]
ROUTES = {
    "Protected, temporary": Situation("civil_order", "protected", "temporary"),
    "Protected, final": Situation("civil_order", "protected", "final"),
    "Restrained, temporary": Situation("civil_order", "restrained", "temporary"),
    "Restrained, final": Situation("civil_order", "restrained", "final"),
}
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem; color: #1a1a1a; }
nav { columns: 8; font-size: 13px; } h2 { margin: 2.5rem 0 .3rem; border-top: 2px solid #888; padding-top: .6rem; }
.routes { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1rem; }
section { border: 1px solid #bbb; border-radius: 6px; padding: .6rem .8rem; overflow-wrap: anywhere; }
h3 { margin: 0 0 .4rem; font-size: 14px; } pre { white-space: pre-wrap; font: inherit; margin: 0; }
.sms { background: #eef4ea; padding: .3rem .5rem; margin-top: .6rem; font-size: 13px; }
details { font-size: 12px; margin-top: .5rem; } .lacks { color: #8a3b00; font-size: 13px; }
"""


def _route(name: str, local: Local) -> str:
    sources = "".join(
        f"<li>{escape(s.title)}" + (f' <a href="{escape(s.url)}">{escape(s.url)}</a>' if s.url else "") + "</li>"
        for s in local.sources
    )
    return (
        f"<section><h3>{escape(name)}</h3><pre>{escape(local.text)}</pre>"
        f'<div class="sms">SMS, {len(local.sms)}: {escape(local.sms)}</div>'
        f"<details open><summary>{len(local.sources)} sources</summary><ul>{sources}</ul></details></section>"
    )


def _lacks(states: States, code: str, today: dt.date) -> str:
    """What the pack does not show, and why."""
    pack, lines = states.packs[code], []
    for field in FIELDS:
        hidden = [f for f in pack.looked_up.get(field, pack.facts.get(field, ())) if not f.shown(today)]
        reasons = [pack.withheld[field]] if field in pack.withheld else []
        reasons += [f"{f.value}: {f.doubt or f.confidence}" for f in hidden]
        if field in pack.unknown and not pack.looked_up.get(field):
            reasons.append(pack.unknown[field])
        lines += [f"<li>{escape(field)}: {escape(reason)}</li>" for reason in reasons]
    return f'<ul class="lacks">{"".join(lines)}</ul>' if lines else ""


def page(states: States, today: dt.date) -> str:
    """The whole page."""
    nav = "".join(f'<div><a href="#{code}">{escape(pack.name)}</a></div>' for code, pack in states.packs.items())
    blocks = []
    for code, pack in states.packs.items():
        routes = "".join(_route(name, states.told(code, who, today)) for name, who in ROUTES.items())
        blocks.append(
            f'<h2 id="{code}">{escape(pack.name)} ({code})</h2>{_lacks(states, code, today)}'
            f'<div class="routes">{routes}</div>'
        )
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>State packs</title><style>{STYLE}</style>'
    title = f"<h1>{len(states.packs)} jurisdictions, {len(ROUTES)} routes, as shown on {today}</h1>"
    return f"{head}<body>{title}<nav>{nav}</nav>{''.join(blocks)}</body></html>"


def fates(states: States, rows: list[Mapping[str, Any]], today: dt.date) -> Iterator[tuple[str, str, str]]:
    """Of each value of the compilation: (code, field, what became of it). «lost» is a fault, the rest has a reason."""
    for row in rows:
        code = row["code"]
        pack = states.packs[code]
        told = {fact for who in ROUTES.values() for fact in states.told(code, who, today).facts}
        for field in FIELDS:
            given = row.get(field) or []
            for fact in given if isinstance(given, list) else [given]:
                if fact["value"] is not None:
                    yield code, field, _fate(pack, field, fact, told | set(_referred(states, code, today)), today)


def _referred(states: States, code: str, today: dt.date) -> Iterator[Fact]:
    """What stands in the way to a lawyer below each answer."""
    lines = "\n".join(states.lawyers(code, today))
    for field in states.words.lawyers:
        yield from (f for f in states.facts(code, field, today) if str(f.value) in lines)


def _fate(pack: Pack, field: str, given: Mapping[str, Any], told: set[Fact], today: dt.date) -> str:
    if given["confidence"] != "seen":
        return "not shown: from memory"
    kept = [f for f in pack.facts.get(field, ()) if f.value == given["value"] and f.source == given.get("source")]
    if not kept:
        return "lost: not in the pack"
    if field in pack.withheld:
        return f"withheld: {pack.withheld[field]}"
    if field in pack.looked_up:
        shown = [f for f in pack.looked_up[field] if f.shown(today)]
        return "looked up again" if shown and set(shown) & told else "lost: looked up, and not told"
    fact = kept[0]
    if fact.doubt:
        return f"withheld: {fact.doubt}"
    number = pack.facts[field].index(fact) + 1
    if any(line.fact == field and line.number == number and not line.text for line in pack.told):
        return "withheld: left out by hand, see content/states/NOTES.md"
    if fact in told:
        return "shown"
    return "never linked (spam host)" if "asbar.org" in str(fact.value) else "lost: nothing tells it"


def audit(states: States, source: Path, today: dt.date) -> int:
    """Prints what became of the facts of ``source``; returns how many were lost or have no source."""
    found = list(fates(states, read_yaml(source)["jurisdictions"], today))
    for code, field, fate in found:
        if fate.startswith(("lost", "withheld", "never")):
            print(f"{code}  {field}: {fate}")
    bare = [
        fact
        for code, pack in states.packs.items()
        for who in ROUTES.values()
        for fact in states.told(pack.code, who, today).facts
        if not fact.source
    ]
    counts = Counter(fate.split(":")[0] for _, _, fate in found)
    print("; ".join(f"{number} {name}" for name, number in counts.most_common()))
    print(f"{len(found)} facts in the compilation, {counts['lost']} lost, {len(bare)} told without a source.")
    return counts["lost"] + len(bare)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy.states", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "states.html")
    parser.add_argument("--today", type=dt.date.fromisoformat, default=dt.date.today())
    parser.add_argument("--source", type=Path, help="the compilation (jurisdictions.yml) to compare with")
    given = parser.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    states = load_states()
    given.out.write_text(page(states, given.today), encoding="utf-8")
    print(f"{len(states.packs)} jurisdictions: {given.out}")
    if given.source and audit(states, given.source, given.today):
        sys.exit(1)


if __name__ == "__main__":
    main()
