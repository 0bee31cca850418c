"""Runs several processes behind a real proxy under load, and kills one of them: ``make scale``.

Starts PostgreSQL, Redis, HAProxy, a double of Twilio and N pairs of Rasa and action server. Simulated people use the
web socket, REST and signed SMS webhooks. One Rasa is killed (-9) under load and restarted; then messages are counted
in the database, in the pages and at Twilio. Exit status 1 where an acknowledged message was lost, not answered or
answered twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import secrets
import sys
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
import sqlalchemy as sa
from twilio.request_validator import RequestValidator

from testing import rest, twilio
from testing.fleet import Fleet
from testing.page import Page
from testing.stack import HOOK, PUBLIC_URL
from whichpath.console import done, step
from whichpath.store.engine import make_engine
from whichpath.store.identity import pseudonym, session_sender
from whichpath.store.schema import events

#: The messages, sent in this order.
TALK = (
    "how do i end a restraining order",
    "i asked for the order",
    "it is a final order",
    "what forms do i need",
    "do i need a lawyer",
    "what happens at the hearing",
    "can i bring a friend",
    "my ex put an order on me, can i contest it",
    "thank you",
)
_DICE = random.SystemRandom()
#: Seconds after which an acknowledged message counts as unanswered.
SILENT = 40.0


@dataclass
class Tally:
    """The counts of one channel's turns."""

    acknowledged: int = 0
    lost: int = 0
    silent: int = 0
    twice: int = 0
    refused: int = 0
    waits: list[float] = field(default_factory=list)

    @property
    def bad(self) -> int:
        return self.lost + self.silent + self.twice

    def row(self, name: str) -> str:
        """The row of the table."""
        waits = sorted(self.waits) or [0.0]
        middle, most = waits[len(waits) // 2], waits[-1]
        numbers = (self.acknowledged, self.lost, self.silent, self.twice, self.refused)
        return f"{name:<6}" + "".join(f"{number:>14}" for number in numbers) + f"{middle:>12.2f}{most:>10.2f}"


HEAD = f"{'':6}" + "".join(f"{t:>14}" for t in ("acknowledged", "lost", "silent", "twice", "not taken"))
HEAD += f"{'median s':>12}{'worst s':>10}"


class Web:
    """A person at the widget: reconnects, and resends what was not acknowledged."""

    def __init__(self, fleet: Fleet, tally: Tally) -> None:
        self.page, self.tally = Page(fleet.url), tally
        self.asked: list[str] = []

    async def talk(self, until: float) -> None:
        """Questions one after the other."""
        number = _DICE.randrange(len(TALK))
        while time.monotonic() < until:
            await self._ask(TALK[number % len(TALK)])
            number += 1
            await asyncio.sleep(_DICE.uniform(0.3, 1.0))
        await self.page.leave()

    async def _ask(self, text: str) -> None:
        question, began, acknowledged = secrets.token_hex(12), time.monotonic(), False
        while time.monotonic() - began < SILENT:
            try:
                if not self.page.connected:
                    await self.page.come()
                if not acknowledged:
                    acknowledged = (await self.page.send(text, question))["ok"]
                    self.tally.acknowledged += acknowledged
                    self.tally.refused += not acknowledged
                    if acknowledged:
                        self.asked.append(question)
                    else:
                        return
            except OSError:
                await asyncio.sleep(0.3)
                continue
            if self.page.said(question) and question not in self.page.open:
                self.tally.waits.append(time.monotonic() - began)
                return
            await asyncio.sleep(0.02)
        self.tally.silent += acknowledged

    async def check(self, stored: Counter[tuple[str, str]]) -> None:
        """Compares a newly opened page and the database with the messages sent."""
        whole = await Page(self.page.url.split("/chat/")[0], self.page.session).come()
        sender = session_sender(self.page.session)
        for question in self.asked:
            kept = stored[str(sender), question]
            self.tally.lost += kept == 0
            said = whole.said(question)
            self.tally.twice += kept > 1 or len(set(said)) < len(said) or said != self.page.said(question)
        await whole.leave()


class Rest:
    """A client of the REST channel. A message without an answer was not acknowledged."""

    def __init__(self, fleet: Fleet, tally: Tally) -> None:
        self.url, self.tally, self.sender = fleet.url, tally, f"p{uuid.uuid4().hex}"
        self.sent = self.taken = 0

    async def talk(self, until: float) -> None:
        """Questions one after the other."""
        async with httpx.AsyncClient(timeout=SILENT) as http:
            while time.monotonic() < until:
                began = time.monotonic()
                self.sent += 1
                body = {"sender": self.sender, "message": TALK[self.sent % len(TALK)]}
                try:
                    answer = await http.post(f"{self.url}/webhooks/rest/webhook", json=body, headers=rest.HEADERS)
                    taken = answer.status_code == 200
                except httpx.HTTPError:
                    taken = False
                self.tally.acknowledged += taken
                self.tally.refused += not taken
                self.taken += taken
                if taken:
                    self.tally.silent += not any(message.get("text") for message in answer.json())
                    self.tally.waits.append(time.monotonic() - began)
                await asyncio.sleep(_DICE.uniform(0.3, 1.0))

    def check(self, counted: Counter[str]) -> None:
        """Checks that every acknowledged turn is stored, and none more often than it was sent."""
        stored = counted[pseudonym("rest", self.sender)]
        self.tally.lost += max(0, self.taken - stored)
        self.tally.twice += max(0, stored - self.sent)


class Sms:
    """A person on SMS; Twilio repeats under the same id what was not acknowledged."""

    numbers = iter(range(15552000000, 15559999999))

    def __init__(self, fleet: Fleet, tally: Tally) -> None:
        self.fleet, self.tally, self.number = fleet, tally, f"+{next(self.numbers)}"
        self.sent = 0

    async def talk(self, until: float) -> None:
        """Sends texts until ``until``, each after the answer to the previous one."""
        async with httpx.AsyncClient(timeout=15) as http:
            while time.monotonic() < until:
                await self._text(http, TALK[self.sent % len(TALK)])
                await asyncio.sleep(_DICE.uniform(0.5, 1.5))

    async def _text(self, http: httpx.AsyncClient, text: str) -> None:
        params = {"MessageSid": f"SM{uuid.uuid4().hex}", "From": self.number, "To": twilio.NUMBER, "Body": text}
        params |= {"AccountSid": twilio.SID, "NumMedia": "0", "ToCity": ""}
        signature = RequestValidator(twilio.TOKEN).compute_signature(f"{PUBLIC_URL}{HOOK}", params)
        headers = {"X-Twilio-Signature": signature, "content-type": "application/x-www-form-urlencoded"}
        began = time.monotonic()
        while time.monotonic() - began < SILENT:
            try:
                answer = await http.post(f"{self.fleet.url}{HOOK}", content=urlencode(params), headers=headers)
                if answer.status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            self.tally.refused += 1
            await asyncio.sleep(0.5)
        else:
            return
        self.sent += 1
        self.tally.acknowledged += 1
        while time.monotonic() - began < SILENT:
            if len(self.fleet.twilio.to(self.number)) >= self.sent:
                self.tally.waits.append(time.monotonic() - began)
                return
            await asyncio.sleep(0.05)
        self.tally.silent += 1

    def check(self) -> None:
        """Checks that each message got one text."""
        got = len(self.fleet.twilio.to(self.number))
        self.tally.lost += max(0, self.sent - got)
        self.tally.twice += max(0, got - self.sent)


async def load(fleet: Fleet, seconds: float, people: int) -> dict[str, Tally]:
    """Runs ``people`` people per channel for ``seconds``, kills the first member after a third, and counts."""
    tallies = {name: Tally() for name in ("web", "rest", "sms")}
    web = [Web(fleet, tallies["web"]) for _ in range(people)]
    rest = [Rest(fleet, tallies["rest"]) for _ in range(people)]
    sms = [Sms(fleet, tallies["sms"]) for _ in range(people)]
    end = time.monotonic() + seconds

    async def strike() -> None:
        await asyncio.sleep(seconds / 3)
        fleet.members[0].kill()
        step("One process killed with -9")
        await asyncio.sleep(seconds / 6)
        fleet.members[0].restart()

    people_of: tuple[Web | Rest | Sms, ...] = (*web, *rest, *sms)
    await asyncio.gather(strike(), *(person.talk(end) for person in people_of))
    await asyncio.sleep(1)
    with make_engine(fleet.environment["WHICHPATH_DB_URL"]).connect() as db:
        wanted = sa.select(events.c.sender_id, events.c.data).where(events.c.type_name == "user")
        rows = [(row.sender_id, row.data) for row in db.execute(wanted)]
    counted = Counter(sender for sender, _data in rows)
    for program in rest:
        program.check(counted)
    for phone in sms:
        phone.check()
    await asyncio.gather(*(person.check(_stored(rows)) for person in web))
    return tallies


def _stored(rows: list[tuple[str, str]]) -> Counter[tuple[str, str]]:
    return Counter((sender, str(json.loads(data).get("message_id"))) for sender, data in rows)


def report(tallies: dict[str, Tally], size: int, seconds: float) -> str:
    """The counts as a Markdown table."""
    turns = sum(tally.acknowledged for tally in tallies.values())
    lines = [HEAD, *(tally.row(name) for name, tally in tallies.items())]
    lines.append(
        f"{size} processes, {seconds:.0f} s, {turns} acknowledged turns, {turns / seconds:.1f} a second; one killed"
    )
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--people", type=int, default=6, help="on each of the three channels")
    chosen = parser.parse_args()
    step(f"Starting {chosen.processes} processes, PostgreSQL, Redis and HAProxy")
    fleet = Fleet(chosen.processes)
    try:
        fleet.ready()
        tallies = asyncio.run(load(fleet, chosen.seconds, chosen.people))
    finally:
        fleet.close()
    print(report(tallies, chosen.processes, chosen.seconds))
    if any(tally.bad for tally in tallies.values()):
        sys.exit(1)
    done("0 lost, 0 silent, 0 twice.")


if __name__ == "__main__":
    main()
