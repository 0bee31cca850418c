"""Pressed buttons are shown with their titles when a conversation is restored from the database."""

from __future__ import annotations

import pytest
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from whichpath.channels.web.history import lines_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('/inform{"state": "TX"}', "Texas"),
        ('/inform{"language": "es", "role": "restrained"}', "The order is against me"),
        ("can i go back", "can i go back"),
    ],
)
def test_no_payload_is_shown(text, shown):
    tracker = DialogueStateTracker.from_events("somebody", [UserUttered(text, input_channel="web")])
    assert [line["text"] for line in lines_of(tracker)] == [shown]
