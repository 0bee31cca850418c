"""What was not answered: counts, and phrases with consent of operator and person.

A report must not reveal single people: counts below :data:`LEAST` are shown as "<10", and sums are computed from the
displayed numbers, so that differences reveal nothing.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from whichpath.store.encryption import Cipher, Unreadable
from whichpath.store.schema import insight, phrase

#: Smaller counts are not shown as numbers; others are rounded down to a multiple of it.
LEAST = 10
#: Seconds that counts and phrases are kept.
KEEP_COUNTS, KEEP_PHRASES = 400 * 86400.0, 30 * 86400.0
KINDS = ("fallback", "out_of_scope", "unavailable")


@dataclass(frozen=True)
class Cell:
    """A count, rounded for display."""

    shown: int | None

    @classmethod
    def of(cls, count: int) -> Cell:
        """``count``, rounded down; nothing where it is too small."""
        return cls(count // LEAST * LEAST if count >= LEAST else None)

    def __str__(self) -> str:
        return f"<{LEAST}" if self.shown is None else f"{self.shown}+"


class Insights:
    """The tables ``insight`` and ``phrase``. ``now`` is the clock; tests move it."""

    def __init__(self, engine: Engine, cipher: Cipher, now: Callable[[], float] = time.time) -> None:
        self.engine = engine
        self.cipher = cipher
        self.now = now

    def day(self, age: float = 0.0) -> str:
        """The date ``age`` seconds ago, in UTC."""
        return dt.datetime.fromtimestamp(self.now() - age, dt.timezone.utc).date().isoformat()

    def count(self, kind: str, topic: str) -> None:
        """Increments a count. Several processes may count at once."""
        cell = {"day": self.day(), "kind": kind, "topic": topic}
        mine = sa.and_(*(insight.c[name] == value for name, value in cell.items()))
        more = sa.update(insight).where(mine).values(count=insight.c.count + 1)
        with self.engine.begin() as db:
            if db.execute(more).rowcount:
                return
        try:
            with self.engine.begin() as db:
                db.execute(sa.insert(insight).values(**cell, count=1))
        except IntegrityError:  # another process was faster
            with self.engine.begin() as db:
                db.execute(more)

    def keep(self, sender_id: str, topic: str, text: str) -> None:
        """Keeps a phrase, encrypted."""
        row = {"sender_id": sender_id, "topic": topic, "sealed": self.cipher.encrypt(text)}
        with self.engine.begin() as db:
            db.execute(sa.insert(phrase).values(**row, keep_until=self.now() + KEEP_PHRASES))

    def purge(self) -> None:
        """Deletes expired rows."""
        with self.engine.begin() as db:
            db.execute(sa.delete(phrase).where(phrase.c.keep_until < self.now()))
            db.execute(sa.delete(insight).where(insight.c.day < self.day(KEEP_COUNTS)))

    def report(self, days: int) -> Mapping[tuple[str, str], Cell]:
        """By kind and topic over the last ``days`` days, as it may be shown."""
        query = (
            sa.select(insight.c.kind, insight.c.topic, sa.func.sum(insight.c.count))
            .where(insight.c.day > self.day(days * 86400.0))
            .group_by(insight.c.kind, insight.c.topic)
        )
        with self.engine.connect() as db:
            return {(kind, topic): Cell.of(int(count)) for kind, topic, count in db.execute(query)}

    def by_day(self, days: int) -> Mapping[str, Cell]:
        """All of a day together, over the last ``days`` days, as it may be shown."""
        query = (
            sa.select(insight.c.day, sa.func.sum(insight.c.count))
            # The other kinds count the same messages again, by another property.
            .where(insight.c.day > self.day(days * 86400.0), insight.c.kind.in_(KINDS))
            .group_by(insight.c.day)
        )
        with self.engine.connect() as db:
            return {day: Cell.of(int(count)) for day, count in db.execute(query)}

    def phrases(self) -> Mapping[str, list[str]]:
        """By topic, the phrases of topics with enough of them from different people."""
        with self.engine.connect() as db:
            rows = db.execute(sa.select(phrase).where(phrase.c.keep_until >= self.now())).all()
        people = Counter(topic for topic, _sender in {(row.topic, row.sender_id) for row in rows})
        found: dict[str, list[str]] = {}
        for row in rows:
            if people[row.topic] >= LEAST:
                try:
                    found.setdefault(row.topic, []).append(str(self.cipher.decrypt(row.sealed)))
                except Unreadable:
                    continue
        return {topic: sorted(texts) for topic, texts in found.items()}
