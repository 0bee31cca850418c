"""Deletes expired data: ``python -m whichpath.jobs.retention``.

Started and supervised by whichpath/server/run.py. ``--once`` makes one round and exits: for cron, or a CronJob of
Kubernetes. Several may run at once.
"""

from __future__ import annotations

import argparse
import logging
import signal
import threading
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from whichpath import logs
from whichpath.console import done, fail
from whichpath.store.encryption import Cipher
from whichpath.store.engine import database_url, make_engine
from whichpath.store.identity import key, key_before
from whichpath.store.inbox import Inbox
from whichpath.store.jobs import Ledger
from whichpath.store.migrate import upgrade
from whichpath.store.private import keep_private
from whichpath.store.retention import Retention, everything

logger = logging.getLogger(__name__)
#: Seconds between two rounds.
TICK = 300.0


def work(retention: Retention, inbox: Inbox, stop: threading.Event, tick: float = TICK) -> None:
    """Rounds until ``stop``. Waits while the database is away."""
    ready, ledger = False, Ledger(retention.engine, "retention", retention.now)
    while not stop.is_set():
        try:
            if not ready:
                upgrade(retention.engine)
                ready = True
            ledger.round(deleted=everything(retention, inbox))
        except (SQLAlchemyError, OSError) as error:
            ledger.fault()
            logger.error("retention: the database does not answer: %s", type(error).__name__)
        stop.wait(tick)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Deletes conversations that are over.")
    parser.add_argument("--once", action="store_true", help="one round, then end (exit status 1 where it failed)")
    once = parser.parse_args(arguments).once
    logs.configure()
    keep_private()
    engine = make_engine(database_url())
    retention, inbox = Retention(engine), Inbox(engine, Cipher(key(), key_before()))
    if once:
        try:
            upgrade(engine)
            rows = everything(retention, inbox)
            Ledger(engine, "retention").round(deleted=rows)
        except (SQLAlchemyError, OSError) as error:
            fail(f"The database does not answer: {type(error).__name__}")
        done(f"{rows} rows of conversations that are over were deleted.")
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work(retention, inbox, stop)


if __name__ == "__main__":
    main()
