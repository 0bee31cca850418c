"""A client of the real servers (``tests/conftest.py``) over REST."""

from __future__ import annotations

import uuid

import httpx
import pytest


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
    """A person on the REST channel."""

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
