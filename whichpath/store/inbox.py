"""Messages that wait for their answer, in the database: taken in once, taken up again after a crash.

All calls block; :mod:`whichpath.channels.outbox` makes them in threads.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from whichpath.registry import channels
from whichpath.store.arrivals import SESSION, Arrivals, Crowded
from whichpath.store.encryption import Unreadable
from whichpath.store.engine import upsert
from whichpath.store.schema import addresses, inbox, opt_outs, reminder, seen, threads

__all__ = ["IDLE", "LEASE", "SESSION", "Crowded", "Delivery", "Inbox", "Lost", "Work"]

#: Seconds that whoever took a message up has it for itself. It is prolonged (:meth:`Inbox.keep`) for as long as
#: that process lives: after a kill another one waits no longer than this.
LEASE = 15.0
#: Idle seconds after which nothing said before is taken up again: as long as Rasa's session lasts (`domain.yml`).
#: Whoever holds the phone then may be somebody else.
IDLE = 30 * 60.0
#: Seconds that the numbers of a chat's messages are kept: Telegram lets messages be deleted for 48 hours.
MEMORY = 48 * 3600.0
#: Seconds that the hash of a message's id is kept, so that a replay finds it.
SEEN = 90 * 24 * 3600.0

Delivery = dict[str, Any]


class Lost(Exception):
    """Another process has taken the message up meanwhile, or it was erased: hands off."""


@dataclass(frozen=True)
class Work:
    """A message that was taken up. ``deliveries`` is ``None`` until its turn is done."""

    seq: int
    key: str
    sender_id: str
    address: str
    message: dict[str, Any]
    received: float
    attempts: int
    deliveries: list[Delivery] | None
    sent: int
    trying: float | None


class Inbox(Arrivals):
    """The tables of :mod:`whichpath.store.schema`."""

    # --- working on it ---

    def claim(self, channel: str) -> Work | None:
        """Takes up the oldest message that is due and not behind another one of the same person."""
        now = time.time()
        earlier = inbox.alias()
        blocked = sa.exists().where(earlier.c.sender_id == inbox.c.sender_id, earlier.c.seq < inbox.c.seq)
        ready = (inbox.c.channel == channel, inbox.c.due <= now, ~blocked)
        with self.engine.begin() as db:
            # Of several processes each locks another row (SQLite has no such lock: the first one writes).
            wanted = sa.select(inbox).where(*ready).order_by(inbox.c.seq).limit(1)
            row = db.execute(wanted.with_for_update(skip_locked=True, of=inbox)).first()
            if row is None:
                return None
            mine = sa.update(inbox).where(inbox.c.seq == row.seq, inbox.c.due == row.due)
            if db.execute(mine.values(due=now + LEASE, attempts=row.attempts + 1)).rowcount != 1:
                return None  # another process was faster
            try:
                content = self.cipher.decrypt(row.sealed)
                deliveries = self.cipher.decrypt(row.answer) if row.answer else None
            except Unreadable:
                # Sealed with a key that is no more: nobody can be answered.
                db.execute(sa.delete(inbox).where(inbox.c.seq == row.seq))
                return None
        return Work(
            seq=row.seq,
            key=row.key,
            sender_id=row.sender_id,
            address=content["address"],
            message=content["message"],
            received=row.received,
            attempts=row.attempts + 1,
            deliveries=deliveries,
            sent=row.sent,
            trying=row.trying,
        )

    def take_over(self, channel: str) -> None:
        """At start: what an earlier process had taken up is free at once. Nobody else works on a file of ours."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.begin() as db:
                db.execute(sa.update(inbox).where(inbox.c.channel == channel).values(due=time.time()))

    def keep(self, work: Work) -> None:
        """Whoever works on it is alive.

        Raises:
            Lost: but it is another's by now. So do the three below.
        """
        with self.engine.begin() as db:
            self._change(db, work, due=time.time() + LEASE)

    def keep_answer(self, work: Work, deliveries: list[Delivery], thread: dict[str, Any], forget: bool) -> None:
        """The turn is done: its deliveries and what the channel remembers, together.

        With ``forget`` nothing of the person stays but this row, and that only until the answer is out.
        """
        with self.engine.begin() as db:
            self._change(db, work, answer=self.cipher.encrypt(deliveries), due=time.time() + LEASE)
            if forget:
                self._forget(db, work.sender_id, work.seq)
            else:
                self._keep_thread(db, work.sender_id, thread)
        if forget:
            self._fold()

    def begin(self, work: Work, sent: int) -> None:
        """Delivery number ``sent`` is about to go out."""
        now = time.time()
        with self.engine.begin() as db:
            self._change(db, work, sent=sent, trying=now, due=now + LEASE)

    def sent(self, work: Work, sent: int, thread: dict[str, Any] | None) -> None:
        """``sent`` deliveries are out. ``thread`` is what the channel remembers now, ``None`` for no change."""
        with self.engine.begin() as db:
            self._change(db, work, sent=sent, trying=None)
            if thread is not None:
                self._keep_thread(db, work.sender_id, thread)

    def postpone(self, work: Work, seconds: float) -> None:
        """Somebody takes it up again in ``seconds``."""
        with self.engine.begin() as db:
            self._change(db, work, due=time.time() + seconds)

    def finish(self, work: Work) -> None:
        """The answer is out, or cannot go out: nothing of the message stays."""
        with self.engine.begin() as db:
            db.execute(sa.delete(inbox).where(inbox.c.seq == work.seq, inbox.c.attempts == work.attempts))

    @staticmethod
    def _change(db: Connection, work: Work, **values: Any) -> None:
        # Who takes it up counts the attempts up: by their number everybody knows whether it is still theirs.
        mine = (inbox.c.seq == work.seq, inbox.c.attempts == work.attempts)
        if db.execute(sa.update(inbox).where(*mine).values(**values)).rowcount != 1:
            raise Lost

    # --- remembering and forgetting ---

    def thread(self, sender_id: str) -> dict[str, Any]:
        """What the channel remembers of the conversation; empty where it is over."""
        wanted = sa.select(threads.c.sealed).where(
            threads.c.sender_id == sender_id, threads.c.keep_until >= time.time()
        )
        with self.engine.begin() as db:
            encrypted = db.execute(wanted).scalar()
        try:
            return dict(self.cipher.decrypt(encrypted)) if encrypted else {}
        except Unreadable:
            return {}

    def keep_thread(self, sender_id: str, thread: dict[str, Any]) -> None:
        """Keeps what the channel remembers, outside of a turn."""
        with self.engine.begin() as db:
            self._keep_thread(db, sender_id, thread)

    def _keep_thread(self, db: Connection, sender_id: str, thread: dict[str, Any]) -> None:
        if thread:
            until = time.time() + (MEMORY if thread.get("ids") else SESSION)
            row = {"sender_id": sender_id, "sealed": self.cipher.encrypt(thread), "keep_until": until}
            upsert(db, threads, row)
        else:
            db.execute(sa.delete(threads).where(threads.c.sender_id == sender_id))

    def address(self, sender_id: str) -> str | None:
        """Where ``sender_id`` can be written to, for reminders."""
        with self.engine.begin() as db:
            encrypted = db.execute(sa.select(addresses.c.sealed).where(addresses.c.sender_id == sender_id)).scalar()
        try:
            return str(self.cipher.decrypt(encrypted)) if encrypted else None
        except Unreadable:
            return None

    def forget(self, sender_id: str) -> None:
        """Nothing of the person stays here, waiting messages included (an opt-out stays: they asked for it)."""
        with self.engine.begin() as db:
            self._forget(db, sender_id, None)
        self._fold()

    @staticmethod
    def _forget(db: Connection, sender_id: str, but: int | None) -> None:
        db.execute(sa.delete(inbox).where(inbox.c.sender_id == sender_id, inbox.c.seq != (but or -1)))
        for table in (addresses, threads, reminder):
            db.execute(sa.delete(table).where(table.c.sender_id == sender_id))

    def _fold(self) -> None:
        """SQLite's write-ahead log still holds what was written: fold it in and cut it to nothing."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as db:
                db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def purge(self) -> None:
        """Deletes what is past its time."""
        now = time.time()
        with self.engine.begin() as db:
            db.execute(sa.delete(seen).where(seen.c.at < now - SEEN))
            for table in (addresses, threads):
                db.execute(sa.delete(table).where(table.c.keep_until < now))
        self._thin_out(now)

    def _thin_out(self, now: float) -> None:
        """Of conversations that are over, leaves the numbers of messages that the provider would still delete."""
        age = (threads.c.keep_until < now + MEMORY - SESSION, threads.c.keep_until >= now)
        theirs = [threads.c.sender_id.startswith(f"{channel.name}:") for channel in channels() if channel.deletes]
        old = sa.select(threads).where(sa.or_(sa.false(), *theirs), *age)
        with self.engine.connect() as db:
            rows = db.execute(old).all()
        for row in rows:
            try:
                thread = dict(self.cipher.decrypt(row.sealed))
            except Unreadable:
                thread = {}
            ids = thread.get("ids")
            if set(thread) <= {"ids"} or not ids:
                continue
            same = (threads.c.sender_id == row.sender_id, threads.c.sealed == row.sealed)
            with self.engine.begin() as db:
                db.execute(sa.update(threads).where(*same).values(sealed=self.cipher.encrypt({"ids": ids})))

    # --- opt-outs ---

    def opted_out(self, sender_id: str) -> bool:
        """Whether the person wants no texts."""
        with self.engine.begin() as db:
            return db.execute(sa.select(opt_outs.c.at).where(opt_outs.c.sender_id == sender_id)).first() is not None

    def opt_out(self, sender_id: str) -> None:
        """Notes that the person wants no texts."""
        with self.engine.begin() as db:
            upsert(db, opt_outs, {"sender_id": sender_id, "at": time.time()})
            db.execute(sa.delete(reminder).where(reminder.c.sender_id == sender_id))

    def opt_in(self, sender_id: str) -> None:
        """Notes that the person wants texts again."""
        with self.engine.begin() as db:
            db.execute(sa.delete(opt_outs).where(opt_outs.c.sender_id == sender_id))
