"""Books and cancels the reminders that the bot agreed to in a turn.

An action has neither addresses nor the database, so it marks its message with ``data.remind``: ``{"date": "2026-12-05",
"zone": "America/Chicago"}``, or ``{"off": true}``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

from whichpath.channels.output import Message, data_of
from whichpath.store.inbox import Inbox
from whichpath.store.reminders import Reminders


@lru_cache(maxsize=1)
def _reminders(inbox: Inbox) -> Reminders:
    return Reminders(inbox.engine)


def apply_requests(inbox: Inbox, sender_id: str, channel: str, messages: Sequence[Message]) -> None:
    """Books or cancels reminders as ``messages`` say. Idempotent after a crash.

    Raises:
        SQLAlchemyError: the database does not answer: the turn has to be repeated.
    """
    for message in messages:
        wish = data_of(message).get("remind")
        if not isinstance(wish, dict):
            continue
        if wish.get("off"):
            _reminders(inbox).cancel(sender_id)
        else:
            day = dt.date.fromisoformat(str(wish["date"]))
            _reminders(inbox).schedule(sender_id, channel, day, wish.get("zone"))
