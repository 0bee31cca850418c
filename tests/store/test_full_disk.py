"""A full disk: people get a message, nothing is partly written or damaged, and everything works once there is space."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import OperationalError

from testing.production import Postgres
from whichpath.store.encryption import Cipher
from whichpath.store.inbox import Inbox
from whichpath.store.tracker import ConversationStore

LONG = "x" * 4000


class SqliteDisk:
    """A database file that cannot grow, as on a full disk."""

    def __init__(self, tmp_path) -> None:
        self.store = ConversationStore(Domain.empty(), host=f"sqlite:///{tmp_path}/x.db")
        self.pages = 2**30
        sa.event.listen(self.store.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count={self.pages}"))

    def full(self) -> None:
        with self.store.engine.connect() as db:
            self.pages = db.exec_driver_sql("PRAGMA page_count").scalar() + 8
        self.store.engine.dispose()

    def room(self) -> None:
        self.pages = 2**30
        self.store.engine.dispose()

    def sound(self) -> bool:
        with self.store.engine.connect() as db:
            return db.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


class PostgresDisk:
    """A server whose files cannot exceed 16 MB, the size of its write-ahead log segments."""

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self.store = ConversationStore(Domain.empty(), host=server.new_database())

    def full(self) -> None:
        with self.store.engine.begin() as db:
            db.exec_driver_sql("ALTER TABLE events ALTER data SET STORAGE PLAIN")  # without compression
            rows = "SELECT 'filler', 'slot', 0, repeat('y', 4000) FROM generate_series(1, 3900)"
            db.exec_driver_sql(f"INSERT INTO events (sender_id, type_name, timestamp, data) {rows}")
        self.server.stop()
        self.server.start(16 * 2**20)

    def room(self) -> None:
        self.server.restart("fast")

    def sound(self) -> bool:
        with self.store.engine.connect() as db:
            return db.exec_driver_sql("SELECT count(data) FROM events").scalar() > 0


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    running = Postgres()
    yield running
    running.server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def disk(request, tmp_path):
    if request.param == "sqlite":
        return SqliteDisk(tmp_path)
    return PostgresDisk(request.getfixturevalue("server"))


def talk(sender: str, *texts: str) -> DialogueStateTracker:
    tracker = DialogueStateTracker(sender, [])
    for text in texts:
        tracker.update(UserUttered(text))
    return tracker


async def test_a_full_disk_is_an_error_and_no_damage(disk):
    store = disk.store
    await store.save(talk("a", "one"))
    disk.full()
    last = "b"

    async def fill() -> None:
        nonlocal last
        for number in range(200):
            last = f"b{number}"
            await store.save(talk(last, *[LONG] * 20))

    with pytest.raises(OperationalError) as caught:
        await fill()
    assert LONG not in str(caught.value)
    # Nothing of the failed turn is stored, and everything of the earlier ones.
    assert await store.retrieve(last) is None
    assert [e.text for e in (await store.retrieve("a")).events] == ["one"]
    await store.ping()
    disk.room()
    await store.save(talk(last, "again"))
    assert len((await store.retrieve(last)).events) == 1
    assert disk.sound()


def test_a_text_that_cannot_be_written_down_is_not_taken_in(tmp_path):
    disk = SqliteDisk(tmp_path)
    inbox = Inbox(disk.store.engine, Cipher(b"k" * 32))
    disk.full()
    taken = -1

    def fill() -> None:
        nonlocal taken
        while taken < 200:
            taken += 1
            inbox.accept("sms", f"SM{taken}", f"sms:{taken}", "+1", {"text": LONG})

    with pytest.raises(OperationalError):
        fill()
    disk.room()
    # Twilio repeats it, and now it is accepted as new.
    assert inbox.accept("sms", f"SM{taken}", f"sms:{taken}", "+1", {"text": LONG})
    assert not inbox.accept("sms", "SM0", "sms:0", "+1", {"text": LONG})
