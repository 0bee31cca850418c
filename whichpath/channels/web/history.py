"""Reads conversations from the database into the transcript; finds and deletes those whose page was closed long ago."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.lock_store import LockError
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from whichpath.channels.guards import turn
from whichpath.channels.guards.payloads import canonical, without_language
from whichpath.channels.web.transcript import Entry, Transcript
from whichpath.library.files import CONTENT, read_yaml
from whichpath.library.states.packs import load_states

logger = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    """The words on a button by its payload, for the buttons of domain.yml, the topics and the list of states."""
    domain = read_yaml(CONTENT.parent / "domain.yml") or {}
    titles = {f"/{topic}": title for topic, title in read_yaml(CONTENT / "topics.yml").items()}
    for variants in (domain.get("responses") or {}).values():
        for variant in variants:
            for button in variant.get("buttons") or ():
                titles.setdefault(canonical(button["payload"]) or button["payload"], button["title"])
    return {**titles, **{f'/inform{{"state": "{code}"}}': pack.name for code, pack in load_states().packs.items()}}


def _title_of(text: str) -> str:
    """``text`` as the person saw it: the title of its button, where it is a payload."""
    return _titles().get(without_language(text), text)


def _message(event: BotUttered) -> dict[str, Any]:
    data = event.data or {}
    message = {"text": event.text, "buttons": data.get("buttons"), "custom": data.get("custom")}
    return {name: value for name, value in message.items() if value}


def lines_of(tracker: DialogueStateTracker | None) -> list[Entry]:
    """The events of ``tracker`` as lines of the transcript."""
    question, lines = "", list[Entry]()
    for event in tracker.events if tracker else ():
        if isinstance(event, UserUttered) and event.text:
            question = str(event.message_id or "")
            lines.append({"who": "me", "id": question, "text": _title_of(event.text)})
        elif isinstance(event, BotUttered) and (event.text or event.data):
            lines.append({"who": "bot", "id": question, "message": _message(event)})
    return lines


async def load(transcript: Transcript, sender: str, store: TrackerStore, more: Sequence[Entry] = ()) -> None:
    """Fills the transcript from the database where nothing of ``sender`` is in it.

    ``more``: lines that only this process has.

    Without a database the page opens all the same; the next turn reports the error.
    """
    try:
        lines = lines_of(await store.retrieve(sender))
    except Exception as error:
        logger.warning("conversation not loaded: %s", type(error).__name__)
        lines = []
    known = {line["id"] for line in lines}
    await transcript.fill(sender, [*lines, *(line for line in more if line["id"] not in known)])


async def last_word(sender: str, store: TrackerStore) -> float | None:
    """When ``sender`` was last here, as far as the database knows."""
    try:
        tracker = await store.retrieve(sender)
    except Exception as error:
        logger.warning("conversation not loaded: %s", type(error).__name__)
        return None
    times = [event.timestamp for event in tracker.events if event.timestamp] if tracker else []
    return max(times, default=None)


async def closed_before(store: TrackerStore, moment: float) -> list[str]:
    """Web conversations with nothing said since ``moment``."""
    engine = getattr(store, "engine", None)
    if engine is None:
        return []

    def senders() -> list[str]:
        events = store.SQLEvent.__table__  # type: ignore[attr-defined]
        last = sa.func.max(events.c.timestamp)
        query = sa.select(events.c.sender_id).where(events.c.sender_id.like("web:%")).group_by(events.c.sender_id)
        with engine.connect() as connection:
            return [row[0] for row in connection.execute(query.having(last < moment))]

    return await store._in_thread(senders)  # type: ignore[attr-defined, no-any-return]


async def delete(agent: Agent, sender: str) -> bool:
    """Deletes what was said. ``False`` where the database does not answer."""
    try:
        # After a running turn, which would otherwise write again what was just deleted.
        async with agent.lock_store.lock(sender):
            await turn.erase(agent.tracker_store, sender)
    except LockError:
        # Without Redis no turn can begin, so the deletion needs no lock.
        return await _delete_unlocked(agent, sender)
    except Exception as error:
        logger.error("conversation not deleted: %s", type(error).__name__)
        return False
    return True


async def _delete_unlocked(agent: Agent, sender: str) -> bool:
    try:
        await turn.erase(agent.tracker_store, sender)
    except Exception as error:
        logger.error("conversation not deleted: %s", type(error).__name__)
        return False
    return True
