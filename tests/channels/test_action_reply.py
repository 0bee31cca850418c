"""Our fast validation of the action server's reply gives the same results as Rasa's."""

from __future__ import annotations

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction

from whichpath.channels.guards.action_reply import BadReply, check

GOOD = [
    {},
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "role", "value": "protected"}], "responses": [{"text": "a", "buttons": []}]},
    {"events": [{"event": "reset_slots"}, {"event": "action", "name": "action_listen"}], "responses": [{}]},
]
BAD = [
    None,
    [],
    "text",
    {"responses": "none"},
    {"responses": ["text"]},
    {"events": {"event": "slot"}},
    {"events": [{"name": "no event"}]},
    {"events": ["slot"]},
    {"events": None},
    {"events": [{"event": "no such kind"}]},
    {"events": [{"event": ["slot"]}]},
    {"events": [{"event": "slot", "name": 5, "value": "protected"}]},
    {"events": [{"event": "reset_slots"}, {"event": "action", "name": {}}]},
    {"events": [{"event": "slot", "name": "role", "value": "protected", "timestamp": "noon"}]},
]


@pytest.mark.parametrize("reply", GOOD + BAD)
def test_both_agree(reply):
    try:
        jsonschema.validate(reply, RemoteAction.action_response_format_spec())
        good = True
    except jsonschema.ValidationError:
        good = False
    assert good is (reply in GOOD)
    if good:
        assert check(None, reply) is True
    else:
        with pytest.raises(BadReply):
            check(None, reply)
