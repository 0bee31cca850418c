"""Writes ``reports/states.html``: all jurisdictions on the main routes, to proof-read: ``python -m bench.states``."""

from __future__ import annotations

import argparse
import datetime as dt
from html import escape
from pathlib import Path

from actions.pathway.situation import Situation
from actions.pathway.state_pack import FIELDS
from actions.pathway.states import Local, States, load_states

ROOT = Path(__file__).resolve().parents[1]
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


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.states", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "states.html")
    parser.add_argument("--today", type=dt.date.fromisoformat, default=dt.date.today())
    given = parser.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    states = load_states()
    given.out.write_text(page(states, given.today), encoding="utf-8")
    print(f"{len(states.packs)} jurisdictions: {given.out}")


if __name__ == "__main__":
    main()
