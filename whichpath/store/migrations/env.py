"""Alembic's entry point: uses the connection of whichpath/store/migrate.py."""

from alembic import context

from whichpath.store.schema import metadata

OURS = frozenset(metadata.tables)


def ours(_object, name, kind, _reflected, _compare_to) -> bool:
    """Ignores foreign tables in the same database."""
    return kind != "table" or name in OURS


connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata, include_object=ours, version_table="whichpath_version"
)
context.run_migrations()
