"""No text of a person reaches a log."""

from __future__ import annotations

import logging

from whichpath import logs

SECRET = "zanzibar"


def raised() -> BaseException:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        return error


def test_a_traceback_is_types_and_places():
    told = logs.where(raised())
    assert told.startswith("ValueError at test_logs.py:") and SECRET not in told
    assert logs.where(ValueError(SECRET)) == "ValueError"


def test_the_formatter_leaves_the_message_of_an_exception_out():
    error = raised()
    record = logging.LogRecord(
        "a", logging.ERROR, "f.py", 1, "it failed", (), (type(error), error, error.__traceback__)
    )
    told = logs.PlainFormatter().format(record)
    assert "it failed" in told and "ValueError at" in told and SECRET not in told


def test_structlog_fields_are_left_out_unless_harmless():
    event = {
        "event": "x",
        "text": SECRET,
        "slots": {"a": SECRET},
        "rasa_events": [SECRET],
        "level": "error",
        "action_name": "a",
    }
    assert logs.only_harmless(None, "error", event) == {"event": "x", "level": "error", "action_name": "a"}
    assert SECRET not in str(logs.plain_traceback(None, "error", {"event": "x", "exc_info": raised()}))
    try:
        raise ValueError(SECRET)
    except ValueError:
        assert "ValueError at" in logs.plain_traceback(None, "error", {"exc_info": True})["exception"]
