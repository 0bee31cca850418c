"""The tracker store on a real SQLite file and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
import time

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import OperationalError, ProgrammingError

from whichpath.store import engine
from whichpath.store.tracker import ConversationStore, database_url, make_engine


@pytest.fixture
def store(database_url):
    return ConversationStore(Domain.empty(), host=database_url)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "down" / "whichpath.db"


@pytest.fixture
def file(path):
    return ConversationStore(Domain.empty(), host=f"sqlite:///{path}")


def talk(sender: str, *texts: str) -> DialogueStateTracker:
    events = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    tracker = DialogueStateTracker.from_events(sender, events)
    for text in texts:
        tracker.update(UserUttered(text))
    return tracker


def texts_of(tracker: DialogueStateTracker | None) -> list[str]:
    return [e.text for e in tracker.events if isinstance(e, UserUttered)] if tracker else []


async def test_what_is_saved_is_there_after_a_restart(store, database_url):
    await store.save(talk("web:a", "one", "two"))
    again = ConversationStore(Domain.empty(), host=database_url)
    assert texts_of(await again.retrieve("web:a")) == ["one", "two"]
    assert await again.retrieve("web:b") is None
    assert list(await again.keys()) == ["web:a"]


async def test_only_new_events_are_appended(store):
    await store.save(talk("a", "one"))
    tracker = await store.retrieve("a")
    tracker.update(UserUttered("two"))
    await store.save(tracker)
    await store.save(tracker)
    with store.engine.connect() as raw:
        assert raw.execute(sa.text("select count(*) from events where type_name = 'user'")).scalar() == 2


async def test_the_last_session_is_read_and_all_of_them_on_request(store):
    await store.save(talk("a", "before"))
    tracker = await store.retrieve("a")
    for event in (ActionExecuted("action_session_start"), SessionStarted(), UserUttered("after")):
        tracker.update(event)
    await store.save(tracker)
    assert texts_of(await store.retrieve("a")) == ["after"]
    assert texts_of(await store.retrieve_full_tracker("a")) == ["before", "after"]


async def test_a_session_begins_where_it_was_stored_whatever_the_clock_says(store):
    await store.save(talk("a", "before"))
    tracker = await store.retrieve("a")
    ahead, behind = time.time() + 600, time.time()  # two machines
    for event in (ActionExecuted("action_session_start", timestamp=ahead), SessionStarted(timestamp=ahead)):
        tracker.update(event)
    await store.save(tracker)
    tracker = await store.retrieve("a")
    tracker.update(UserUttered("after", timestamp=behind))
    await store.save(tracker)
    assert texts_of(await store.retrieve("a")) == ["after"]


async def test_of_two_turns_at_once_neither_loses_an_event(store):
    await store.save(talk("a", "one"))
    slow, quick = await store.retrieve("a"), await store.retrieve("a")
    quick.update(UserUttered("quick"))
    quick.update(ActionExecuted("action_listen"))
    await store.save(quick)
    slow.update(UserUttered("slow"))
    await store.save(slow)
    assert texts_of(await store.retrieve("a")) == ["one", "quick", "slow"]


async def test_erased_is_erased(store):
    await store.save(talk("a", "zanzibar"))
    await store.save(talk("b", "madagascar"))
    await store.erase("a")
    assert await store.retrieve("a") is None
    assert texts_of(await store.retrieve("b")) == ["madagascar"]


async def test_erased_words_are_in_no_file(file, path):
    await file.save(talk("a", "zanzibar"))
    await file.save(talk("b", "madagascar"))
    await file.erase("a")
    assert await file.retrieve("a") is None
    assert texts_of(await file.retrieve("b")) == ["madagascar"]
    kept = b"".join(part.read_bytes() for part in path.parent.iterdir())
    assert b"zanzibar" not in kept and b"madagascar" in kept


async def test_erased_words_leave_the_files_once_nobody_reads_them(path, monkeypatch):
    monkeypatch.setattr(engine, "STATEMENT_SECONDS", 0.1)
    file = ConversationStore(Domain.empty(), host=f"sqlite:///{path}")
    await file.save(talk("a", "zanzibar"))
    with sqlite3.connect(path, isolation_level=None) as reader:
        reader.execute("begin")
        assert reader.execute("select count(*) from events").fetchone()[0]
        await file.erase("a")  # the log cannot be emptied while somebody reads it
        reader.execute("rollback")
    await file.save(talk("b", "madagascar"))
    assert b"zanzibar" not in b"".join(part.read_bytes() for part in path.parent.iterdir())


async def test_a_commit_is_on_the_disk_before_it_is_acknowledged(file):
    with file.engine.connect() as db:
        assert db.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert db.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


async def test_a_new_conversation_writes_nothing_before_its_first_message(file):
    statements: list[str] = []
    sa.event.listen(file.engine, "after_cursor_execute", lambda _db, _cursor, said, *_more: statements.append(said))
    tracker = await file.get_or_create_tracker("a", append_action_listen=False)
    assert len(statements) == 1 and statements[0].startswith("SELECT")
    tracker.update(UserUttered("one"))
    await file.save(tracker)
    assert texts_of(await file.retrieve("a")) == ["one"]


async def test_readers_do_not_wait_for_a_writer(file, path):
    await file.save(talk("a", "one"))
    with sqlite3.connect(path, isolation_level=None) as raw:
        raw.execute("begin immediate")
        assert texts_of(await asyncio.wait_for(file.retrieve("a"), 1)) == ["one"]
        raw.execute("rollback")


async def test_a_slow_database_holds_up_nobody_else(store):
    with store.engine.begin() as other:
        # An open write transaction. Only SQLite serialises writers.
        locking = (
            "lock table events in exclusive mode" if store.engine.dialect.name == "postgresql" else "begin immediate"
        )
        other.exec_driver_sql(locking)
        saving = asyncio.ensure_future(store.save(talk("a", "one")))
        began = time.monotonic()
        await asyncio.sleep(0.05)
        assert time.monotonic() - began < 0.5, "the event loop was blocked"
        assert not saving.done()
    await asyncio.wait_for(saving, 6)


async def test_errors_hold_no_words(store):
    with store.engine.begin() as db:
        db.exec_driver_sql("drop table events")
    with pytest.raises((OperationalError, ProgrammingError)) as caught:
        await store.save(talk("a", "zanzibar"))
    assert "zanzibar" not in str(caught.value)


async def test_ping(store):
    await store.ping()


def test_a_database_that_cannot_be_had_stops_the_start(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises((OperationalError, OSError)):
        ConversationStore(Domain.empty(), host=f"sqlite:///{tmp_path}/file/x.db")


def test_a_missing_driver_is_not_taken_for_a_missing_class():
    with pytest.raises(ConnectionError, match="driver"):
        make_engine("mysql+pymysql://u@h/d")


def test_where_the_conversations_are(monkeypatch):
    monkeypatch.delenv("WHICHPATH_DB_URL", raising=False)
    monkeypatch.delenv("DB_URL", raising=False)
    assert database_url().endswith("/var/whichpath.db")
    monkeypatch.setenv("DB_URL", "sqlite:///a.db")
    assert database_url() == "sqlite:///a.db"
    monkeypatch.setenv("WHICHPATH_DB_URL", "postgresql://h/d")
    assert database_url() == "postgresql://h/d"


def test_postgres_gets_time_outs():
    engine = make_engine("postgresql://user:word@127.0.0.1:1/db")
    with pytest.raises(OperationalError), engine.connect() as connection:
        connection.execute(sa.text("select 1"))
    assert engine.pool._pre_ping and engine.hide_parameters
