"""Records, after the answer, that something was not answered: a count, and the text only with consent.

The words are kept where the operator sets ``WHICHPATH_KEEP_PHRASES=1`` and the person gives feedback right after
what was not answered; names and numbers have been taken out of them long before.
"""

from __future__ import annotations

import asyncio
import logging
from functools import lru_cache

from whichpath.channels.guards.counts import UNANSWERED, Turn, label
from whichpath.nlu.places.names import codes
from whichpath.settings import read_settings
from whichpath.store.encryption import Cipher
from whichpath.store.engine import database_url, make_engine
from whichpath.store.identity import key, key_before
from whichpath.store.insights import Insights

logger = logging.getLogger(__name__)
_running: set[asyncio.Future[None]] = set()


@lru_cache(maxsize=1)
def insights() -> Insights:
    """The tables, opened at first use."""
    return Insights(make_engine(database_url()), Cipher(key(), key_before()))


def may_keep() -> bool:
    """Whether the operator has enabled storing phrases."""
    return read_settings().keep_phrases


def keep(turn: Turn, sender_id: str) -> bool:
    """Records a turn that was not answered, in a thread. ``True``: its text is kept."""
    phrase = turn.before if turn.topic == "feedback" and may_keep() else None
    if turn.outcome in ("answered", "busy") and phrase is None:
        return False
    running = asyncio.get_running_loop().run_in_executor(None, _write, turn, sender_id, phrase)
    _running.add(running)
    running.add_done_callback(_running.discard)
    return phrase is not None


def _write(turn: Turn, sender_id: str, phrase: str | None) -> None:
    try:
        if turn.outcome != "answered":
            kind = "out_of_scope" if turn.topic == UNANSWERED[1] else turn.outcome
            insights().count(kind, turn.nearest or "other")
            if turn.outcome == "fallback":
                insights().count("question", (turn.question or "other")[:40])
                insights().count("state", label(turn.state, codes()) if turn.state else "not told")
        if phrase:
            insights().keep(sender_id, turn.before_topic or "other", phrase)
    except Exception as error:
        logger.warning("an insight was not written: %s", type(error).__name__)
