"""JSON logs: one object per line, the turn's id on each of its lines, and no text of a person."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys

import structlog

from whichpath import logs
from whichpath.channels.guards import turn
from whichpath.channels.output import TurnOutput
from whichpath.settings import ROOT

SECRET = "zanzibar"
logger = logging.getLogger("tests.turn")


def _record(text: str, error: BaseException | None = None) -> logging.LogRecord:
    fault = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("a.b", logging.ERROR, "f.py", 1, text, (), fault)


def test_a_line_is_one_object():
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        line = logs.JsonFormatter().format(_record('it "failed"\nbadly', error))
    row = json.loads(line)
    assert "\n" not in line and SECRET not in line
    assert (row["level"], row["logger"], row["message"]) == ("error", "a.b", 'it "failed"\nbadly')
    assert row["exception"].startswith("ValueError at test_logs_json.py:") and row["time"][10] == "T"
    assert "turn" not in row, "no turn is being taken"


async def test_every_line_of_a_turn_has_its_number(caplog):
    """With two people at once, the lines of each turn and of its tasks have a separate id."""
    rows: list[dict[str, str]] = []

    class Keep(logging.Handler):
        def emit(self, record):
            rows.append(json.loads(logs.JsonFormatter().format(record)))

    handler = Keep()
    logger.addHandler(handler)

    async def handle(message) -> None:
        logger.error("begins")
        await asyncio.sleep(0.01)
        await asyncio.create_task(_inside())
        assert isinstance(message.output_channel, TurnOutput)
        await message.output_channel.send_text_message(message.sender_id, "hello")

    async def _inside() -> None:
        logger.error("ends")

    try:
        await asyncio.gather(*(turn.reply_to(handle, "hello", name, "rest") for name in ("a", "b")))
    finally:
        logger.removeHandler(handler)
    by_turn: dict[str, list[str]] = {}
    for row in rows:
        by_turn.setdefault(row["turn"], []).append(row["message"])
    assert len(by_turn) == 2 and all(said == ["begins", "ends"] for said in by_turn.values())
    assert all(len(number) == 8 and int(number, 16) >= 0 for number in by_turn)
    assert logs.turn.get() is None, "the number ends with the turn"


def test_what_rasa_logs_has_it_too():
    token = logs.turn.set("0123abcd")
    try:
        row = logs.with_turn(None, "error", {"event": "x"})
    finally:
        logs.turn.reset(token)
    assert row == {"event": "x", "turn": "0123abcd"} and logs.with_turn(None, "error", {"event": "x"}) == {"event": "x"}
    kinds = [getattr(step, "__name__", "") for step in structlog.get_config()["processors"]]
    if "only_harmless" in kinds:
        assert kinds.index("with_turn") > kinds.index("only_harmless")


def test_a_process_that_is_told_so_writes_nothing_but_objects():
    code = (
        "from whichpath import logs; logs.configure(); import logging, structlog\n"
        f"logging.getLogger('a').error('one'); structlog.get_logger('rasa').error('two', text='{SECRET}')\n"
        "try:\n  1/0\nexcept ZeroDivisionError:\n  logging.getLogger('a').exception('three')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"PATH": "/usr/bin:/bin", "WHICHPATH_LOGS": "json"}, capture_output=True,
        text=True, timeout=120, check=True,
    )  # fmt: skip
    rows = [json.loads(line) for line in ran.stdout.splitlines() if line.strip()]
    assert len(rows) == 3 and SECRET not in ran.stdout and ran.stderr == ""
    assert rows[2]["exception"].startswith("ZeroDivisionError at ")
