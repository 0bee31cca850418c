"""Kills Rasa or the action server (-9) at random moments while people wait for answers: ``make kills``.

On SQLite, and on PostgreSQL with Redis. Each person has been asked for their role and answers at a random moment; at
another random moment the process is killed and restarted. Then every acknowledged message must be answered once, the
conversation must contain every message that was not postponed, and its open question must still be open. Exit status
1 otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bench.resilience.faults import ASK, ASKED, HOTLINE, NEXT
from bench.resilience.kills_people import ByText, OnTheWeb, Person, Silent, broken
from bench.speed.report import table
from testing import twilio
from testing.fleet import Member, settings
from testing.ports import wait_for
from testing.production import Postgres, RedisServer
from whichpath.console import done, step
from whichpath.store.engine import make_engine
from whichpath.store.schema import events

KINDS, VICTIMS = ("sqlite", "postgresql"), ("rasa", "actions")
#: The answer to the question for the role. Not the button's title, which would be stored as its payload.
REPLY = "the order is against me, not by me"
#: The message after the open question.
THEN = "it is a final order"
#: Seconds within which all people send their message, and within which the last would be answered.
SPREAD, TURN = 0.2, 0.2
#: Most attempts to begin a conversation.
BEGIN = 4


@dataclass
class World:
    """One server of each kind, with its own database."""

    member: Member
    database: str
    texts: twilio.Twilio

    def rows(self, sender: str) -> Sequence[sa.engine.Row]:
        """The stored events of ``sender``."""
        with make_engine(self.database).connect() as db:
            return db.execute(sa.select(events).where(events.c.sender_id == sender).order_by(events.c.id)).all()


@dataclass
class Result:
    """The counts of turns. ``phases``: by progress at the moment of the kill; ``slowest``: in seconds."""

    kind: str
    victim: str
    kills: int = 0
    put_off: int = 0
    slowest: float = 0.0
    phases: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    def row(self) -> list[object]:
        """The row of the table."""
        wrong = ", ".join(f"{count} {what}" for what, count in sorted(self.wrong.items())) or "0"
        phases = [self.phases[name] for name in ("not sent", "sent", "acknowledged", "answered")]
        return [self.kind, self.victim, self.kills, *phases, self.put_off, f"{self.slowest:.1f}", wrong]


@contextmanager
def world(kind: str) -> Iterator[World]:
    """Running servers. ``kind``: ``sqlite``, or ``postgresql`` (with Redis)."""
    folder, texts = Path(tempfile.mkdtemp(prefix="whichpath-kills-")), twilio.Twilio()
    postgres, redis = (Postgres(), RedisServer()) if kind == "postgresql" else (None, None)
    database = postgres.new_database() if postgres else f"sqlite:///{folder}/whichpath.db"
    member = Member(folder, settings(database, redis.url if redis else None, texts))
    try:
        wait_for(member.ready, 240, 0.2)
        yield World(member, database, texts)
    finally:
        member.close()
        texts.close()
        if redis and postgres:
            redis.close()
            postgres.server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def begin(person: Person) -> None:
    """Sends the message that leads to the open question; repeats it where a busy machine postponed it.

    Raises:
        RuntimeError: the question was not asked.
    """
    for _ in range(BEGIN):
        asked = await person.say(ASK)
        if ASKED in asked:
            return
        if HOTLINE not in asked:
            break
        person.put_off.append(len(person.said) - 1)
        await asyncio.sleep(1.0)
    raise RuntimeError(f"the conversation did not begin: {asked}")


async def strike(around: World, result: Result, dice: random.Random, people: Sequence[Person]) -> None:
    """All people answer at random moments; the process is killed at a random moment and restarted."""

    async def answer(person: Person, start: float) -> None:
        await asyncio.sleep(start)
        began = time.monotonic()
        said = await person.say(REPLY)
        result.slowest = max(result.slowest, time.monotonic() - began)
        if NEXT not in said:
            # The turn guard's message with the emergency numbers. The question is still open.
            result.put_off += 1
            person.put_off.append(len(person.said) - 1)
            result.wrong["without a word on what to do"] += HOTLINE not in said
            await asyncio.to_thread(wait_for, around.member.ready, 60, 0.1)
            result.wrong["question not open"] += NEXT not in await person.say(REPLY)

    starts, moment = [dice.uniform(0, SPREAD) for _ in people], dice.uniform(0, SPREAD + TURN)
    for person in people:
        person.phase = "not sent"
    talking = [asyncio.ensure_future(answer(*each)) for each in zip(people, starts, strict=True)]
    await asyncio.sleep(moment)
    around.member.kill(result.victim)
    result.phases.update(person.phase for person in people)
    around.member.restart(result.victim)
    result.kills += 1
    for ended in await asyncio.gather(*talking, return_exceptions=True):
        _count(result, ended)
    await asyncio.to_thread(wait_for, around.member.ready, 60, 0.1)


def _count(result: Result, ended: object) -> None:
    if isinstance(ended, Silent):
        result.wrong["silent"] += 1
    elif isinstance(ended, BaseException):
        raise ended


async def go_on(around: World, result: Result, person: Person) -> None:
    """Counts whether the conversation continues, and whether anything was lost or duplicated."""
    last = await person.say(THEN)
    result.wrong["does not go on"] += any(words in last for words in (ASKED, NEXT, HOTLINE)) or not last
    result.wrong["twice"] += await person.twice()
    result.wrong.update(broken(person.said, around.rows(person.sender), person.put_off))
    await person.close()


async def kill_often(around: World, kind: str, victim: str, kills: int, dice: random.Random, size: int) -> Result:
    """Kills ``kills`` times, each with ``size`` new people on the web and as many on SMS."""
    result = Result(kind, victim)
    for _ in range(kills):
        people: list[Person] = [OnTheWeb(around.member.url) for _ in range(size)]
        people += [ByText(around.member.url, around.texts) for _ in range(size)]
        await asyncio.gather(*(begin(person) for person in people))
        await strike(around, result, dice, people)
        for ended in await asyncio.gather(*(go_on(around, result, p) for p in people), return_exceptions=True):
            _count(result, ended)
    result.wrong += Counter()  # removes counts of 0
    return result


def run(kills: int, seed: int, size: int = 3) -> list[Result]:
    """Runs all four combinations of process and database."""
    dice, results = random.Random(seed), []
    for kind in KINDS:
        with world(kind) as around:
            for victim in VICTIMS:
                results.append(asyncio.run(kill_often(around, kind, victim, kills, dice, size)))
                print(results[-1].row(), flush=True)
    return results


def report(results: Sequence[Result]) -> str:
    """The results as a Markdown table."""
    head = ["database", "killed", "times", "not sent yet", "not acknowledged", "acknowledged", "answered"]
    return table([*head, "put off", "slowest, s", "wrong"], [result.row() for result in results])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.resilience.kills", description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=10, help="of each process on each database")
    parser.add_argument("--people", type=int, default=3, help="on each of the two channels, at each kill")
    parser.add_argument("--seed", type=int, default=20261125)
    given = parser.parse_args()
    step(f"{4 * given.kills} kills, seed {given.seed}")
    results = run(given.kills, given.seed, given.people)
    print(report(results))
    if any(result.wrong for result in results):
        sys.exit(1)
    done("Every acknowledged message answered once, every conversation whole.")


if __name__ == "__main__":
    main()
