"""The inbox table: messages that wait for their answer, stored once, processed again after a crash.

All calls block; :mod:`whichpath.channels.outbox` runs them in threads.
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
from whichpath.store.engine import overwritten, upsert
from whichpath.store.schema import addresses, inbox, opt_outs, reminder, seen, threads

__all__ = ["IDLE", "LEASE", "SESSION", "Crowded", "Delivery", "Inbox", "Lost", "Work"]

#: The lease in seconds. A living process prolongs it (:meth:`Inbox.keep`); after a kill another process waits no longer
#: than this.
LEASE = 15.0
#: Idle seconds after which a conversation is not continued, as Rasa's session (`domain.yml`): another person may have
#: the phone by then.
IDLE = 30 * 60.0
#: Seconds that a chat's message numbers are kept: Telegram allows deletion for 48 hours.
MEMORY = 48 * 3600.0
#: Seconds that the hash of a message's id is kept, so that a replay finds it.
SEEN = 90 * 24 * 3600.0

Delivery = dict[str, Any]


class Lost(Exception):
    """Another process has claimed the message meanwhile, or it was erased: stop working on it."""


@dataclass(frozen=True)
class Work:
    """A claimed message. ``deliveries`` is ``None`` until its turn is done."""

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

    # --- processing ---

    def claim(self, channel: str) -> Work | None:
        """Claims the oldest due message that is the first one of its person."""
        now = time.time()
        earlier = inbox.alias()
        blocked = sa.exists().where(earlier.c.sender_id == inbox.c.sender_id, earlier.c.seq < inbox.c.seq)
        ready = (inbox.c.channel == channel, inbox.c.due <= now, ~blocked)
        with self.engine.begin() as db:
            # Each process locks a different row (SQLite has no such lock: the first one to write wins).
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
                # Encrypted with an old key: it cannot be answered.
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
        """At start: releases the claims of an earlier process. Only one process uses a SQLite file."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.begin() as db:
                db.execute(sa.update(inbox).where(inbox.c.channel == channel).values(due=time.time()))

    def keep(self, work: Work) -> None:
        """Prolongs the lease.

        Raises:
            Lost: another process has it. The three methods below raise it too.
        """
        with self.engine.begin() as db:
            self._change(db, work, due=time.time() + LEASE)

    def keep_answer(self, work: Work, deliveries: list[Delivery], thread: dict[str, Any], forget: bool) -> None:
        """Stores the deliveries of a finished turn and the thread, in one transaction.

        With ``forget`` only this row remains of the person, until the answer is sent.
        """
        with self.engine.begin() as db:
            self._change(db, work, answer=self.cipher.encrypt(deliveries), due=time.time() + LEASE)
            if forget:
                self._forget(db, work.sender_id, work.seq)
            else:
                self._keep_thread(db, work.sender_id, thread)

    def begin(self, work: Work, sent: int) -> None:
        """Records that delivery number ``sent`` is about to be sent."""
        now = time.time()
        with self.engine.begin() as db:
            self._change(db, work, sent=sent, trying=now, due=now + LEASE)

    def sent(self, work: Work, sent: int, thread: dict[str, Any] | None) -> None:
        """Records that ``sent`` deliveries were sent. ``thread`` replaces the thread, ``None`` for no change."""
        with self.engine.begin() as db:
            self._change(db, work, sent=sent, trying=None)
            if thread is not None:
                self._keep_thread(db, work.sender_id, thread)

    def postpone(self, work: Work, seconds: float) -> None:
        """Releases it; it can be claimed again in ``seconds``."""
        with self.engine.begin() as db:
            self._change(db, work, due=time.time() + seconds)

    def finish(self, work: Work) -> None:
        """Deletes the message after its answer was sent or dropped."""
        with self.engine.begin() as db:
            db.execute(sa.delete(inbox).where(inbox.c.seq == work.seq, inbox.c.attempts == work.attempts))

    @staticmethod
    def _change(db: Connection, work: Work, **values: Any) -> None:
        # A claim increments the attempts, so their number identifies the claim.
        mine = (inbox.c.seq == work.seq, inbox.c.attempts == work.attempts)
        if db.execute(sa.update(inbox).where(*mine).values(**values)).rowcount != 1:
            raise Lost

    # --- threads and deletion ---

    def thread(self, sender_id: str) -> dict[str, Any]:
        """The thread of the conversation; empty where it has expired."""
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
        """Stores the thread, outside of a turn."""
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
        """The address of ``sender_id``, for reminders."""
        with self.engine.begin() as db:
            encrypted = db.execute(sa.select(addresses.c.sealed).where(addresses.c.sender_id == sender_id)).scalar()
        try:
            return str(self.cipher.decrypt(encrypted)) if encrypted else None
        except Unreadable:
            return None

    def forget(self, sender_id: str) -> None:
        """Deletes all rows of the person, waiting messages included, except an opt-out."""
        with self.engine.begin() as db:
            self._forget(db, sender_id, None)

    @staticmethod
    def _forget(db: Connection, sender_id: str, but: int | None) -> None:
        db.execute(sa.delete(inbox).where(inbox.c.sender_id == sender_id, inbox.c.seq != (but or -1)))
        for table in (addresses, threads, reminder):
            db.execute(sa.delete(table).where(table.c.sender_id == sender_id))

    def purge(self) -> None:
        """Deletes expired rows."""
        now = time.time()
        with self.engine.begin() as db:
            db.execute(sa.delete(seen).where(seen.c.at < now - SEEN))
            for table in (addresses, threads):
                db.execute(sa.delete(table).where(table.c.keep_until < now))
        self._thin_out(now)

    def _thin_out(self, now: float) -> None:
        """Reduces expired threads to the numbers of messages that the provider can still delete."""
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
                overwritten(db)

    # --- opt-outs ---

    def opted_out(self, sender_id: str) -> bool:
        """Whether the person wants no texts."""
        with self.engine.begin() as db:
            return db.execute(sa.select(opt_outs.c.at).where(opt_outs.c.sender_id == sender_id)).first() is not None

    def opt_out(self, sender_id: str) -> None:
        """Records an opt-out."""
        with self.engine.begin() as db:
            upsert(db, opt_outs, {"sender_id": sender_id, "at": time.time()})
            db.execute(sa.delete(reminder).where(reminder.c.sender_id == sender_id))

    def opt_in(self, sender_id: str) -> None:
        """Removes an opt-out."""
        with self.engine.begin() as db:
            db.execute(sa.delete(opt_outs).where(opt_outs.c.sender_id == sender_id))
