"""Backup of the running database, and restore: ``python -m whichpath.store.backup [--restore] FILE``.

SQLite with its online backup; PostgreSQL by ``pg_dump`` and ``pg_restore``, which have to be installed. The copy
contains conversations in the clear, all else encrypted. Addresses and opt-outs cannot be used without the key
(``var/secret``), which it does not contain.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine.url import URL, make_url

from whichpath.console import Stop, done, fail
from whichpath.store.engine import database_url, make_engine
from whichpath.store.migrate import upgrade
from whichpath.store.private import keep_private


def save(url: str, file: Path) -> None:
    """Writes a copy to ``file``, readable by the current user only.

    Raises:
        Stop: it did not work.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not Path(str(parsed.database)).exists():
            raise Stop(f"There is no database at {parsed.database}.")
        _copy_sqlite(Path(str(parsed.database)), file)
    else:
        _ask("pg_dump", parsed, ["--format=custom", "--no-owner", f"--file={file}"])
    file.chmod(0o600)


def restore(url: str, file: Path) -> None:
    """Replaces the database by ``file`` and migrates its tables. The servers have to be stopped.

    Raises:
        Stop: it did not work; the database is unchanged.
    """
    parsed = make_url(url)
    if not file.exists():
        raise Stop(f"There is no file {file}.")
    if parsed.get_backend_name() == "sqlite":
        place = Path(str(parsed.database))
        draft = place.with_name(f".{place.name}-restored")
        _copy_sqlite(file, draft)
        for suffix in ("-wal", "-shm"):
            place.with_name(place.name + suffix).unlink(missing_ok=True)
        os.replace(draft, place)
    else:
        _ask("pg_restore", parsed, ["--clean", "--if-exists", "--no-owner", "--single-transaction", str(file)])
    upgrade(make_engine(url))


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        reading = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
        with closing(reading) as old, closing(sqlite3.connect(target)) as new:
            if old.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Stop(f"{source} is damaged.")
            old.backup(new)
    except sqlite3.Error as error:
        raise Stop(f"{source} cannot be copied ({error}).") from None


def _ask(program: str, url: URL, arguments: list[str]) -> None:
    found = shutil.which(program)
    if found is None:
        raise Stop(f"{program} is not installed (Debian: postgresql-client).")
    # The password goes through the environment, because everybody can list processes.
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    place = url.set(drivername="postgresql", password=None).render_as_string()
    ran = subprocess.run([found, f"--dbname={place}", *arguments], env=environment, capture_output=True, text=True)
    if ran.returncode:
        raise Stop(f"{program}: {(ran.stderr.strip().splitlines() or ['failed'])[-1][:300]}")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Copies the database while everything runs.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--restore", action="store_true", help="the other way (stop the servers before)")
    given = parser.parse_args(arguments)
    keep_private()
    try:
        (restore if given.restore else save)(database_url(), given.file)
    except Stop as fault:
        fail(str(fault))
    done(f"{'Restored from' if given.restore else 'Saved to'} {given.file}.")


if __name__ == "__main__":
    main()
