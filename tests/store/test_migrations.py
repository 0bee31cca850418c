"""Alembic migrations: upgrade, downgrade, from an older database, by several processes at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain

from whichpath.store.engine import make_engine
from whichpath.store.migrate import VERSION_TABLE, migrate, upgrade
from whichpath.store.schema import metadata
from whichpath.store.tracker import ConversationStore

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ("0001", "0002", "0003", "0004", "0005")


@pytest.fixture
def engine(database_url):
    made = make_engine(database_url)
    yield made
    made.dispose()


def tables(engine):
    return set(sa.inspect(engine).get_table_names()) - {VERSION_TABLE, "sqlite_sequence"}


def differences(engine):
    with engine.connect() as db:
        return compare_metadata(MigrationContext.configure(db, opts={"version_table": VERSION_TABLE}), metadata)


def test_the_tables_are_those_of_the_schema(engine):
    upgrade(engine)
    assert tables(engine) == set(metadata.tables) and differences(engine) == []


def test_down_and_up_again_step_by_step(engine):
    for version in (*VERSIONS, *reversed(VERSIONS), "base", *VERSIONS):
        migrate(engine, version)
    assert differences(engine) == []
    with engine.begin() as db:
        db.execute(sa.insert(metadata.tables["events"]).values(sender_id="a", type_name="user"))
    migrate(engine, "base")
    assert tables(engine) == {"events"}  # the conversations are never dropped
    upgrade(engine)
    with engine.begin() as db:
        assert db.execute(sa.select(metadata.tables["events"].c.sender_id)).scalar() == "a"
    assert differences(engine) == []


def test_a_database_that_rasa_made_is_taken_over(engine):
    SQLTrackerStore.Base.metadata.create_all(engine)
    with engine.begin() as db:
        db.execute(sa.insert(metadata.tables["events"]).values(sender_id="a", type_name="user"))
    upgrade(engine)
    assert differences(engine) == []
    with engine.begin() as db:
        many = 3_000_000_000  # more than 32 bits
        db.execute(sa.insert(metadata.tables["events"]).values(id=many, sender_id="a", type_name="user"))
        assert db.execute(sa.select(sa.func.count()).select_from(metadata.tables["events"])).scalar() == 2


def test_processes_that_start_together_make_the_tables_once(engine, database_url):
    environment = {**os.environ, "WHICHPATH_DB_URL": database_url}
    command = [sys.executable, "-m", "whichpath.store.migrate"]
    starting = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(5)
    ]
    words = [process.communicate(timeout=60)[1] for process in starting]
    assert [process.returncode for process in starting] == [0] * 5, words
    assert differences(engine) == []


async def test_reading_a_conversation_does_not_look_at_the_others(database_url):
    store = ConversationStore(Domain.empty(), host=database_url)
    events = metadata.tables["events"]
    rows = [
        {"sender_id": f"web:{n % 500}", "type_name": "user", "timestamp": float(n), "data": "{}"} for n in range(20_000)
    ]
    with store.engine.begin() as db:
        db.execute(sa.insert(events), rows)
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("ANALYZE events")
    with store.session_scope() as session, store.engine.connect() as db:
        query = store._event_query(session, "web:7", False).statement
        text = str(query.compile(store.engine, compile_kwargs={"literal_binds": True}))
        explain = "EXPLAIN QUERY PLAN" if db.dialect.name == "sqlite" else "EXPLAIN"
        plan = " ".join(str(row) for row in db.exec_driver_sql(f"{explain} {text}"))
    assert "events_in_order" in plan and "Seq Scan" not in plan and "SCAN events" not in plan, plan
