"""Pages for operators, to be opened from disk: what was not answered (``whichpath insights``), and any answer as it is
shown on each channel (``whichpath preview --html``). The templates are in ``whichpath/server/pages``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from string import Template

from whichpath.console import Stop
from whichpath.library.expiring import expiring
from whichpath.library.situation import Situation
from whichpath.pathway.routes import route_of
from whichpath.registry import channels
from whichpath.server.preview import library
from whichpath.server.review import waiting
from whichpath.settings import ROOT
from whichpath.store.insights import LEAST, Cell

PAGES = Path(__file__).with_name("pages")
OUT = ROOT / "reports"
#: Days ahead for the list of what expires; its most rows.
AHEAD, ROWS = 60, 200


def _row(name: object, value: object) -> str:
    return f"<tr><td>{escape(str(name))}<td>{escape(str(value))}"


def _cells(rows: Mapping[str, Cell]) -> str:
    """Largest first; counts below the threshold are ordered by name, so that the order reveals nothing."""
    return "".join(_row(name, rows[name]) for name in sorted(rows, key=lambda name: (-(rows[name].shown or 0), name)))


def insights_page(
    report: Mapping[tuple[str, str], Cell],
    by_day: Mapping[str, Cell],
    days: int,
    today: dt.date,
    alarms: Iterable[tuple[str, str]] = (),
) -> str:
    """What was not answered, what expires, what waits, and the firing alarms (``alarms.ringing``), as one page."""
    kinds = ("fallback", "question", "state", "out_of_scope", "unavailable")
    tables = {kind: _cells({name: cell for (of, name), cell in report.items() if of == kind}) for kind in kinds}
    soon: Iterable[str] = (_row(name, date) for date, name in expiring(AHEAD, today)[:ROWS])
    lines = (line.partition(" ") for line in waiting())
    return Template((PAGES / "insights.html").read_text(encoding="utf-8")).substitute(
        tables,
        by_day="".join(_row(day, by_day[day]) for day in sorted(by_day)),
        days=days,
        today=today,
        least=LEAST,
        ahead=AHEAD,
        expiring="".join(soon),
        waiting="".join(_row(name, about.strip()) for name, _space, about in lines),
        alarms="".join(_row(name, why) for name, why in alarms) or _row("None rings", ""),
    )


def preview_page(entry_id: str, known: Situation, today: dt.date) -> str:
    """Every variant of an entry that fits the known situation: on the web, and as a text.

    Raises:
        Stop: there is no such entry.
    """
    answers, composer = library()
    if entry_id not in answers:
        raise Stop(f"There is no entry '{entry_id}'.")
    entry = answers[entry_id]
    variants = []
    for number in entry.choices(known):
        shown = composer.entry(entry, number, known, route_of(known))
        folds = "".join(
            f"<details><summary>{escape(fold['title'])}</summary>{escape(fold['text'])}</details>"
            for fold in shown.data.get("sections") or ()
        )
        web = f'<div class="web"><h3>{_titles(short=False)}</h3>{escape(shown.text)}{folds}</div>'
        sms = f'<div class="sms"><h3>{_titles(short=True)}</h3>{escape(str(shown.data.get("sms") or ""))}</div>'
        variants.append(f"<section>{web}{sms}</section>")
    facts = [f"{name}: {value}" for name, value in vars(known).items() if isinstance(value, str)]
    return Template((PAGES / "preview.html").read_text(encoding="utf-8")).substitute(
        entry=escape(entry.id),
        question=escape(entry.question),
        known=escape(", ".join(facts) or "anybody"),
        today=today,
        variants="\n".join(variants) or "<p>No variant fits: somebody of whom this is known is not shown this entry.",
    )


def write(name: str, page: str) -> Path:
    """Writes a page into ``reports/``; returns its path."""
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / f"{name}.html"
    path.write_text(page, encoding="utf-8")
    return path


def _titles(short: bool) -> str:
    """The channels that use an answer's short form, or the full one."""
    return ", ".join(channel.title for channel in channels() if channel.short == short)
