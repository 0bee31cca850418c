"""Measures replies, database size and deletion of expired data with many stored conversations.

``python -m bench.resilience.growth``

A few real conversations are held; then SQL statements copy them as often as needed, each under a new sender.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bench.accuracy.cases import ROOT
from bench.speed.latency import Latency, conversation, replies
from bench.speed.systems import Running, running
from testing import production

if TYPE_CHECKING:
    from whichpath.store.tracker import ConversationStore

#: Number of conversations that are held and copied.
SEEDS = 20
SIZES = (100, 1_000, 10_000, 100_000)
_COPY = """
WITH RECURSIVE n(i) AS (SELECT CAST(:low AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < :high)
INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data)
SELECT e.sender_id || '-' || n.i, e.type_name, e.timestamp, e.intent_name, e.action_name, e.data
FROM n CROSS JOIN (SELECT * FROM events WHERE id <= :last) e ORDER BY n.i, e.id
"""
#: Copies of each per statement: PostgreSQL's statement timeout is five seconds.
AT_ONCE = 25


@dataclass(frozen=True)
class Grown:
    """The figures for one number of stored conversations. Sizes in MB, times in ms, ``tidy`` in seconds."""

    database: str
    conversations: int
    events: int
    size: float
    reply: Latency
    tidy: float


def size_of(store: ConversationStore) -> float:
    """The size of the database on disk, in MB."""
    with store.engine.connect() as db:
        if store.engine.dialect.name == "sqlite":
            pages, page = (db.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size"))
            return pages * page / 1e6
        return db.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one() / 1e6


def grow(store: ConversationStore, have: int, want: int, last: int) -> None:
    """Adds copies of the first ``last`` events until ``want`` conversations are stored instead of ``have``."""
    low, end = have // SEEDS, want // SEEDS
    while low < end:
        high = min(low + AT_ONCE, end) - 1
        with store.engine.begin() as db:
            db.execute(sa.text(_COPY), {"low": low, "high": high, "last": last})
        low = high + 1


def measure(servers: Running, url: str, sizes: Sequence[int] = SIZES, turns: int = 100) -> Iterator[Grown]:
    """One row per size, smallest first. ``url``: the database of the servers; ``turns``: measured turns per size."""
    # Imported here because it imports all of Rasa, which the table and the chart do not need.
    from rasa.shared.core.domain import Domain

    from whichpath.channels.web.history import closed_before
    from whichpath.store.tracker import ConversationStore

    store = ConversationStore(Domain.empty(), host=url)
    for _ in range(SEEDS):
        conversation(servers.address, uuid.uuid4().hex)
    count = sa.select(sa.func.count(), sa.func.max(store.SQLEvent.id)).select_from(store.SQLEvent)
    with store.engine.connect() as db:
        _, last = db.execute(count).one()
    have = SEEDS
    for want in sizes:
        grow(store, have, want, last)
        have = want
        reply = replies(servers.address, turns)
        began = time.monotonic()
        asyncio.run(closed_before(store, 0.0))
        tidy = time.monotonic() - began
        with store.engine.connect() as db:
            events, _ = db.execute(count).one()
        yield Grown(store.engine.dialect.name, want, events, size_of(store), reply, tidy)
    store.engine.dispose()


def both(sizes: Sequence[int] = SIZES, turns: int = 100) -> Iterator[Grown]:
    """The figures of SQLite, then of PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="grow-") as folder:
        url = f"sqlite:///{folder}/grown.db"
        with running(ROOT, WHICHPATH_DB_URL=url) as servers:
            yield from measure(servers, url, sizes, turns)
    url = production.postgres().new_database()
    with running(ROOT, WHICHPATH_DB_URL=url) as servers:
        yield from measure(servers, url, sizes, turns)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.resilience.growth", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    given = parser.parse_args()
    for row in both(given.sizes):
        print(json.dumps(asdict(row)), flush=True)


if __name__ == "__main__":
    main()
