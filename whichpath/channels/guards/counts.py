"""Counters of turns for :mod:`whichpath.server.metrics`: numbers under fixed labels, without ids or text."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from whichpath import logs
from whichpath.channels.guards.redact import marks
from whichpath.channels.output import Message, data_of
from whichpath.library.entries import load_answers
from whichpath.library.files import CONTENT, read_yaml
from whichpath.library.situation import ROUTES
from whichpath.nlu.places.names import codes
from whichpath.registry import CHANNELS

OUTCOMES = ("answered", "fallback", "unavailable", "busy")
#: Intents of messages that were not answered.
UNANSWERED = ("nlu_fallback", "out_of_scope")
DANGER = ("danger", "self_harm")
_BUCKETS = (0.01, 0.02, 0.03, 0.06, 0.1, 0.2, 0.3, 0.6, 1, 2, 4, 8, 12)

registry = CollectorRegistry()
ProcessCollector(registry=registry)
IN_PROGRESS = Gauge("whichpath_turns_in_progress", "Turns that are being taken now", registry=registry)
TURNS = Counter("whichpath_turns", "Turns taken", ["channel", "outcome"], registry=registry)
SECONDS = Histogram(
    "whichpath_turn_seconds", "From message to answer", ["channel"], buckets=_BUCKETS, registry=registry
)
TOPICS = Counter("whichpath_topics", "What was asked", ["topic"], registry=registry)
DANGERS = Counter("whichpath_danger", "Danger help given", ["kind"], registry=registry)
ROUTE = Counter("whichpath_routes", "Answers by route", ["route"], registry=registry)
STATES = Counter("whichpath_states", "Turns in which the state was known", ["state"], registry=registry)
IGNORED = Counter("whichpath_ignored", "Texts that are no statements", ["kind"], registry=registry)
REDACTED = Counter("whichpath_redacted", "Pieces taken out of messages", ["kind"], registry=registry)


@lru_cache(maxsize=1)
def topics() -> frozenset[str]:
    """The intents of domain.yml: no other value becomes a label."""
    domain = read_yaml(CONTENT.parent / "domain.yml")
    return frozenset(domain["intents"])


def label(value: object, among: Sequence[str] | frozenset[str] | Mapping[str, Any]) -> str:
    """``value`` where it is known, else ``other``: the number of labels has to stay bounded."""
    return value if isinstance(value, str) and value in among else "other"


@dataclass
class Turn:
    """What is recorded about a turn while it runs.

    ``nearest`` and ``question``: the likeliest topic and entry of what was not understood; ``before`` and
    ``before_topic``: the same of the message before, where that was not answered.
    """

    channel: str
    topic: str | None = None
    nearest: str | None = None
    question: str | None = None
    state: str | None = None
    before: str | None = None
    before_topic: str | None = None
    outcome: str = "answered"


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


def note(tracker: DialogueStateTracker) -> None:
    """Called by the turn guard before each action of a turn."""
    turn, message = _turn.get(), tracker.latest_message
    if turn is None or message is None:
        return
    turn.topic = label((message.intent or {}).get("name"), topics())
    turn.nearest, turn.question = _nearest(message), _question(message)
    if turn.topic == "feedback":
        said = [event for event in tracker.applied_events() if isinstance(event, UserUttered) and event.text]
        if len(said) > 1 and (said[-2].intent or {}).get("name") in UNANSWERED:
            turn.before, turn.before_topic = said[-2].text, _nearest(said[-2])
    state = tracker.slots.get("state")
    turn.state = state.value if state is not None else None


def _nearest(message: UserUttered) -> str:
    """The likeliest topic of a message that was not understood."""
    ranking = [row.get("name") for row in (message.parse_data or {}).get("intent_ranking") or ()]
    return next((label(name, topics()) for name in ranking if name not in UNANSWERED), "other")


def _question(message: UserUttered) -> str | None:
    """The likeliest entry of the library, whether it was shown or not."""
    for row in (message.parse_data or {}).get("questions") or ():
        name = row.get("name") if isinstance(row, dict) else row[0] if isinstance(row, list | tuple) and row else None
        if isinstance(name, str) and name.rpartition("/")[2] in _entries():
            return name.rpartition("/")[2]
    return None


@lru_cache(maxsize=1)
def _entries() -> frozenset[str]:
    return frozenset(entry.id for entry in load_answers())


@contextmanager
def taking(channel: str, found: Mapping[str, int]) -> Iterator[Turn]:
    """A context around a turn. Code inside of it, its own tasks included, may call :func:`note`."""
    turn, began = Turn(label(channel, CHANNELS)), time.perf_counter()
    token, number = _turn.set(turn), logs.turn.set(logs.new_turn())
    for kind, count in found.items():
        REDACTED.labels(label(kind, marks())).inc(count)
    try:
        with IN_PROGRESS.track_inprogress():
            yield turn
    finally:
        _turn.reset(token)
        logs.turn.reset(number)
        SECONDS.labels(turn.channel).observe(time.perf_counter() - began)


def put_off(turn: Turn, urgent: bool) -> None:
    """Counts a message that got no turn; ``urgent``: it got danger help at once instead."""
    turn.outcome = "busy"
    TURNS.labels(turn.channel, "busy").inc()
    if urgent:
        DANGERS.labels("danger").inc()


def answered(turn: Turn, messages: Sequence[Message], unavailable: bool) -> str:
    """Counts the outcome of a turn; returns which of :data:`OUTCOMES` it was."""
    not_told = turn.topic in UNANSWERED or any(data_of(message).get("unanswered") for message in messages)
    outcome = "unavailable" if unavailable else "fallback" if not_told else "answered"
    turn.outcome = outcome
    TURNS.labels(turn.channel, outcome).inc()
    if turn.topic:
        TOPICS.labels(turn.topic).inc()
    help_given = [data_of(message) for message in messages if data_of(message).get("safety")]
    if help_given:
        calm = all(data.get("support") for data in help_given)
        DANGERS.labels("support" if calm else label(turn.topic, DANGER)).inc()
    routes = {data_of(message).get("route") for message in messages if data_of(message).get("legal")}
    for route in routes - {None}:
        ROUTE.labels(label(route, ROUTES)).inc()
    if turn.state:
        STATES.labels(label(turn.state, codes())).inc()
    return outcome
