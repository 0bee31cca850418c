"""``make content``: applies every content rule, and lists what expires when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from whichpath.console import Stop, done, fail, one_line
from whichpath.library import gate
from whichpath.library.entries import load_answers
from whichpath.library.expiring import by_date, expiring
from whichpath.library.files import ContentError, read_yaml
from whichpath.pathway.routes import check_paths
from whichpath.server.checks import check_content, check_yaml
from whichpath.settings import ROOT

#: Exit status where something expires within the days asked for.
EXPIRES = 3


def faults() -> Iterator[str]:
    """All violations of the content rules, one line each.

    Raises:
        Stop: a file cannot be read at all, or does not fit its schema.
    """
    check_yaml()
    try:
        found = [str(fault) for fault in gate.faults()]
        yield from found
        if not found:
            yield from (f"paths: {lack}" for lack in check_paths(load_answers()))
            check_content()
    except ContentError as error:
        raise Stop(f"content: {one_line(error)}") from None


def check() -> None:
    """Prints the violations and exits with 1; else prints totals and what expires when."""
    try:
        found = list(faults())
    except Stop as fault:
        fail(str(fault))
    if found:
        print(*found, sep="\n")
        fail(f"{len(found)} to mend.")
    answers = load_answers()
    questions = answers.questions()
    variants = sum(len(entry.variants) for entry in answers)
    for date, rows, files in by_date():
        print(f"  {date}  {rows} rows in {files} files expire")
    done(f"{len(questions)} questions, {len(answers) - len(questions)} paths, {variants} answers: all well.")


def list_expiring(days: int, today: dt.date) -> int:
    """Prints what has expired or will expire within ``days`` days. Returns the exit status."""
    rows = expiring(days, today)
    for date, name in rows:
        left = (date - today).days
        print(f"{date}  {'past' if left < 0 else f'{left} days'}  {name}")
    print(f"{len(rows)} to check within {days} days.")
    return EXPIRES if rows else 0


def list_facts() -> int:
    """Prints which entry states which fact. Returns 1 where no entry states one."""
    facts, answers = read_yaml(ROOT / "content" / "facts.yml"), load_answers()
    unused = 0
    for key, row in facts.items():
        by = [entry.id for entry in answers if any(key in variant.facts for variant in entry.variants)]
        attached = ["every answer (content/notice.yml)"] if key.startswith("X") else []
        unused += not (by or attached)
        print(f"{key:4} {row['fact'][:70]:70} {', '.join([*attached, *by]) or 'NO ENTRY'}")
    print(f"\n{len(facts)} facts, {len(facts) - unused} stated by an entry")
    return int(unused > 0)
