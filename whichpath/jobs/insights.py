"""Reports what was not answered: ``make insights``. Counts; phrases only with consent of operator and person."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from whichpath.store.encryption import Cipher
from whichpath.store.engine import database_url, make_engine
from whichpath.store.identity import key, key_before
from whichpath.store.insights import KINDS, LEAST, Cell, Insights
from whichpath.store.migrate import upgrade

HEADS = {
    "fallback": "Not understood, by the nearest topic",
    "out_of_scope": "Not about orders or charges, by the nearest topic",
    "unavailable": "Something of ours did not work",
}


def lines(report: Mapping[tuple[str, str], Cell], by_day: Mapping[str, Cell], days: int) -> list[str]:
    """The report as text. Rows below the threshold share one line without a number."""
    out = [f"The last {days} days. Numbers are rounded down to tens; under {LEAST} none is shown."]
    for kind in KINDS:
        rows = {topic: cell for (of, topic), cell in report.items() if of == kind}
        shown = sorted((t for t, c in rows.items() if c.shown), key=lambda t: (-(rows[t].shown or 0), t))
        out += ["", f"{HEADS[kind]}:"]
        out += [f"  {topic:20} {rows[topic]}" for topic in shown]
        small = len(rows) - len(shown)
        out += [f"  other topics         <{LEAST} each"] if small else [] if shown else ["  nothing"]
    out += ["", "By day:"] + [f"  {day}  {by_day[day]}" for day in sorted(by_day)]
    return out


def read(days: int) -> tuple[Mapping[tuple[str, str], Cell], Mapping[str, Cell]]:
    """Counts by kind and topic, and by day, rounded for display."""
    engine = make_engine(database_url())
    upgrade(engine)
    insights = Insights(engine, Cipher(key(), key_before()))
    return insights.report(days), insights.by_day(days)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="What people asked that we could not answer.")
    parser.add_argument("--days", type=int, default=30)
    days = parser.parse_args(arguments).days
    engine = make_engine(database_url())
    upgrade(engine)
    insights = Insights(engine, Cipher(key(), key_before()))
    print("\n".join(lines(insights.report(days), insights.by_day(days), days)))
    for topic, texts in insights.phrases().items():
        print(f"\nPhrases near {topic}:", *texts, sep="\n  ")


if __name__ == "__main__":
    main()
