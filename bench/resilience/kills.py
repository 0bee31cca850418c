"""kill -9 of Rasa, and of the action server, at random moments while people wait for their answers: ``make kills``.

On SQLite, and on PostgreSQL with Redis. Each person has been asked who they are and answers at a random moment; at
another random moment the process is killed, and started again. Then every acknowledged message has to be answered
once, the conversation has to hold every message that was not put off, and its open question has to be open. Exit
status 1 where one is not.
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
#: The answer to who they are, in other words than the button's, which would be stored as what it stands for.
REPLY = "the order is against me, not by me"
#: What goes on after the question that was open.
THEN = "it is a final order"
#: Seconds over which the people of one kill begin, and after which the last of them would have been answered.
SPREAD, TURN = 0.2, 0.2
#: Most attempts to begin a conversation.
BEGIN = 4


@dataclass
class World:
    """One server of each kind, with a database of its own."""

    member: Member
    database: str
    texts: twilio.Twilio

    def rows(self, sender: str) -> Sequence[sa.engine.Row]:
        """The conversation of ``sender``."""
        with make_engine(self.database).connect() as db:
            return db.execute(sa.select(events).where(events.c.sender_id == sender).order_by(events.c.id)).all()


@dataclass
class Result:
    """What became of the turns. ``phases``: how far each had come when the process was killed."""

    kind: str
    victim: str
    kills: int = 0
    put_off: int = 0
    slowest: float = 0.0
    phases: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    def row(self) -> list[object]:
        """As a line of the table."""
        wrong = ", ".join(f"{count} {what}" for what, count in sorted(self.wrong.items())) or "0"
        phases = [self.phases[name] for name in ("not sent", "sent", "acknowledged", "answered")]
        return [self.kind, self.victim, self.kills, *phases, self.put_off, f"{self.slowest:.1f}", wrong]


@contextmanager
def world(kind: str) -> Iterator[World]:
    """A running one: SQLite alone, or PostgreSQL and Redis."""
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
    """Asks what brings the open question; again where a busy machine put it off honestly."""
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
    """All answer, each when the dice say; the process is killed when they say, and started again."""

    async def answer(person: Person, start: float) -> None:
        await asyncio.sleep(start)
        began = time.monotonic()
        said = await person.say(REPLY)
        result.slowest = max(result.slowest, time.monotonic() - began)
        if NEXT not in said:
            # The honest sentence, with the numbers to call. The question is still open.
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
    """The conversation goes on, and nothing of it was lost or is there twice."""
    last = await person.say(THEN)
    result.wrong["does not go on"] += any(words in last for words in (ASKED, NEXT, HOTLINE)) or not last
    result.wrong["twice"] += await person.twice()
    result.wrong.update(broken(person.said, around.rows(person.sender), person.put_off))
    await person.close()


async def kill_often(around: World, kind: str, victim: str, kills: int, dice: random.Random, size: int) -> Result:
    """``kills`` times, each with ``size`` new people on the web and as many by text."""
    result = Result(kind, victim)
    for _ in range(kills):
        people: list[Person] = [OnTheWeb(around.member.url) for _ in range(size)]
        people += [ByText(around.member.url, around.texts) for _ in range(size)]
        await asyncio.gather(*(begin(person) for person in people))
        await strike(around, result, dice, people)
        for ended in await asyncio.gather(*(go_on(around, result, p) for p in people), return_exceptions=True):
            _count(result, ended)
    result.wrong += Counter()  # without what is 0
    return result


def run(kills: int, seed: int, size: int = 3) -> list[Result]:
    """All four: each process on each kind of database."""
    dice, results = random.Random(seed), []
    for kind in KINDS:
        with world(kind) as around:
            for victim in VICTIMS:
                results.append(asyncio.run(kill_often(around, kind, victim, kills, dice, size)))
                print(results[-1].row(), flush=True)
    return results


def report(results: Sequence[Result]) -> str:
    """The table, as Markdown."""
    head = ["database", "killed", "times", "not sent yet", "not acknowledged", "acknowledged", "answered"]
    return table([*head, "put off", "slowest, s", "wrong"], [result.row() for result in results])


def main() -> None:
    """``make kills``."""
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
