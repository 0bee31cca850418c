"""The simulated people of a load test: a locust file, started by ``bench/speed/load.py``.

A turn is one message and its whole answer; its time is the person's wait. The messages are held-out ones, each made
unique by one more word, so that no cache answers them.
"""

from __future__ import annotations

import os
import random
import string
import threading
import time
import uuid
from itertools import cycle
from typing import Any

import socketio
from locust import HttpUser, User, between, events, task

from bench.accuracy.cases import heldout
from bench.speed.latency import from_somewhere

#: Turns per person. The web channel's rate limit allows a burst of ten.
TURNS = 6
#: Seconds after which a message counts as unanswered.
PATIENCE = 30.0
TURN = "turn"
#: The pause between two messages of a person is one to three times so many seconds.
PAUSE = float(os.environ.get("BENCH_PAUSE") or 1)
_texts = cycle(random.Random(7).sample([case.text[:900] for case in heldout()], k=len(heldout())))


def words() -> str:
    """A realistic message that was not sent before."""
    return f"{next(_texts)} {''.join(random.choices(string.ascii_lowercase, k=6))}"


class RestPerson(HttpUser):
    """A person on the REST channel."""

    wait_time = between(PAUSE, 3 * PAUSE)
    turns = 0
    sender = ""

    @task
    def say(self) -> None:
        """Takes one turn; after :data:`TURNS` turns as a new person."""
        if self.turns % TURNS == 0:
            self.sender = uuid.uuid4().hex
        self.turns += 1
        body = {"sender": self.sender, "message": words()}
        options: dict[str, Any] = {"json": body, "timeout": PATIENCE, "name": TURN, "catch_response": True}
        with self.client.post("/webhooks/rest/webhook", headers=from_somewhere(), **options) as answer:
            if answer.status_code == 200 and not _said(answer.json()):
                answer.failure("silent, or only an apology")


class Line:
    """A page of the widget: a client of ``whichpath/channels/web/live.py``, like ``widget/src/connection.ts``."""

    def __init__(self, host: str) -> None:
        self.session: dict[str, Any] = {}
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self._ready, self._done = threading.Event(), threading.Event()
        self._client = socketio.Client(reconnection=False)
        self._client.on("session", self._on_session)
        self._client.on("entry", self._on_entry)
        self._client.on("typing", self._on_typing)
        self._client.connect(
            host, transports=["websocket"], socketio_path="/chat/live/", headers=from_somewhere(), auth={}
        )
        self._ready.wait(PATIENCE)

    def _on_session(self, info: dict[str, Any]) -> None:
        self.session = info
        self._ready.set()

    def _on_entry(self, entry: dict[str, Any]) -> None:
        if entry["who"] == "bot":
            self.messages.setdefault(entry["id"], []).append(entry["message"])

    def _on_typing(self, state: dict[str, Any]) -> None:
        if not state["on"]:
            self._done.set()

    def say(self, text: str) -> list[dict[str, Any]]:
        """Sends ``text``, waits, and returns the answer; empty where none came."""
        question = uuid.uuid4().hex
        self._done.clear()
        taken = self._client.call("say", {"id": question, "text": text, "shown": text}, timeout=PATIENCE)
        if not taken["ok"]:
            raise RuntimeError(f"refused: {taken['error']}")
        self._done.wait(PATIENCE)
        return self.messages.get(question, [])

    def close(self) -> None:
        """Closes the page's connection."""
        self._client.disconnect()


@events.test_start.add_listener
def warm_up(environment: Any, **_more: Any) -> None:
    """Loads the client's libraries before the measurement, so that they do not delay the first turns."""
    line = Line(environment.host)
    line.say(words())
    line.close()


class WebPerson(User):
    """A person at the website's widget."""

    wait_time = between(PAUSE, 3 * PAUSE)
    line: Line | None = None
    turns = 0

    @task
    def say(self) -> None:
        """Takes one turn; after :data:`TURNS` turns as a new person with a new connection."""
        if self.line is None or self.turns % TURNS == 0:
            self.on_stop()
            self.line = Line(self.host or "")
        self.turns += 1
        began, messages = time.perf_counter(), []
        fault: Exception | None = None
        try:
            messages = self.line.say(words())
            fault = None if _said(messages) else RuntimeError("silent, or only an apology")
        except Exception as error:
            fault = error
        self.environment.events.request.fire(
            request_type="WS",
            name=TURN,
            response_time=(time.perf_counter() - began) * 1000,
            response_length=len(messages),
            exception=fault,
            context={},
        )

    def on_stop(self) -> None:
        """Closes the page."""
        if self.line is not None:
            self.line.close()


def _said(messages: list[dict[str, Any]]) -> bool:
    """Whether there is an answer other than the turn guard's apology."""
    return bool(messages) and not any("does not work right now" in (m.get("text") or "") for m in messages)
