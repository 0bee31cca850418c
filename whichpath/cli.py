"""The command line: ``whichpath COMMAND``, or ``python -m whichpath.cli COMMAND``. The Makefile calls it.

What a command needs is imported when it runs, so that ``whichpath --help`` loads neither Rasa nor NumPy.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import click

from whichpath.console import Stop, fail
from whichpath.library.files import ContentError
from whichpath.settings import described

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Whichpath: which legal path is mine?"""


def _situation(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options for what is known of a person."""
    for name, about in (
        ("state", "two letters"),
        ("order-type", "domestic, workplace, …"),
        ("outcome", "petition_denied, motion_denied or ended"),
        ("stage", "none, temporary or final"),
        ("matter", "civil_order, criminal_case or criminal_no_contact_order"),
        ("role", "protected, restrained or third_party"),
    ):
        command = click.option(f"--{name}", help=about)(command)
    return command


@cli.command()
def run() -> None:
    """Start the bot; its address is printed (Ctrl-C stops it)."""
    from whichpath.server.run import main

    main()


@cli.command()
@click.option("--if-needed", is_flag=True, help="only where no model fits the present files")
def train(if_needed: bool) -> None:
    """Train a model."""
    from whichpath.server.train import main as command

    command(["--if-needed"] if if_needed else [])


@cli.command()
@click.option("--expiring", type=int, metavar="DAYS", help="list what expires within so many days; exit 3 if any does")
@click.option("--today", type=_DAY, default=str(dt.date.today()), help="another day than today")
def content(expiring: int | None, today: dt.datetime) -> None:
    """Check the answers and every other file that people edit."""
    from whichpath.server.content import check, list_expiring

    if expiring is None:
        check()
    else:
        raise SystemExit(list_expiring(expiring, today.date()))


@cli.command()
def facts() -> None:
    """Which entry tells which fact."""
    from whichpath.server.content import list_facts

    raise SystemExit(list_facts())


@cli.command()
@click.argument("name", required=False, metavar="[TOPIC|STATE]")
def review(name: str | None) -> None:
    """What waits for a lawyer; with a topic or a state, a page to print."""
    from whichpath.server.review import sheet, waiting

    print(sheet(name) if name else "\n".join(waiting()))


@cli.command()
@click.option("--grades", is_flag=True, help="how plain the answers read, by topic")
@click.option("--states", type=click.IntRange(1, 56), metavar="N", help="all that N states tell, to read through")
@click.option("--seed", default=2026, show_default=True, help="which states are drawn")
def coverage(grades: bool, states: int | None, seed: int) -> None:
    """What is told of which state, and to whom; as Markdown."""
    from whichpath.library import coverage, specimen
    from whichpath.library.entries import load_answers
    from whichpath.library.rules import load_rules
    from whichpath.library.states.packs import load_states

    packs, answers, today = load_states(), load_answers(), dt.date.today()
    rules = load_rules(packs.names())
    if states:
        lines = specimen.page(states, seed, packs, rules, answers, today)
    else:
        lines = coverage.grades(answers) if grades else coverage.tables(packs, rules, answers, today)
    print(*lines, sep="\n")


@cli.command()
@click.argument("entry")
@click.option("--html", is_flag=True, help="a page with each channel side by side, in reports/")
@_situation
def preview(entry: str, html: bool, **known: Any) -> None:
    """Show an answer as people get it."""
    from whichpath.library.situation import Situation
    from whichpath.server.preview import preview as lines

    if html:
        from whichpath.server.operator_pages import preview_page, write

        print(write(f"preview-{entry}", preview_page(entry, Situation(**known), dt.date.today())))
        return
    for line in lines(entry, Situation(**known)):
        print(line)


@cli.command()
@click.argument("text")
@_situation
def explain(text: str, **known: Any) -> None:
    """What is read out of a message, and why the answer is what it is."""
    from whichpath.library.situation import Situation
    from whichpath.server.explain import Explainer

    for line in Explainer().lines(text, Situation(**known)):
        print(line)


@cli.command()
@click.option("--days", default=30, show_default=True, help="how far back")
def insights(days: int) -> None:
    """What people asked that we could not answer, as counts."""
    from whichpath.jobs.insights import main as report
    from whichpath.jobs.insights import read
    from whichpath.server.alarms import ringing
    from whichpath.server.operator_pages import insights_page, write
    from whichpath.store.engine import database_url, make_engine

    report(["--days", str(days)])
    alarms = list(ringing(make_engine(database_url())))
    print("".join(f"\nAlarm: {name}. {why}" for name, why in alarms))
    print(f"As a page: {write('insights', insights_page(*read(days), days, dt.date.today(), alarms))}")


@cli.command()
@click.argument("url", required=False)
@click.option("--remove", is_flag=True, help="take the webhook away")
def webhook(url: str | None, remove: bool) -> None:
    """Tell Telegram where we are (or ask it)."""
    from whichpath.channels.telegram.setup import main as command

    command([*filter(None, [url]), *(["--remove"] if remove else [])])


@cli.command()
def settings() -> None:
    """Every variable, its default and what it is for."""
    for name, default, about in described():
        print(f"  {name:28} {default:22} {about}".rstrip())


def main() -> None:
    """Entry point: a fault is one line."""
    try:
        cli()
    except (Stop, ContentError) as fault:
        fail(str(fault))


if __name__ == "__main__":
    main()
