"""What the commands print: one line a step, one clear line on a fault."""

from __future__ import annotations

import sys
from typing import NoReturn, TextIO


class Stop(Exception):
    """A command cannot go on. The message is the one line that the person at the terminal reads."""


def step(text: str, out: TextIO | None = None) -> None:
    """A step that begins."""
    print(f"· {text}", file=out or sys.stdout, flush=True)


def done(text: str, out: TextIO | None = None) -> None:
    """A step, or everything, is finished."""
    print(f"✓ {text}", file=out or sys.stdout, flush=True)


def fail(text: str, code: int = 1, out: TextIO | None = None) -> NoReturn:
    """Says what is wrong and ends the process with ``code``."""
    print(f"✗ {text}", file=out or sys.stderr, flush=True)
    raise SystemExit(code)


def one_line(text: object, limit: int = 400) -> str:
    """``text`` on one line of at most ``limit`` characters."""
    line = " ".join(str(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
