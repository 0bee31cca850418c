"""What the servers write down: warnings and errors, without a word of anybody's message.

Rasa logs with structlog and puts texts, slots and entities into its events, and in a terminal it
prints tracebacks with their local variables. Neither must reach a log here.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import warnings
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog

#: The turn that is being taken: a random number, the same in every line about it. It tells nothing about anybody.
turn: ContextVar[str | None] = ContextVar("turn_id", default=None)
#: What may stand in a log line beside the event's name.
_HARMLESS = frozenset({"event", "level", "timestamp", "exception", "action_name", "status", "channel", "component"})


def only_harmless(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """A structlog processor: leaves out every field that is not known to be harmless."""
    return {key: value for key, value in event.items() if key in _HARMLESS}


def plain_traceback(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: an exception as the chain of its types and places, without its message.

    Messages of exceptions hold database parameters, request bodies and the like.
    """
    fault = event.pop("exc_info", None)
    if fault is True:
        fault = sys.exc_info()
    error = fault[1] if isinstance(fault, tuple) else fault
    if isinstance(error, BaseException):
        event["exception"] = where(error)
    return event


def where(error: BaseException) -> str:
    """``ValueError at turn.py:31 < rest.py:90``: type and innermost places of ``error``."""
    places, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' < '.join(reversed(places[-5:]))}" if places else type(error).__name__


def _no_banner(record: logging.LogRecord) -> bool:
    """TensorFlow announces that TensorBoard is not installed, seven times a start."""
    return not record.getMessage().startswith("Limited tf.")


def _no_path(record: logging.LogRecord) -> bool:
    """Sanic complains of each body that nobody read, with the path."""
    return not record.getMessage().endswith("body not consumed.")


def take_over(*names: str) -> None:
    """Lets these loggers write where all others do, without words of their own."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


class PlainFormatter(logging.Formatter):
    """Time, level, logger, text; exceptions by :func:`where`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler's formatter may have left its own there, message and all
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        return where(ei[1])


class JsonFormatter(PlainFormatter):
    """The same as one JSON object a line, with the turn that it is about."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None
        row: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            row["exception"] = where(record.exc_info[1]) if record.exc_info[1] else None
        if turn.get():
            row["turn"] = turn.get()
        return json.dumps(row, ensure_ascii=False)


def new_turn() -> str:
    """A number for a turn."""
    return secrets.token_hex(4)


def with_turn(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: adds the turn."""
    return {**event, "turn": turn.get()} if turn.get() else event


def configure_structlog(level: int = logging.WARNING) -> None:
    """What Rasa logs with structlog, without anybody's words."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            plain_traceback,
            only_harmless,
            with_turn,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def configure(level: int = logging.WARNING, kind: str | None = None) -> None:
    """Sets logging and structlog of this process. ``kind``: ``plain`` or ``json``, else ``WHICHPATH_LOGS``."""
    # Sanic turns deprecation warnings on again, whatever PYTHONWARNINGS says. None is ours to mend.
    warnings.showwarning = lambda *_args, **_more: None
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter() if (kind or _kind()) == "json" else PlainFormatter())
    handler.addFilter(_no_banner)
    handler.addFilter(_no_path)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Libraries set levels of their own, some by LOG_LEVEL: their details hold addresses, and what stands in them.
    logging.disable(level - 1)
    configure_structlog(level)


def _kind() -> str:
    from whichpath.settings import read_settings

    try:
        return read_settings().logs
    except ValueError:
        return "plain"  # the server says in a moment which variable is wrong, and ends
