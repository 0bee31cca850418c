"""Migrates the tables of :mod:`whichpath.store.schema`, also at every start.

``python -m whichpath.store.migrate``

``python -m whichpath.store.migrate 0002`` goes up or down to that version.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
VERSION_TABLE = "whichpath_version"
_LOCK = 5_870_323  # an arbitrary lock number
_one_at_a_time = threading.Lock()


def upgrade(engine: Engine) -> None:
    """Runs pending migrations. Several processes may call it at once."""
    migrate(engine, "head")


def migrate(engine: Engine, version: str) -> None:
    """Goes up or down to ``version`` (``base``: no tables of ours), in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _one_at_a_time, engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        elif engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        steps = ScriptDirectory.from_config(config)
        heads = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads()
        now = heads[0] if heads else None
        wanted = steps.get_current_head() if version == "head" else version
        if now == wanted:
            return  # at every start but the first: nothing to read, nothing to lock
        below = now is not None and wanted in (
            "base",
            *(step.revision for step in steps.iterate_revisions(now, "base")),
        )
        (command.downgrade if below else command.upgrade)(config, version)


if __name__ == "__main__":
    from whichpath.store.engine import database_url, make_engine
    from whichpath.store.private import keep_private

    keep_private()
    migrate(make_engine(database_url()), sys.argv[1] if len(sys.argv) > 1 else "head")
