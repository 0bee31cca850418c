"""Asks a running server our questions in context: `python -m bench.accuracy.questions [--misses]`.

Reads `tests/questions/in_context.jsonl`: the previous messages, the question, the ids of the entries that answer it.
Its writers saw neither the examples nor the entries; it is never trained on. Starts its own servers unless `--base`
is given.
"""

from __future__ import annotations

import argparse
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from testing import rest

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "tests" / "questions" / "in_context.jsonl"
#: Finds the entry in the payload of a button.
ASKS = re.compile(r'"question": ?"(\w+)"')
#: The kinds of result: answered; among the questions offered; a path card; another entry; no answer.
KINDS = ("right", "offered", "path", "other", "none")


@dataclass(frozen=True)
class Case:
    """A question, the previous messages, and the entries that answer it."""

    id: str
    side: str
    context: tuple[str, ...]
    question: str
    ids: tuple[str, ...]


@dataclass
class Result:
    """The result of a case: its kind, the entry or path shown, the questions offered."""

    case: Case
    kind: str
    answered: str = ""
    offered: list[str] = field(default_factory=list)
    text: str = ""


def cases(path: Path = FILE) -> list[Case]:
    """Reads the file, one case per line."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [Case(r["id"], r["side"], tuple(r["context"]), r["question"], tuple(r["ids"])) for r in rows]


def talk(base: str, texts: tuple[str, ...]) -> list[dict[str, Any]]:
    """Sends ``texts`` in a new conversation; returns the reply to the last."""
    sender = f"bench-{uuid.uuid4()}"
    reply: list[dict[str, Any]] = []
    for text in texts:
        reply = rest.say(base, sender, text)
    return reply


def judged(case: Case, reply: list[dict[str, Any]]) -> Result:
    """Classifies the reply to a case."""
    data = [(m.get("custom") or {}).get("data") or {} for m in reply]
    answered = [d.get("question") or d.get("card") or "" for d in data if d.get("legal")]
    offered = [
        found[1] for m in reply for b in m.get("buttons") or () if (found := ASKS.search(b.get("payload") or ""))
    ]
    text = "\n".join(m.get("text") or "" for m in reply)
    first = answered[0] if answered else ""
    if set(answered) & set(case.ids):
        kind = "right"
    elif answered:
        kind = "path" if any(d.get("legal") and d.get("card") and not d.get("question") for d in data) else "other"
    else:
        kind = "offered" if set(offered) & set(case.ids) else "none"
    return Result(case, kind, first, offered, text)


def run(base: str, wanted: list[Case]) -> Iterator[Result]:
    """Runs every case."""
    for case in wanted:
        yield judged(case, talk(base, (*case.context, case.question)))


def table(results: list[Result]) -> str:
    """The counts of each kind, in total and by side, as Markdown."""
    lines = [f"{'':12}{'n':>5} " + " ".join(f"{kind:>8}" for kind in KINDS)]
    for side in ("all", *sorted({r.case.side for r in results})):
        some = [r for r in results if side in ("all", r.case.side)]
        count = Counter(r.kind for r in some)
        lines.append(f"{side:12}{len(some):5} " + " ".join(f"{count[kind] / len(some):8.1%}" for kind in KINDS))
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--base")
    parser.add_argument("--file", type=Path, default=FILE)
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    with rest.serving(options.base) as base:
        results = list(run(base, cases(options.file)))
    if options.misses:
        for r in results:
            if r.kind != "right":
                print(f"- {r.case.id} [{r.case.side}] {' / '.join((*r.case.context, r.case.question))}")
                got = r.answered or ", ".join(r.offered)
                print(f"    wanted {', '.join(r.case.ids)}; {r.kind}: {got} {r.text[:110]!r}")
    print(table(results))


if __name__ == "__main__":
    main()
