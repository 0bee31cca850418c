"""Requests to erase or to restart, and similar messages that are not such requests."""

import pytest

from whichpath.pathway.requests import plain_request


@pytest.mark.parametrize(
    "text",
    ["erase", "Erase.", "please erase", "erase everything", "delete our conversation", "wipe this chat now", "borrar",
     "delete everything i told you", "can you delete my data", "clear the history please", "borrar todo"],
)  # fmt: skip
def test_erase(text):
    assert plain_request(text) == "erase"


@pytest.mark.parametrize(
    "text", ["restart", "start over", "Start again please", "ok start over", "new conversation", "reset"]
)
def test_restart(text):
    assert plain_request(text) == "restart"


@pytest.mark.parametrize(
    "text",
    ["should i delete my texts", "delete her number", "forget about him", "i want to forget this", "dont erase", "forget it",
     "clear my name", "never mind", "erase him from my life", "can i start over with her", "he deleted his messages",
     "delete the messages she sent", "how do i get this erased from my record", "remove the order", "start the process"],
)  # fmt: skip
def test_something_else(text):
    assert plain_request(text) is None
