"""Operators' tasks on SQLite and PostgreSQL: backup and restore, a new key, upgrade and downgrade."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pgserver
import pytest
import sqlalchemy as sa

from whichpath.console import Stop
from whichpath.store import identity
from whichpath.store.backup import restore, save
from whichpath.store.encryption import Cipher, Unreadable
from whichpath.store.engine import make_engine
from whichpath.store.identity import pseudonym, pseudonym_before
from whichpath.store.inbox import Inbox
from whichpath.store.migrate import migrate, upgrade
from whichpath.store.schema import metadata

OLD, NEW = "the key of last year", "the key of this year"


def _inbox(engine, key=OLD, before=None):
    return Inbox(engine, Cipher(key.encode(), before.encode() if before else None))


def test_a_copy_brings_everything_back(engine, database_url, tmp_path, monkeypatch):
    # The tools of the tested server, because those of the machine may be older.
    tools = Path(pgserver.__file__).parent / "pginstall" / "bin"
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    inbox = _inbox(engine)
    inbox.accept("sms", "SM1", "sms:a", "+15551230000", {"text": "hello"})
    inbox.opt_out("sms:b")
    save(database_url, tmp_path / "copy")
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    inbox.opt_in("sms:b")
    inbox.forget("sms:a")
    engine.dispose()
    restore(database_url, tmp_path / "copy")
    assert inbox.opted_out("sms:b") and inbox.claim("sms").message == {"text": "hello"}


def test_a_copy_that_is_damaged_changes_nothing(tmp_path):
    url = f"sqlite:///{tmp_path}/x.db"
    upgrade(make_engine(url))
    _inbox(make_engine(url)).opt_out("sms:b")
    (tmp_path / "copy").write_bytes(b"no database" * 100)
    with pytest.raises(Stop):
        restore(url, tmp_path / "copy")
    assert _inbox(make_engine(url)).opted_out("sms:b")
    with pytest.raises(Stop, match="no file"):
        restore(url, tmp_path / "nothing")
    with pytest.raises(Stop, match="no database"):
        save(f"sqlite:///{tmp_path}/nothing.db", tmp_path / "copy")


def test_an_opt_out_survives_another_key(engine, monkeypatch):
    phone = "+15551230000"
    monkeypatch.setenv("WHICHPATH_SECRET", OLD)
    identity.key.cache_clear()
    was, inbox = pseudonym("sms", phone), _inbox(engine)
    inbox.accept("sms", "SM1", was, phone, {"text": "hello"})
    inbox.opt_out(was)
    monkeypatch.setenv("WHICHPATH_SECRET", NEW)
    monkeypatch.setenv("WHICHPATH_SECRET_BEFORE", OLD)
    identity.key.cache_clear()
    now, later = pseudonym("sms", phone), _inbox(engine, NEW, OLD)
    assert now != was and pseudonym_before("sms", phone) == was and not later.opted_out(now)
    later.rename(pseudonym_before("sms", phone), now)
    assert later.opted_out(now) and not later.opted_out(was)
    assert later.address(now) == phone, "sealed with the key before, and still readable"
    assert later.claim("sms").sender_id == now
    later.rename(was, now)  # again: nothing changes
    assert later.opted_out(now)
    identity.key.cache_clear()


def test_without_the_key_before_nothing_of_before_is_readable():
    encrypted = Cipher(OLD.encode()).encrypt("x")
    assert Cipher(NEW.encode(), OLD.encode()).decrypt(encrypted) == "x"
    with pytest.raises(Unreadable):
        Cipher(NEW.encode()).decrypt(encrypted)


def test_a_version_up_and_the_one_before_keep_what_people_said(engine):
    inbox = _inbox(engine)
    inbox.opt_out("sms:b")
    inbox.accept("sms", "SM1", "sms:a", "+15551230000", {"text": "hello"})
    migrate(engine, "0004")
    assert "job" not in sa.inspect(engine).get_table_names()
    assert inbox.opted_out("sms:b")
    migrate(engine, "head")
    assert set(metadata.tables) <= set(sa.inspect(engine).get_table_names())
    assert inbox.opted_out("sms:b") and inbox.claim("sms").message == {"text": "hello"}
