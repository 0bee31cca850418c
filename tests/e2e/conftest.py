"""Real servers for the end-to-end tests: the same two that ``make run`` starts, on ports of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """The address of a running Whichpath with a database of its own."""
    port, actions = free_port(), free_port()
    folder = tmp_path_factory.mktemp("server")
    environment = {
        **os.environ,
        "WHICHPATH_PORT": str(port),
        "WHICHPATH_ACTION_PORT": str(actions),
        "WHICHPATH_DB_URL": f"sqlite:///{folder}/tracker.db",
    }
    output = open(folder / "run.log", "w+")
    process = subprocess.Popen([sys.executable, "-m", "ops.run"], cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=2).status_code == 200:
                    yield f"http://127.0.0.1:{port}"
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        output.seek(0)
        pytest.fail(f"the servers did not start:\n{output.read()[-3000:]}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        output.close()


class Answer:
    """All messages of one turn."""

    def __init__(self, messages: list[dict]) -> None:
        self.messages = messages
        self.text = "\n".join(m.get("text") or "" for m in messages)
        self.data = [(m.get("custom") or {}).get("data") or {} for m in messages]
        self.buttons = [b for m in messages for b in m.get("buttons") or ()]

    @property
    def legal(self) -> list[dict]:
        return [d for d in self.data if d.get("legal")]

    @property
    def routes(self) -> list[str]:
        return [d["route"] for d in self.legal if d.get("route")]

    @property
    def cards(self) -> list[str]:
        return [d["card"] for d in self.legal]


class Person:
    """Somebody who talks to the bot over REST."""

    def __init__(self, address: str) -> None:
        self.address, self.sender = address, f"test-{uuid.uuid4()}"
        self.last = Answer([])

    def say(self, text: str) -> Answer:
        response = httpx.post(
            f"{self.address}/webhooks/rest/webhook", json={"sender": self.sender, "message": text}, timeout=30
        )
        assert response.status_code == 200, response.text
        self.last = Answer(response.json())
        for message in self.last.messages:
            if ((message.get("custom") or {}).get("data") or {}).get("legal"):
                assert "not legal advice" in message["text"]
                assert "Find a lawyer" in message["text"]
        assert self.last.text.strip(), f"silence after {text!r}"
        return self.last

    def press(self, title: str) -> Answer:
        payloads = [b["payload"] for b in self.last.buttons if b["title"] == title]
        assert payloads, f"no choice {title!r} among {[b['title'] for b in self.last.buttons]}"
        return self.say(payloads[0])


@pytest.fixture
def person(address):
    return Person(address)
