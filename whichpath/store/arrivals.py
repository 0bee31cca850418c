"""Storing messages in the inbox: each once, and the parts of a split text as one."""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from whichpath.store.encryption import Cipher
from whichpath.store.engine import upsert
from whichpath.store.schema import addresses, events, inbox, opt_outs, phrase, reminder, seen, threads

#: Seconds that an address and the conversation are kept after the last message.
SESSION = 24 * 3600.0
#: Most waiting messages of one person; a human does not send more.
WAITING = 20


class Crowded(Exception):
    """Too many messages of this person wait already."""


class Arrivals:
    """The part of :class:`whichpath.store.inbox.Inbox` that stores messages."""

    def __init__(self, engine: Engine, cipher: Cipher) -> None:
        self.engine = engine
        self.cipher = cipher

    def accept(
        self,
        channel: str,
        provider_id: str,
        sender_id: str,
        address: str,
        message: dict[str, Any],
        hold: float = 0.0,
    ) -> bool:
        """Stores a message. ``False`` for a duplicate.

        ``hold``: seconds before it can be claimed, because another part may come. A message with ``pieces``
        (``[[number, text], ...]``) is appended to one of the same person that is still held.

        Raises:
            Crowded: too many wait.
        """
        now = time.time()
        key = self.cipher.digest(f"{channel}\0{provider_id}")
        with self.engine.begin() as db:
            waiting = sa.select(sa.func.count()).select_from(inbox).where(inbox.c.sender_id == sender_id)
            crowded = db.execute(waiting).scalar_one() >= WAITING
        try:
            with self.engine.begin() as db:
                db.execute(sa.insert(seen).values(key=key, at=now))
                if self._join(db, sender_id, message, now + hold):
                    return True
                if crowded:
                    raise Crowded
                encrypted = self.cipher.encrypt({"address": address, "message": message})
                row = {"key": key, "channel": channel, "sender_id": sender_id, "sealed": encrypted}
                db.execute(sa.insert(inbox).values(**row, received=now, due=now + hold, attempts=0, sent=0))
                self._keep_address(db, sender_id, channel, address, now + SESSION)
        except IntegrityError:
            return False
        return True

    def _join(self, db: Connection, sender_id: str, message: dict[str, Any], due: float) -> bool:
        """Appends ``message`` to the newest one of ``sender_id`` if that is a part and not claimed yet."""
        newest = sa.select(inbox).where(inbox.c.sender_id == sender_id).order_by(inbox.c.seq.desc()).limit(1)
        row = db.execute(newest).first()
        if row is None or row.attempts or row.due <= time.time():
            return False
        content = self.cipher.decrypt(row.sealed)
        held = content["message"].get("pieces")
        if not held:
            return False
        pieces = [*held, *(message.get("pieces") or [[None, message["text"]]])]
        if all(number is not None for number, _text in pieces):
            pieces.sort(key=lambda piece: piece[0])
        joined = {**content["message"], **message, "pieces": pieces, "text": " ".join(text for _n, text in pieces)}
        encrypted = self.cipher.encrypt({**content, "message": joined})
        # If the first part was claimed meanwhile, this one becomes a message of its own.
        free = (inbox.c.seq == row.seq, inbox.c.attempts == 0)
        return db.execute(sa.update(inbox).where(*free).values(sealed=encrypted, due=due)).rowcount == 1

    def see(self, channel: str, provider_id: str) -> bool:
        """Records a message that is answered at once and not stored. ``False`` for a duplicate."""
        try:
            with self.engine.begin() as db:
                db.execute(sa.insert(seen).values(key=self.cipher.digest(f"{channel}\0{provider_id}"), at=time.time()))
        except IntegrityError:
            return False
        return True

    def rename(self, before: str, sender_id: str) -> None:
        """Moves rows from ``before``, a pseudonym under the previous key, to ``sender_id``: opt-outs first."""
        with self.engine.begin() as db:
            for table in (opt_outs, addresses, threads):
                if not db.execute(sa.select(table.c.sender_id).where(table.c.sender_id == before)).first():
                    continue
                there = db.execute(sa.select(table.c.sender_id).where(table.c.sender_id == sender_id)).first()
                mine = table.c.sender_id == before
                change = sa.delete(table) if there else sa.update(table).values(sender_id=sender_id)
                db.execute(change.where(mine))
            for table in (inbox, reminder, events, phrase):
                db.execute(sa.update(table).where(table.c.sender_id == before).values(sender_id=sender_id))

    def waiting(self, channel: str) -> int:
        """The number of messages that wait for their turn."""
        mine = (inbox.c.channel == channel, inbox.c.attempts == 0)
        with self.engine.begin() as db:
            return int(db.execute(sa.select(sa.func.count()).select_from(inbox).where(*mine)).scalar_one())

    def _keep_address(self, db: Connection, sender_id: str, channel: str, address: str, until: float) -> None:
        kept, encrypted = addresses.c.keep_until, self.cipher.encrypt(address)
        row = {"sender_id": sender_id, "channel": channel, "sealed": encrypted, "keep_until": until}
        upsert(db, addresses, row, sealed=encrypted, keep_until=sa.case((kept > until, kept), else_=until))
