"""Brings the tables of :mod:`store.schema` up to date: ``python -m store.migrate``, and at every start."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Engine

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_LOCK = 5_870_323  # any number that nobody else takes
_one_at_a_time = threading.Lock()


def upgrade(engine: Engine) -> None:
    """Runs the migrations that are missing. Several processes may call it at once."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _one_at_a_time, engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        elif engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


if __name__ == "__main__":
    from store.engine import database_url, make_engine

    upgrade(make_engine(database_url()))
