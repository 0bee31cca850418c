"""A missing file or table is reported by the health check and created again, without a restart."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from whichpath.store.mend import Lacking, check, well
from whichpath.store.private import keep_private
from whichpath.store.schema import metadata
from whichpath.store.tracker import ConversationStore


@pytest.fixture
def store(database_url):
    made = ConversationStore(Domain.empty(), host=database_url)
    yield made
    made.engine.dispose()


async def _save(store, sender):
    tracker = DialogueStateTracker.from_events(sender, [UserUttered("hello")])
    tracker.stored = 0
    await store.save(tracker)


@pytest.mark.parametrize("table", sorted(metadata.tables))
async def test_a_table_that_is_gone_is_told_and_made_again(store, table):
    await store.ping()
    with store.engine.begin() as db:
        db.exec_driver_sql(f"DROP TABLE {table}")
    with pytest.raises(Lacking):
        await store.ping()
    await store.ping()
    await _save(store, "a")


async def test_a_file_that_is_gone_is_told_and_made_again(tmp_path):
    store = ConversationStore(Domain.empty(), host=f"sqlite:///{tmp_path}/x.db")
    await _save(store, "a")
    for path in tmp_path.glob("x.db*"):
        path.unlink()
    with pytest.raises((Lacking, sa.exc.OperationalError)):
        await store.ping()
    await store.ping()
    await _save(store, "b")
    with sa.create_engine(f"sqlite:///{tmp_path}/x.db").connect() as other:
        assert other.exec_driver_sql("SELECT sender_id FROM events").scalars().all() == ["b"], (
            "written where all find it"
        )


async def test_a_copy_that_is_brought_back_is_read_at_once(tmp_path):
    store = ConversationStore(Domain.empty(), host=f"sqlite:///{tmp_path}/x.db")
    await _save(store, "a")
    with sa.create_engine(f"sqlite:///{tmp_path}/x.db").connect() as other:
        other.exec_driver_sql(f"VACUUM INTO '{tmp_path}/copy.db'")
    await _save(store, "b")
    for suffix in ("-wal", "-shm"):
        Path(f"{tmp_path}/x.db{suffix}").unlink(missing_ok=True)
    os.replace(tmp_path / "copy.db", tmp_path / "x.db")
    assert await store.retrieve_full_tracker("a") and not await store.retrieve_full_tracker("b")


def test_a_database_that_takes_nothing_in_is_not_well(tmp_path):
    store = ConversationStore(Domain.empty(), host=f"sqlite:///{tmp_path}/x.db")
    sa.event.listen(store.engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only=ON"))
    store.engine.dispose()
    with pytest.raises(sa.exc.OperationalError):
        check(store.engine)
    with pytest.raises(sa.exc.OperationalError):
        well(store.engine)


def test_what_stands_in_var_is_for_its_own_user_alone(tmp_path):
    (tmp_path / "log").mkdir(mode=0o755)
    (tmp_path / "log" / "rasa.log").write_text("")
    before = os.umask(0o022)
    try:
        keep_private(tmp_path)
        (tmp_path / "new").write_text("")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [tmp_path, *tmp_path.rglob("*")]}
    finally:
        os.umask(before)
    assert not any(mode & 0o077 for mode in modes.values()), modes
