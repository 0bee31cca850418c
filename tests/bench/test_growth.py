"""Growing a database copies real conversations, each under a new sender, on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bench.resilience import growth
from whichpath.store.tracker import ConversationStore


async def test_copies_are_conversations(database_url, monkeypatch):
    monkeypatch.setattr(growth, "SEEDS", 2)
    monkeypatch.setattr(growth, "AT_ONCE", 3)
    store = ConversationStore(Domain.empty(), host=database_url)
    for sender in ("rest:a", "rest:b"):
        start = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
        said = [UserUttered(f"{sender} {n}") for n in range(3)]
        await store.save(DialogueStateTracker.from_events(sender, [*start, *said]))
    before = growth.size_of(store)
    growth.grow(store, 2, 20, 12)
    with store.engine.connect() as db:
        senders = {row[0] for row in db.execute(sa.select(store.SQLEvent.sender_id))}
        count = db.execute(sa.select(sa.func.count()).select_from(store.SQLEvent.__table__)).scalar_one()
    assert senders == {"rest:a", "rest:b"} | {f"rest:{x}-{n}" for x in "ab" for n in range(1, 10)}
    assert count == 20 * 6 and growth.size_of(store) >= before > 0
    copy = await store.retrieve("rest:b-9")
    assert [e.text for e in copy.events if isinstance(e, UserUttered)] == ["rest:b 0", "rest:b 1", "rest:b 2"]
