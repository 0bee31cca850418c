"""Alembic's entry: works on the connection that whichpath/store/migrate.py hands over."""

from alembic import context

from whichpath.store.schema import metadata

OURS = frozenset(metadata.tables)


def ours(_object, name, kind, _reflected, _compare_to) -> bool:
    """What others keep in the same database is none of our business."""
    return kind != "table" or name in OURS


connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata, include_object=ours, version_table="whichpath_version"
)
context.run_migrations()
