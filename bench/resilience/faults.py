"""Injects faults during conversations on every channel and records what people see: ``make faults``.

Each person has been asked for their role. Then a fault is injected, they answer, and the time to the first message is
measured. After recovery the conversation must continue where it was. Writes a table into ``reports/measured/``; exit
status 1 where a requirement is missed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.accuracy.cases import ROOT
from bench.resilience.faults_kinds import BOUND, FAULTS, Fault, World
from bench.resilience.faults_people import CLOSED, FALLBACK, Person, Rest, Telegram, Text, Web
from bench.speed.report import table
from bench.speed.systems import OURS, copy_project
from testing import bot_api, production, twilio
from testing.servers import Servers
from testing.stack import PUBLIC_URL
from whichpath.library.phrases import load_phrases

CHANNELS = {"web": Web, "REST": Rest, "SMS": Text, "Telegram": Telegram}
ASK, ASKED = "how do i end a restraining order", "Who are you"
REPLY, NEXT = "The order is against me", "How far along"
#: Most seconds until everything has recovered without help.
BACK = 120.0
#: Seconds in which a postponed answer may still come without a new message.
LATE = 8.0
HOTLINE = "1-800-799-7233"


@dataclass(frozen=True)
class Cell:
    """The result for one person and fault."""

    fault: str
    channel: str
    words: str | None
    seconds: float
    lost: str
    after: str
    missed: tuple[str, ...]

    def short(self) -> str:
        """The cell's text in the table."""
        words = (self.words or "**nothing**").removeprefix("Hello from Whichpath, a computer program.").strip()
        words = " ".join(words.removeprefix("Answer: ").split())
        words = words if len(words) <= 64 else words[:61].rsplit(" ", 1)[0] + " …"
        return f"{words} · {self.seconds:.1f} s" + (f" · **{', '.join(self.missed)}**" if self.missed else "")


def judge(fault: Fault, channel: str, words: str | None, seconds: float, after: str, lost: str) -> tuple[str, ...]:
    """The requirements that were missed."""
    missed = []
    if words is None:
        missed.append("silent")
    elif seconds > fault.bound(channel):
        missed.append(f"later than {fault.bound(channel):g} s")
    if words is not None and not (NEXT in words or HOTLINE in words or "911" in words or words in (CLOSED, FALLBACK)):
        missed.append("no honest word")
    if fault.hides and NEXT not in (words or ""):
        missed.append("noticed")
    if lost != "nothing":
        missed.append("lost")
    if after != "yes":
        missed.append("does not go on")
    return tuple(missed)


def hears(person: Person, wanted: str) -> bool:
    """Whether ``wanted`` comes within :data:`LATE` seconds, in any message after the last one sent."""
    end = time.monotonic() + LATE
    while time.monotonic() < end:
        if any(wanted in words for words in person.since()):
            return True
        time.sleep(0.2)
    return False


def went_on(person: Person) -> tuple[str, str]:
    """After recovery: whether the conversation continues where it was ("yes", "no"), and what was lost."""
    if hears(person, NEXT):
        return "yes", "nothing"
    answer = person.say(REPLY, 30)
    said = " ".join([answer.words or "", *person.since()])
    if NEXT in said:
        return "yes", "nothing"
    return ("yes", "the conversation") if HOTLINE not in said and said else ("no", "unknown")


def try_out(fault: Fault, world: World, people: Sequence[Person]) -> list[Cell]:
    """Runs one fault: everybody is asked for their role, the fault is injected, everybody answers.

    Raises:
        RuntimeError: a conversation did not begin, or the servers did not recover.
    """
    there = [person for person in people if person.channel in fault.only]
    for person, first in [(person, person.do(person.say, ASK)) for person in there]:
        words = first.result().words
        if not person.do(hears, person, ASKED).result():
            raise RuntimeError(f"{person.channel}: the conversation did not begin: {words}")
    with fault.strike(world):
        waiting = [(person, person.do(person.say, REPLY)) for person in there]
        if fault.amid:
            time.sleep(1.0)
            fault.amid(world)
        seen = [(person, future.result()) for person, future in waiting]
    if not world.servers.ready(BACK):
        raise RuntimeError(f"{fault.name}: nothing works again after {BACK:g} s")
    cells = []
    for person, first, later in [(person, first, person.do(went_on, person)) for person, first in seen]:
        after, lost = later.result()
        missed = judge(fault, person.channel, first.words, first.seconds, after, lost)
        cells.append(Cell(fault.name, person.channel, first.words, first.seconds, lost, after, missed))
    return cells


def _copy(folder: Path) -> Path:
    """A copy of the project with its model, so that the original is not damaged."""
    copy_project(OURS, folder)
    for path in (ROOT / "models").iterdir():
        shutil.copy2(path, folder / "models")
    return folder


@contextmanager
def world(pair: bool) -> Iterator[World]:
    """Servers with every channel enabled. ``pair``: with PostgreSQL and Redis, else with SQLite."""
    texts, telegram = twilio.Twilio(), bot_api.BotApi()
    postgres = production.Postgres() if pair else None
    redis = production.RedisServer() if pair else None
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        files = Path(name) / "database"
        files.mkdir()
        environment = {
            "TWILIO_ACCOUNT_SID": twilio.SID,
            "TWILIO_AUTH_TOKEN": twilio.TOKEN,
            "TWILIO_FROM": twilio.NUMBER,
            "TWILIO_API_URL": texts.url,
            "WHICHPATH_PUBLIC_URL": PUBLIC_URL,
            "WHICHPATH_CONTACT": "help@legal-aid.example.org",
            "WHICHPATH_SECRET": "a secret for the faults alone",
            "TELEGRAM_TOKEN": bot_api.TOKEN,
            "TELEGRAM_SECRET": bot_api.SECRET,
            "TELEGRAM_API_URL": telegram.url,
            "WHICHPATH_DB_URL": postgres.new_database() if postgres else f"sqlite:///{files}/whichpath.db",
            **({"WHICHPATH_REDIS_URL": redis.url} if redis else {}),
        }
        servers = Servers(Path(name), _copy(Path(name) / "project"), **environment)
        telegram.webhook = {"url": f"{servers.address}/webhooks/telegram/webhook", "secret_token": bot_api.SECRET}
        servers.start()
        try:
            yield World(servers, texts, telegram, files, postgres, redis)
        finally:
            servers.stop()
            texts.close()
            telegram.close()
            if redis:
                redis.close()


def run(wanted: Sequence[Fault]) -> list[Cell]:
    """Runs the faults, each with new people; prints a line for each."""
    cells: list[Cell] = []
    for pair in (False, True):
        mine = [fault for fault in wanted if fault.pair is pair]
        if not mine:
            continue
        with world(pair) as around:
            for fault in mine:
                people = _people(around, fault.only)
                try:
                    cells += try_out(fault, around, people)
                finally:
                    for person in people:
                        person.close()
                for cell in cells[-len(fault.only) :]:
                    print(f"{cell.fault} | {cell.channel} | {cell.short()}", flush=True)
    return cells


def _people(around: World, channels: Sequence[str]) -> list[Person]:
    doubles: dict[str, list[Any]] = {"SMS": [around.texts], "Telegram": [around.telegram]}
    return [CHANNELS[name](around.servers.address, *doubles.get(name, [])) for name in channels]


def page(cells: Sequence[Cell]) -> str:
    """The table as Markdown."""
    rows = []
    for fault in FAULTS:
        mine = {cell.channel: cell for cell in cells if cell.fault == fault.name}
        if mine:
            lost = sorted({cell.lost for cell in mine.values()})
            after = "yes" if all(cell.after == "yes" for cell in mine.values()) else "**no**"
            rows.append([fault.name, *(mine[c].short() if c in mine else "" for c in CHANNELS), ", ".join(lost), after])
    head = ["fault", *CHANNELS, "lost", "goes on afterwards"]
    missed = sum(bool(cell.missed) for cell in cells)
    silent = sum(cell.words is None for cell in cells)
    apology = load_phrases().unavailable.text.split(". ")[1]
    return f"""# What people see when things break

Written on {time.strftime("%B %d, %Y")} by `make faults`, which really kills, freezes and locks things under people on
all four channels (real browser, real HTTP, the doubles of Twilio and Telegram). Each had been asked who they are
and answers "{REPLY}" when it is broken. A cell holds the first words that come and the seconds they take.
Afterwards the open question ("{NEXT} …") has to come without anything being said again.

Bars: a word within {BOUND:g} s (the turn guard's 8 s, its grace and the way), after the restart where the only server
process was killed or hangs; no silent turn; no acknowledged turn lost; nothing said to be done that was not.
**{len(cells)} cells, {silent} silent, {missed} with a bar missed.**

{table(head, rows)}
"{apology} …" is from the turn guard's sentence (`content/guard.yml`), which goes on with the numbers to call.
{FALLBACK.strip("()").replace("not", "Not", 1)}: one server process that hangs takes nothing in. Of several
behind a proxy another one does.
"""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.resilience.faults", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="parts of the names of the faults to try (all)")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "measured" / "faults.md")
    given = parser.parse_args()
    wanted = [f for f in FAULTS if not given.names or any(name in f.name for name in given.names)]
    cells = run(wanted)
    (ROOT / "reports").mkdir(exist_ok=True)
    (ROOT / "reports" / "faults.json").write_text(json.dumps([asdict(cell) for cell in cells], indent=1))
    if not given.names:
        given.out.write_text(page(cells), encoding="utf-8")
        print(f"Table: {given.out}")
    sys.exit(1 if any(cell.missed for cell in cells) else 0)


if __name__ == "__main__":
    main()
